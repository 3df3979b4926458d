using System.Net.Http.Headers;

namespace Agency.Sdk;

/// <summary>An answer of the API as it came: status, headers and body.</summary>
public sealed class Answer
{
    internal Answer(int statusCode, IReadOnlyDictionary<string, IReadOnlyList<string>> headers, ReadOnlyMemory<byte> body)
    {
        StatusCode = statusCode;
        Headers = headers;
        Body = body;
    }

    /// <summary>The HTTP status.</summary>
    public int StatusCode { get; }

    /// <summary>All headers, by name without regard to case.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Headers { get; }

    /// <summary>The body, UTF-8 JSON; empty for a file, which is read as it comes.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The tag of what was read, to give to a change; absent where the thing has none.</summary>
    public ETag? ETag => Header("ETag") is { } tag ? new ETag(tag) : null;

    /// <summary>Names the request in the service's logs.</summary>
    public string? RequestId => Header("Request-Id");

    /// <summary>Whether the call had acted before, and this is the answer it got then.</summary>
    public bool IsReplay => string.Equals(Header("Idempotency-Replayed"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The first value of a header; absent where there is none.</summary>
    public string? Header(string name) => Headers.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;

    internal static Answer Of(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        var headers = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        Add(headers, response.Headers);
        Add(headers, response.Content.Headers);
        return new Answer((int)response.StatusCode, headers, body);
    }

    private static void Add(Dictionary<string, IReadOnlyList<string>> all, HttpHeaders headers)
    {
        foreach (var header in headers)
        {
            all[header.Key] = [.. header.Value];
        }
    }
}
