using System.Diagnostics.CodeAnalysis;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.EvidenceFiles;

/// <summary>Where evidence is kept, encrypted before it gets there: a folder, or an object store.</summary>
/// <remarks>What fails for another reason than that something is not there is an <see cref="EvidenceStoreException"/>.</remarks>
internal interface IEvidenceStore
{
    /// <summary>Keeps it under a name that nothing is kept under; when this returns it outlives the machine.</summary>
    Task PutAsync(EvidenceName name, ReadOnlyMemory<byte> sealed_, CancellationToken cancellation);

    /// <summary>What was kept; null when there is nothing.</summary>
    Task<byte[]?> FindAsync(EvidenceName name, CancellationToken cancellation);

    /// <summary>Removes it, if it is there.</summary>
    Task DeleteAsync(EvidenceName name, CancellationToken cancellation);

    /// <summary>What was kept for a bank before an instant, by the store's own clock.</summary>
    IAsyncEnumerable<EvidenceName> KeptBeforeAsync(Id bank, DateTimeOffset instant, CancellationToken cancellation);
}

/// <summary>
/// What a file is called in the store. The bank's id leads it, which no other database has: whoever shares the place by mistake lists, and
/// sweeps, nothing but its own.
/// </summary>
internal sealed record EvidenceName(Id Bank, Id File)
{
    private const string Suffix = ".evidence";

    /// <summary>What the names of all that is kept for a bank begin with.</summary>
    public static string FolderOf(Id bank) => $"{bank}/";

    /// <summary>Reads what follows the bank's part. False for what is none of ours, also when it is only spelled otherwise.</summary>
    public static bool TryRead(Id bank, string rest, [NotNullWhen(true)] out EvidenceName? name)
    {
        name = rest.EndsWith(Suffix, StringComparison.Ordinal) && Id.TryRead(rest[..^Suffix.Length], out var file) ? new(bank, file) : null;
        return name is not null && name.ToString() == FolderOf(bank) + rest;
    }

    public override string ToString() => FolderOf(Bank) + File + Suffix;
}

/// <summary>The store did not do what it was asked to; it may do so later.</summary>
internal sealed class EvidenceStoreException(string message, Exception? inner = null) : UnavailableException(EvidenceFileProblems.StoreUnavailable, message, inner);

/// <summary>How long a store may take, so that a caller hears of a fault before it has given up itself.</summary>
/// <param name="Deed">The longest for one deed, with all its tries.</param>
/// <param name="Try">The longest for one try.</param>
/// <param name="Retries">How many tries follow the first.</param>
/// <param name="Page">How many names are listed at once.</param>
internal sealed record StoreLimits(TimeSpan Deed, TimeSpan Try, int Retries, int Page)
{
    public static readonly StoreLimits Usual = new(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30), 2, 1000);

    /// <summary>Runs a deed within the limit; whatever goes wrong in it is the store's fault, unless the caller gave up.</summary>
    public async Task<T> RunAsync<T>(string done, Func<CancellationToken, Task<T>> deed, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Deed);
        try
        {
            return await deed(limit.Token);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested && exception is not OutOfMemoryException)
        {
            throw new EvidenceStoreException($"Evidence could not be {done}.", exception);
        }
    }

    public Task RunAsync(string done, Func<CancellationToken, Task> deed, CancellationToken cancellation) => RunAsync(
        done,
        async limit =>
        {
            await deed(limit);
            return true;
        },
        cancellation);
}
