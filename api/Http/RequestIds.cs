using System.Diagnostics;

namespace Agency.Api.Http;

/// <summary>What a request is named by in the logs, told in every answer's header <c>Request-Id</c> and in a problem's <c>traceId</c>.</summary>
internal static class RequestIds
{
    public static string Of(HttpContext http) => Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;

    public static void UseRequestIds(this WebApplication app) => app.Use(static (http, next) =>
    {
        // On starting, because a failure clears what was set before it.
        http.Response.OnStarting(static state =>
        {
            var (response, id) = ((HttpResponse, string))state;
            response.Headers["Request-Id"] = id;
            return Task.CompletedTask;
        }, (http.Response, Of(http)));
        return next(http);
    });
}
