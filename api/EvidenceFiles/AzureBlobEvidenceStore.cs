using System.Runtime.CompilerServices;
using Agency.Api.Data;
using Azure;
using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Agency.Api.EvidenceFiles;

/// <summary>A container for evidence in Azure Blob Storage: by the account's connection string, or by the container's own address with a SAS.</summary>
internal sealed record AzureBlobSettings(string? ConnectionString, string? Container, Uri? ContainerUrl, string Prefix)
{
    /// <exception cref="InvalidOperationException">A setting is missing or against another; the message says what to set, and repeats no secret.</exception>
    public static AzureBlobSettings From(IConfigurationSection section)
    {
        var (connection, container, url) = (EvidenceSettings.Find(section, "ConnectionString"), EvidenceSettings.Find(section, "Container"), EvidenceSettings.Find(section, "ContainerUrl"));
        AzureBlobSettings settings = (connection, container, url) switch
        {
            (null, _, null) => throw new InvalidOperationException("Evidence:Azure:ConnectionString, with Evidence:Azure:Container, or Evidence:Azure:ContainerUrl with a SAS is needed."),
            (not null, _, not null) => throw new InvalidOperationException("Evidence:Azure:ConnectionString and Evidence:Azure:ContainerUrl are both set: set one of them."),
            (not null, null, _) => throw new InvalidOperationException("Evidence:Azure:Container is needed: the name of the container that evidence is kept in."),
            (null, not null, not null) => throw new InvalidOperationException("Evidence:Azure:ContainerUrl names the container already: remove Evidence:Azure:Container."),
            _ => new(connection, container, url is null ? null : Read(url), EvidenceSettings.PrefixOf(section)),
        };
        try
        {
            _ = settings.Connect(StoreLimits.Usual);
            return settings;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidOperationException("Evidence:Azure:ConnectionString can't be read: copy it from the storage account's access keys.", exception);
        }
    }

    public BlobContainerClient Connect(StoreLimits limits)
    {
        var options = new BlobClientOptions
        {
            Retry = { Mode = RetryMode.Exponential, MaxRetries = limits.Retries, Delay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(2), NetworkTimeout = limits.Try },
        };
        return ContainerUrl is null ? new(ConnectionString, Container, options) : new(ContainerUrl, options);
    }

    // The signature is in the address, so it may leave the machine only inside TLS.
    private static Uri Read(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            && new BlobUriBuilder(address) is { BlobContainerName.Length: > 0, BlobName: "", Sas.Signature.Length: > 0 }
            ? address
            : throw new InvalidOperationException("Evidence:Azure:ContainerUrl is not the https address of a container with a SAS, such as https://account.blob.core.windows.net/evidence?sv=...&sig=...: set that, with the rights to read, create, delete and list.");
}

/// <summary>Evidence in a container, a block blob each.</summary>
internal sealed class AzureBlobEvidenceStore(AzureBlobSettings settings, StoreLimits limits) : IEvidenceStore
{
    private readonly BlobContainerClient container = settings.Connect(limits);

    public Task PutAsync(EvidenceName name, ReadOnlyMemory<byte> sealed_, CancellationToken cancellation) => limits.RunAsync(
        "kept",
        limit => BlobOf(name).UploadAsync(
            BinaryData.FromBytes(sealed_, "application/octet-stream"), new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } }, limit),
        cancellation);

    public Task<byte[]?> FindAsync(EvidenceName name, CancellationToken cancellation) => limits.RunAsync(
        "read",
        async limit =>
        {
            try
            {
                return (await BlobOf(name).DownloadContentAsync(limit)).Value.Content.ToArray();
            }
            catch (RequestFailedException exception) when (IsAbsent(exception))
            {
                return null;
            }
        },
        cancellation);

    public Task DeleteAsync(EvidenceName name, CancellationToken cancellation) => limits.RunAsync(
        "removed",
        async limit =>
        {
            try
            {
                await BlobOf(name).DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: limit);
            }
            catch (RequestFailedException exception) when (IsAbsent(exception))
            {
            }
        },
        cancellation);

    public async IAsyncEnumerable<EvidenceName> KeptBeforeAsync(Id bank, DateTimeOffset instant, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var options = new GetBlobsOptions { Prefix = settings.Prefix + EvidenceName.FolderOf(bank) };
        string? next = null;
        do
        {
            var page = await limits.RunAsync("listed", limit => FirstAsync(container.GetBlobsAsync(options, limit).AsPages(next, limits.Page)), cancellation);
            foreach (var listed in page?.Values ?? [])
            {
                if (listed.Properties.LastModified < instant && EvidenceName.TryRead(bank, listed.Name[options.Prefix.Length..], out var name))
                {
                    yield return name;
                }
            }

            next = page?.ContinuationToken;
        }
        while (!string.IsNullOrEmpty(next));
    }

    private static async Task<Page<BlobItem>?> FirstAsync(IAsyncEnumerable<Page<BlobItem>> pages)
    {
        await foreach (var page in pages)
        {
            return page;
        }

        return null;
    }

    // By the code alone: a container that is not there is a 404 too.
    private static bool IsAbsent(RequestFailedException exception) => exception.ErrorCode == BlobErrorCode.BlobNotFound;

    private BlobClient BlobOf(EvidenceName name) => container.GetBlobClient(settings.Prefix + name);
}
