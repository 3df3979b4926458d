using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Agency.Api.Http;

/// <summary>What is asked of a JSON body before anybody reads it.</summary>
internal static class JsonBody
{
    /// <summary>The largest body in bytes; files of accounts have a limit of their own.</summary>
    public const long MaxBytes = 1024 * 1024;

    /// <summary>The largest body in bytes of a verb that takes a thousand things at once.</summary>
    public const int MaxBatchBytes = 8 * 1024 * 1024;

    /// <summary>The largest body that this request's route takes.</summary>
    public static long MaxBytesOf(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? MaxBytes;

    /// <summary>JSON comes in UTF-8 (RFC 8259, 8.1); on a charset it does not know the framework would fail rather than refuse.</summary>
    public static Task RefuseOtherCharsetsAsync(HttpContext http, RequestDelegate next) =>
        http.Request.HasJsonContentType()
        && MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type)
        && type.Charset.ToString().Trim('"').ToUpperInvariant() is not ("" or "UTF-8" or "UTF8")
            ? ProblemWriter.WriteAsync(http, HttpProblems.UnsupportedMediaType, "Send JSON in UTF-8.")
            : next(http);
}
