using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Agency.Api.Http;

/// <summary>Conditional requests (RFC 9110, 13): an ETag is a hash of the answer as this caller sees it.</summary>
internal static class Conditional
{
    public static EntityTagHeaderValue TagOf(byte[] body) => TagOfDigest(SHA256.HashData(body));

    public static EntityTagHeaderValue TagOfDigest(ReadOnlySpan<byte> sha256) => new($"\"{Convert.ToHexStringLower(sha256[..16])}\"");

    /// <summary>True when the caller already has this answer (If-None-Match).</summary>
    public static bool AlreadyHas(HttpContext http, EntityTagHeaderValue tag) =>
        http.Request.GetTypedHeaders().IfNoneMatch is { Count: > 0 } known
        && known.Any(k => k.Equals(EntityTagHeaderValue.Any) || k.Compare(tag, useStrongComparison: false));

    /// <summary>Refuses a change that must name what it changes and does not (If-Match).</summary>
    public static void RequireMatchHeader(HttpContext http)
    {
        var method = http.Request.Method;
        if ((HttpMethods.IsPatch(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method)) && !http.Request.Headers.ContainsKey(HeaderNames.IfMatch))
        {
            throw HttpProblems.MatchRequired.Refuse();
        }
    }

    /// <summary>Refuses when the resource is no longer as the caller last read it.</summary>
    public static void Check(HttpContext http, byte[] current)
    {
        var tag = TagOf(current);
        if (!http.Request.GetTypedHeaders().IfMatch.Any(k => k.Equals(EntityTagHeaderValue.Any) || k.Compare(tag, useStrongComparison: true)))
        {
            throw HttpProblems.MatchFailed.Refuse();
        }
    }
}
