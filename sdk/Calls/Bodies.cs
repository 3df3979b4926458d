using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Agency.Sdk;

/// <summary>Bodies of answers, read whole: a cut one is a network fault like any other.</summary>
internal static class Bodies
{
    public static async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
#if NET
        await content.CopyToAsync(buffer, cancellationToken).ConfigureAwait(false);
#else
        using var body = await content.ReadAsStreamAsync().ConfigureAwait(false);
        await body.CopyToAsync(buffer, 81_920, cancellationToken).ConfigureAwait(false);
#endif
        return content.Headers.ContentLength is { } length && length != buffer.Length
            ? throw new IOException("The answer was cut short.")
            : buffer.ToArray();
    }

    public static Task<Stream> OpenAsync(HttpContent content, CancellationToken cancellationToken)
    {
#if NET
        return content.ReadAsStreamAsync(cancellationToken);
#else
        cancellationToken.ThrowIfCancellationRequested();
        return content.ReadAsStreamAsync();
#endif
    }

    /// <summary>What the body says, or nothing where it is not JSON of this kind.</summary>
    public static T? TryParse<T>(ReadOnlyMemory<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return body.IsEmpty ? null : JsonSerializer.Deserialize(body.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
