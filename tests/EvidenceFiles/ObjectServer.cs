using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Agency.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Agency.Tests.EvidenceFiles;

/// <summary>An object as the server has it.</summary>
internal sealed record Stored(byte[] Content, DateTimeOffset At);

/// <summary>
/// A server on a real port that speaks as much of S3 (path style) and of Azure Blob Storage as evidence needs, so that the real clients are
/// tested. One bucket and one container have the same objects.
/// </summary>
internal sealed class ObjectServer : IAsyncDisposable
{
    public const string Bucket = "evidence-bucket";
    public const string Account = "account";
    public const string Container = "evidence-container";

    private static readonly XNamespace S3 = "http://s3.amazonaws.com/doc/2006-03-01/";

    private readonly WebApplication app;

    private ObjectServer(WebApplication app) => this.app = app;

    public ConcurrentDictionary<string, Stored> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>All that was sent here: first lines, headers and bodies.</summary>
    public ConcurrentQueue<byte[]> Arrived { get; } = new();

    /// <summary>When what is sent now is kept, by this server's clock.</summary>
    public DateTimeOffset Now { get; set; } = TestDatabase.Start;

    /// <summary>Every request is answered with this status.</summary>
    public int? Fails { get; set; }

    /// <summary>Requests of this method are answered with 500.</summary>
    public string? FailsOn { get; set; }

    /// <summary>Requests are taken and never answered.</summary>
    public bool Stalls { get; set; }

    /// <summary>False for a store that does not know If-None-Match, and says so.</summary>
    public bool KnowsConditions { get; set; } = true;

    /// <summary>How many requests came.</summary>
    public int Requests => Arrived.Count;

    public string Url => app.Urls.First();

    public static async Task<ObjectServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var built = builder.Build();
        var server = new ObjectServer(built);
        built.Run(server.TakeAsync);
        await built.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        var (request, body) = (http.Request, new MemoryStream());
        await request.Body.CopyToAsync(body);
        var head = $"{request.Method} {request.Path}{request.QueryString}\n" + string.Join('\n', request.Headers.Select(header => $"{header.Key}: {header.Value}"));
        Arrived.Enqueue([.. Encoding.UTF8.GetBytes(head), .. body.ToArray()]);
        if (Stalls)
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        Dialect dialect = request.Path.StartsWithSegments($"/{Account}", StringComparison.Ordinal) ? new AzureBlob(http) : new S3Rest(http);
        await ((FailsOn == request.Method ? 500 : Fails) is { } status ? dialect.RefuseAsync(status, status == 403 ? "AccessDenied" : "InternalError") : AnswerAsync(dialect, body.ToArray()));
    }

    private Task AnswerAsync(Dialect dialect, byte[] body)
    {
        var (http, name) = (dialect.Http, dialect.Name);
        if (dialect.WhyNot(body) is { } fault)
        {
            return dialect.RefuseAsync(400, fault);
        }

        if (!dialect.IsHere)
        {
            return dialect.RefuseAsync(404, dialect.NoPlace);
        }

        switch (http.Request.Method)
        {
            case "PUT" when http.Request.Headers.IfNoneMatch.Count > 0 && !KnowsConditions:
                return dialect.RefuseAsync(501, "NotImplemented");
            case "PUT" when http.Request.Headers.IfNoneMatch == "*" && Objects.ContainsKey(name):
                return dialect.RefuseAsync(dialect.Exists.Status, dialect.Exists.Code);
            case "PUT":
                Objects[name] = new(body, Now);
                return dialect.KeptAsync(Objects[name]);
            case "GET" when name.Length == 0:
                return ListAsync(dialect);
            case "GET" when Objects.TryGetValue(name, out var stored):
                return dialect.SendAsync(stored);
            case "DELETE" when Objects.TryRemove(name, out _) || dialect.DeletesNothing:
                http.Response.StatusCode = dialect.Deleted;
                return Task.CompletedTask;
            default:
                return dialect.RefuseAsync(404, dialect.NoObject);
        }
    }

    private Task ListAsync(Dialect dialect)
    {
        var (prefix, after, most) = dialect.Asked;
        var all = Objects.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(o.Key, after) > 0).OrderBy(o => o.Key, StringComparer.Ordinal).ToList();
        return dialect.WriteAsync(200, dialect.List([.. all.Take(most)], all.Count > most ? all[most - 1].Key : null));
    }

    /// <summary>What the two protocols say differently.</summary>
    private abstract class Dialect(HttpContext http)
    {
        public HttpContext Http => http;

        public abstract bool IsHere { get; }

        public abstract string Name { get; }

        public abstract (string Prefix, string After, int Most) Asked { get; }

        public abstract string NoPlace { get; }

        public abstract string NoObject { get; }

        public abstract (int Status, string Code) Exists { get; }

        public abstract int Deleted { get; }

        public abstract bool DeletesNothing { get; }

        protected abstract int Created { get; }

        public abstract string? WhyNot(byte[] body);

        public abstract XElement List(IReadOnlyList<KeyValuePair<string, Stored>> items, string? next);

        public virtual Task RefuseAsync(int status, string code) => WriteAsync(status, new XElement("Error", new XElement("Code", code), new XElement("Message", "So it is set.")));

        public Task KeptAsync(Stored stored)
        {
            http.Response.StatusCode = Created;
            Describe(stored);
            return Task.CompletedTask;
        }

        public Task SendAsync(Stored stored)
        {
            Describe(stored);
            http.Response.ContentType = "application/octet-stream";
            http.Response.ContentLength = stored.Content.Length;
            return http.Response.Body.WriteAsync(stored.Content).AsTask();
        }

        public Task WriteAsync(int status, XElement xml)
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = "application/xml";
            return http.Response.WriteAsync("<?xml version=\"1.0\" encoding=\"utf-8\"?>" + xml);
        }

        // S3's tag of an object that was sent whole is its MD5, which the client compares.
        protected static string TagOf(Stored stored) => $"\"{Convert.ToHexStringLower(MD5.HashData(stored.Content))}\"";

        protected string[] Path => http.Request.Path.Value!.TrimStart('/').Split('/');

        protected string Query(string name) => http.Request.Query[name].ToString();

        private void Describe(Stored stored)
        {
            http.Response.Headers.ETag = TagOf(stored);
            http.Response.Headers.LastModified = stored.At.ToString("R", CultureInfo.InvariantCulture);
        }
    }

    private sealed class S3Rest(HttpContext http) : Dialect(http)
    {
        public override bool IsHere => Path[0] == Bucket;

        public override string Name => string.Join('/', Path[1..]);

        public override (string Prefix, string After, int Most) Asked => (Query("prefix"), Query("continuation-token"), int.Parse(Query("max-keys"), CultureInfo.InvariantCulture));

        public override string NoPlace => "NoSuchBucket";

        public override string NoObject => "NoSuchKey";

        public override (int Status, string Code) Exists => (412, "PreconditionFailed");

        public override int Deleted => 204;

        public override bool DeletesNothing => true;

        protected override int Created => 200;

        // A body in signed chunks is kept as it is by simpler stores, chunk heads and all; one that the signature does not cover anybody could change.
        public override string? WhyNot(byte[] body) => Http.Request.Headers switch
        {
            var headers when !headers.Authorization.ToString().StartsWith("AWS4-HMAC-SHA256 Credential=", StringComparison.Ordinal) => "MissingSecurityHeader",
            var headers when headers["x-amz-content-sha256"] != Convert.ToHexStringLower(SHA256.HashData(body)) => "XAmzContentSHA256Mismatch",
            var headers when headers.ContentEncoding.Count > 0 || headers.Any(header => header.Key is "x-amz-trailer" or "x-amz-sdk-checksum-algorithm" || header.Key.StartsWith("x-amz-checksum", StringComparison.Ordinal)) => "NotImplemented",
            _ => null,
        };

        public override XElement List(IReadOnlyList<KeyValuePair<string, Stored>> items, string? next) => new(
            S3 + "ListBucketResult",
            new XElement(S3 + "Name", Bucket),
            new XElement(S3 + "IsTruncated", next is not null),
            next is null ? null : new XElement(S3 + "NextContinuationToken", next),
            items.Select(item => new XElement(
                S3 + "Contents",
                new XElement(S3 + "Key", item.Key),
                new XElement(S3 + "LastModified", item.Value.At.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)),
                new XElement(S3 + "ETag", TagOf(item.Value)),
                new XElement(S3 + "Size", item.Value.Content.Length))));
    }

    private sealed class AzureBlob(HttpContext http) : Dialect(http)
    {
        public override bool IsHere => Path.Length > 1 && Path[1] == Container;

        public override string Name => string.Join('/', Path[2..]);

        public override (string Prefix, string After, int Most) Asked => (Query("prefix"), Query("marker"), int.Parse(Query("maxresults"), CultureInfo.InvariantCulture));

        public override string NoPlace => "ContainerNotFound";

        public override string NoObject => "BlobNotFound";

        public override (int Status, string Code) Exists => (409, "BlobAlreadyExists");

        public override int Deleted => 202;

        public override bool DeletesNothing => false;

        protected override int Created => 201;

        public override string? WhyNot(byte[] body) => Http.Request switch
        {
            var request when !request.Headers.Authorization.ToString().StartsWith($"SharedKey {Account}:", StringComparison.Ordinal) && !request.Query.ContainsKey("sig") => "NoAuthenticationInformation",
            { Method: "PUT" } request when request.Headers["x-ms-blob-type"] != "BlockBlob" => "InvalidHeaderValue",
            _ => null,
        };

        public override Task RefuseAsync(int status, string code)
        {
            Http.Response.Headers["x-ms-error-code"] = code;
            return base.RefuseAsync(status, code);
        }

        public override XElement List(IReadOnlyList<KeyValuePair<string, Stored>> items, string? next) => new(
            "EnumerationResults",
            new XElement("Blobs", items.Select(item => new XElement(
                "Blob",
                new XElement("Name", item.Key),
                new XElement(
                    "Properties",
                    new XElement("Last-Modified", item.Value.At.ToString("R", CultureInfo.InvariantCulture)),
                    new XElement("Etag", TagOf(item.Value)),
                    new XElement("Content-Length", item.Value.Content.Length),
                    new XElement("BlobType", "BlockBlob"))))),
            new XElement("NextMarker", next));
    }
}
