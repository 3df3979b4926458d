using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Agency.Api.Data;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Agency.Api.EvidenceFiles;

/// <summary>A bucket for evidence, in S3 or in a store that speaks as it does.</summary>
/// <param name="Bucket">Its name.</param>
/// <param name="Region">Where it is, and what requests are signed for.</param>
/// <param name="ServiceUrl">Where a store other than S3 itself is.</param>
/// <param name="Prefix">What every object's name begins with.</param>
/// <param name="Credentials">Null for the SDK's own chain: environment, profile, role of the machine.</param>
internal sealed record S3Settings(string Bucket, string Region, string? ServiceUrl, string Prefix, AWSCredentials? Credentials)
{
    // Stores of one place have no regions, yet a signature names one.
    private const string NoRegion = "us-east-1";

    /// <exception cref="InvalidOperationException">A setting is missing or against another; the message says what to set.</exception>
    public static S3Settings From(IConfigurationSection section, IConfiguration configuration)
    {
        var bucket = Find("Bucket") ?? throw new InvalidOperationException("Evidence:S3:Bucket is needed: the name of the bucket that evidence is kept in.");
        var url = Find("ServiceUrl");
        if (url is not null && !(Uri.TryCreate(url, UriKind.Absolute, out var address) && address is { Scheme: "https" or "http", UserInfo: "", Query: "", Fragment: "" }))
        {
            throw new InvalidOperationException("Evidence:S3:ServiceUrl is no address: use one such as https://minio.example, without a user, a query or a fragment.");
        }

        var region = Find("Region") ?? EvidenceSettings.Find(configuration, "AWS_REGION") ?? EvidenceSettings.Find(configuration, "AWS_DEFAULT_REGION") ?? (url is null ? null : NoRegion)
            ?? throw new InvalidOperationException("Evidence:S3:Region is needed, such as eu-central-1, unless Evidence:S3:ServiceUrl names a store other than S3 itself.");
        var (key, secret) = (Find("AccessKey"), Find("SecretKey"));
        if (key is null != secret is null)
        {
            throw new InvalidOperationException("Evidence:S3:AccessKey and Evidence:S3:SecretKey belong together: set both, or neither to use the machine's own credentials.");
        }

        return new(bucket, region, url, EvidenceSettings.PrefixOf(section), key is null ? null : new BasicAWSCredentials(key, secret));

        string? Find(string name) => EvidenceSettings.Find(section, name);
    }

    /// <summary>A client whose requests any store of this kind reads: whole, signed over what they carry, without trailing checksums.</summary>
    public AmazonS3Client Connect(StoreLimits limits)
    {
        var config = new AmazonS3Config
        {
            Timeout = limits.Try,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = limits.Retries,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (ServiceUrl is null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(Region);
        }
        else
        {
            (config.ServiceURL, config.AuthenticationRegion, config.ForcePathStyle) = (ServiceUrl, Region, true);
        }

        return Credentials is null ? new AmazonS3Client(config) : new AmazonS3Client(Credentials, config);
    }
}

/// <summary>Evidence in a bucket, an object each.</summary>
internal sealed class S3EvidenceStore(S3Settings settings, StoreLimits limits) : IEvidenceStore, IDisposable
{
    private readonly AmazonS3Client client = settings.Connect(limits);

    public void Dispose() => client.Dispose();

    public Task PutAsync(EvidenceName name, ReadOnlyMemory<byte> sealed_, CancellationToken cancellation) => limits.RunAsync("kept", limit => WriteAsync(KeyOf(name), sealed_, limit), cancellation);

    public Task<byte[]?> FindAsync(EvidenceName name, CancellationToken cancellation) => limits.RunAsync("read", limit => ReadAsync(KeyOf(name), limit), cancellation);

    // Deleting what is not there is no fault to S3; a store that says otherwise means the same.
    public Task DeleteAsync(EvidenceName name, CancellationToken cancellation) => limits.RunAsync(
        "removed",
        async limit =>
        {
            try
            {
                await client.DeleteObjectAsync(settings.Bucket, KeyOf(name), limit);
            }
            catch (AmazonS3Exception exception) when (IsAbsent(exception))
            {
            }
        },
        cancellation);

    public async IAsyncEnumerable<EvidenceName> KeptBeforeAsync(Id bank, DateTimeOffset instant, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = new ListObjectsV2Request { BucketName = settings.Bucket, Prefix = settings.Prefix + EvidenceName.FolderOf(bank), MaxKeys = limits.Page };
        bool more;
        do
        {
            var page = await limits.RunAsync("listed", limit => client.ListObjectsV2Async(request, limit), cancellation);
            foreach (var listed in page.S3Objects ?? [])
            {
                if (listed.LastModified?.ToUniversalTime() < instant.UtcDateTime && EvidenceName.TryRead(bank, listed.Key[request.Prefix.Length..], out var name))
                {
                    yield return name;
                }
            }

            (request.ContinuationToken, more) = (page.NextContinuationToken, page.IsTruncated == true);
        }
        while (more);
    }

    private async Task WriteAsync(string key, ReadOnlyMemory<byte> sealed_, CancellationToken cancellation)
    {
        try
        {
            await SendAsync("*");
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotImplemented)
        {
            // An older store knows no condition: ask first. No two requests have one name, so nothing comes between.
            if (await ReadAsync(key, cancellation) is not null)
            {
                throw;
            }

            await SendAsync(null);
        }

        async Task SendAsync(string? ifNoneMatch)
        {
            using var body = MemoryMarshal.TryGetArray(sealed_, out var bytes) ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false) : new MemoryStream(sealed_.ToArray(), writable: false);
            await client.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = settings.Bucket,
                    Key = key,
                    InputStream = body,
                    ContentType = "application/octet-stream",
                    IfNoneMatch = ifNoneMatch,
                    UseChunkEncoding = false,
                },
                cancellation);
        }
    }

    private async Task<byte[]?> ReadAsync(string key, CancellationToken cancellation)
    {
        try
        {
            using var answer = await client.GetObjectAsync(settings.Bucket, key, cancellation);
            using var content = new MemoryStream();
            await answer.ResponseStream.CopyToAsync(content, cancellation);
            return content.Length == answer.ContentLength ? content.ToArray() : throw new IOException("The store's answer ended early.");
        }
        catch (AmazonS3Exception exception) when (IsAbsent(exception))
        {
            return null;
        }
    }

    // By the code alone: a bucket that is not there is a 404 too.
    private static bool IsAbsent(AmazonS3Exception exception) => exception.ErrorCode == "NoSuchKey";

    private string KeyOf(EvidenceName name) => settings.Prefix + name;
}
