using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Agency.Tests.Http;

/// <summary>Requests as bytes on the wire, for what the SDK would never send.</summary>
internal static class Wire
{
    public static Task<Reply> CallAsync(this HttpClient http, string method, string path, string? json = null, params (string Name, string Value)[] headers) =>
        http.CallAsync(method, path, json is null ? null : Content(Encoding.UTF8.GetBytes(json), "application/json"), headers);

    public static async Task<Reply> CallAsync(this HttpClient http, string method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value), name);
        }

        using var answer = await http.SendAsync(request);
        return new Reply(
            (int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(), answer.Content.Headers.ContentType, answer.Headers.Location?.OriginalString,
            answer.Headers.ETag?.ToString(), answer.Headers.TryGetValues("Idempotency-Replayed", out _), answer.Content.Headers.Allow.Count > 0,
            answer.Headers.WwwAuthenticate.ToString());
    }

    public static ByteArrayContent Content(byte[] bytes, string? type)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        return content;
    }
}

/// <summary>What came back.</summary>
internal sealed record Reply(int Status, byte[] Bytes, MediaTypeHeaderValue? Type, string? Location, string? ETag, bool Replayed, bool Allows, string Challenge)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    public JsonElement Json => JsonDocument.Parse(Bytes).RootElement;

    public string? Code => Type?.MediaType == "application/problem+json" ? Json.GetProperty("code").GetString() : null;

    public string Id => Json.GetProperty("id").GetString()!;

    /// <summary>The body as another caller would get it: all but the name of the request.</summary>
    public string WithoutTraceId => Text.Replace(Json.GetProperty("traceId").GetString()!, "", StringComparison.Ordinal);

    public IReadOnlyList<string> Pointers => Json.TryGetProperty("errors", out var errors) ? [.. errors.EnumerateArray().Select(e => e.GetProperty("pointer").GetString()!)] : [];

    /// <summary>A problem with everything that a problem has.</summary>
    public Reply IsProblem(int status, string code)
    {
        Assert.True(Status == status && Type?.MediaType == "application/problem+json", $"{status} {code} was expected, not {Status} {Type} {Text}");
        Assert.Equal(code, Code);
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
        Assert.Equal($"/problems/{code}", Json.GetProperty("type").GetString());
        Assert.NotEmpty(Json.GetProperty("title").GetString()!);
        Assert.NotEmpty(Json.GetProperty("traceId").GetString()!);
        foreach (var leak in (string[])["Agency.", "System.", " at ", "Exception", "SELECT", "base_", "Microsoft", "NewPortfolio", "parameter \\\""])
        {
            Assert.DoesNotContain(leak, Text, StringComparison.Ordinal);
        }

        return this;
    }

    public Reply Is(int status)
    {
        Assert.True(Status == status, $"{status} was expected, not {Status} {Text}");
        return this;
    }
}
