using Agency.Api.Data;

namespace Agency.Api.EvidenceFiles;

/// <summary>Where evidence is kept, encrypted before it gets there: a folder, or an object store.</summary>
internal interface IEvidenceStore
{
    /// <summary>Keeps it; when this returns it outlives the machine.</summary>
    Task PutAsync(Id id, ReadOnlyMemory<byte> sealed_, CancellationToken cancellation);

    /// <summary>What was kept; null when there is nothing.</summary>
    Task<byte[]?> FindAsync(Id id, CancellationToken cancellation);

    /// <summary>Removes it, if it is there.</summary>
    Task DeleteAsync(Id id, CancellationToken cancellation);

    /// <summary>What was kept before an instant.</summary>
    IAsyncEnumerable<Id> KeptBeforeAsync(DateTimeOffset instant, CancellationToken cancellation);
}

/// <summary>The size and the place of evidence, read from configuration.</summary>
/// <param name="MaxBytes">The most that one file may have.</param>
internal sealed record EvidenceSettings(long MaxBytes)
{
    private const long DefaultMaxBytes = 10 * 1024 * 1024;
    private const long Ceiling = 100 * 1024 * 1024;

    /// <exception cref="InvalidOperationException">A setting is out of range, or names no store that there is.</exception>
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection("Evidence");
        var max = section.GetValue<long?>("MaxBytes") ?? DefaultMaxBytes;
        if (max is < 1 or > Ceiling)
        {
            throw new InvalidOperationException($"Evidence:MaxBytes is {max}: use 1 to {Ceiling}.");
        }

        services.AddSingleton(new EvidenceSettings(max)).AddSingleton<EvidenceLinks>();
        services.AddSingleton<EvidenceSweep>().AddHostedService(provider => provider.GetRequiredService<EvidenceSweep>());
        _ = (section["Store"] ?? "folder") switch
        {
            "folder" => services.AddSingleton<IEvidenceStore, FolderEvidenceStore>(),
            var other => throw new InvalidOperationException($"Evidence:Store is '{other}': use folder."),
        };
    }
}
