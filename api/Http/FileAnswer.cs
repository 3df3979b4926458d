using System.Security.Cryptography;
using Agency.Api.Data;
using Agency.Api.Tenancy;
using Microsoft.Net.Http.Headers;

namespace Agency.Api.Http;

/// <summary>
/// A file that is too long to be held: it is written while it is read, a page at a time, each by a session of its own, so that a
/// slow reader holds no transaction. What it is made of must not change meanwhile. The request's own transaction has decided by
/// then that the caller may have it.
/// </summary>
/// <param name="ContentType">With the charset.</param>
/// <param name="FileName">What it is saved as; ASCII.</param>
/// <param name="Write">Writes all of it. It is run twice: for the ETag, which comes before the file, and for the file.</param>
internal sealed record FileAnswer(string ContentType, string FileName, Func<FileReader, Stream, CancellationToken, Task> Write) : Answer(StatusCodes.Status200OK, null)
{
    /// <summary>Whether a browser shows it rather than saving it; then with this policy, under which nothing is loaded or run.</summary>
    public string? ShownUnder { get; init; }

    public override object? Body => null;

    public async Task SendAsync(HttpContext http, FileReader reader)
    {
        var cancellation = http.RequestAborted;
        var tag = await TagAsync(reader, cancellation);
        var response = http.Response;
        response.GetTypedHeaders().ETag = tag;
        response.Headers.CacheControl = "no-cache, private";
        response.Headers.Vary = HeaderNames.AcceptLanguage;
        if (Conditional.AlreadyHas(http, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = ContentType;
        response.GetTypedHeaders().ContentDisposition = new ContentDispositionHeaderValue(ShownUnder is null ? "attachment" : "inline") { FileName = FileName };
        response.Headers.XContentTypeOptions = "nosniff";
        if (ShownUnder is not null)
        {
            response.Headers.ContentSecurityPolicy = ShownUnder;
        }

        await Write(reader, response.Body, cancellation);
    }

    private async Task<EntityTagHeaderValue> TagAsync(FileReader reader, CancellationToken cancellation)
    {
        using var sha = SHA256.Create();
        await using (var digest = new CryptoStream(Stream.Null, sha, CryptoStreamMode.Write))
        {
            await Write(reader, digest, cancellation);
        }

        return Conditional.TagOfDigest(sha.Hash);
    }
}

/// <summary>Reads the pages of a file for the caller who asked for it.</summary>
internal sealed class FileReader(Database database, Caller caller)
{
    /// <summary>One page, by a session of its own that is closed when this returns.</summary>
    public async Task<T> ReadAsync<T>(Func<Session, Task<T>> read, CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(caller.Context, write: false, cancellation);
        return await read(session);
    }
}
