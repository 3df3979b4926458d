using System.Globalization;
using System.Text.Json;
using Agency.Api.AuditLog;
using Agency.Api.Data;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Diagnostics;

namespace Agency.Api.Http;

/// <summary>Every answer that is not a success leaves through here, in the caller's language.</summary>
public static class ProblemWriter
{
    public const string ContentType = "application/problem+json";

    public static Task WriteAsync(HttpContext http, ProblemException refusal) =>
        WriteAsync(http, refusal.Problem, refusal.Detail, refusal.Errors, refusal.Obstacle, refusal.Rule);

    public static Task WriteAsync(HttpContext http, Problem problem, string? detail = null, IReadOnlyList<FieldError>? errors = null, Obstacle? obstacle = null, string? rule = null)
    {
        var body = new ProblemBody(
            ProblemCatalogue.AddressOf(problem),
            TitleOf(problem),
            problem.Status,
            problem.Code,
            detail,
            RequestIds.Of(http),
            errors is { Count: > 0 } ? errors : null,
            obstacle,
            rule);
        http.Response.StatusCode = problem.Status;
        if ((problem.Status is 429 or 503 || problem == HttpProblems.KeyInProgress) && !http.Response.Headers.ContainsKey("Retry-After"))
        {
            http.Response.Headers.RetryAfter = "1";
        }

        return http.Response.WriteAsJsonAsync(body, Json.Options, ContentType, http.RequestAborted);
    }

    /// <summary>What the problem says, in the caller's language.</summary>
    internal static string TitleOf(Problem problem) => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "zh" ? problem.TitleZh : problem.Title;

    /// <summary>The problem that stands for a failure outside the handlers: a body that can't be read, a lock that was not had.</summary>
    public static (Problem Problem, string? Detail) Explain(Exception exception, HttpContext http) => exception switch
    {
        ProblemException refusal => (refusal.Problem, refusal.Detail),
        UnavailableException down => (down.Problem, null),
        RowRefusedException => (HttpProblems.Overtaken, null),
        NoConnectionFreeException => (HttpProblems.Busy, null),
        DatabaseBusyException => (http.Request.Headers.ContainsKey(Idempotency.Header) ? HttpProblems.KeyInProgress : HttpProblems.Busy, null),
        BadHttpRequestException { InnerException: JsonException json } => (HttpProblems.Malformed, Describe(json)),
        BadHttpRequestException { StatusCode: 400 } when HasForeignLimit(http) => (HttpProblems.LimitOutOfRange, null),
        BadHttpRequestException { StatusCode: 400 } bad => (HttpProblems.Malformed, Describe(bad, http)),
        BadHttpRequestException bad => (HttpProblems.ForStatus(bad.StatusCode), null),
        _ => (HttpProblems.Internal, null),
    };

    private static bool HasForeignLimit(HttpContext http) =>
        http.Request.Query.TryGetValue("limit", out var limit) && !int.TryParse(limit, NumberStyles.Integer, CultureInfo.InvariantCulture, out _);

    // The framework's own message names our types and repeats the value.
    private static string Describe(BadHttpRequestException bad, HttpContext http) =>
        http.Request.Query.FirstOrDefault(query => bad.Message.EndsWith($"from \"{query.Value}\".", StringComparison.Ordinal)).Key is { } name
            ? $"The query parameter {name} is not in the form expected here."
            : "The body is missing or incomplete.";

    // The parser's own message may quote the value, which may be private: place alone, and the message where it names only our types' members.
    private static string Describe(JsonException json) =>
        json.Message.StartsWith("The JSON property", StringComparison.Ordinal)
        || json.Message.StartsWith("Duplicate property", StringComparison.Ordinal)
        || json.Message.Contains("missing required properties", StringComparison.Ordinal)
            ? $"{json.Path ?? "$"}: the object has a member that is not known or there twice, or lacks one that is required ({MembersIn(json.Message)})."
            : $"{json.Path ?? "$"}, line {(json.LineNumber ?? 0) + 1}: not the JSON expected here.";

    private static string MembersIn(string message) =>
        string.Join(", ", message.Split('\'').Where((_, index) => index % 2 == 1).Where(part => !part.Contains('.', StringComparison.Ordinal)));
}

/// <summary>Turns what was thrown past the handlers into a problem.</summary>
internal sealed partial class ProblemHandler(Refusals refusals, ILogger<ProblemHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // Who went away, in the midst of a body too, is answered nothing.
        if (exception is OperationCanceledException or BadHttpRequestException && httpContext.RequestAborted.IsCancellationRequested)
        {
            return true;
        }

        var (problem, detail) = ProblemWriter.Explain(exception, httpContext);
        var asked = httpContext.Features.Get<IExceptionHandlerFeature>();
        if (problem.Status >= 500)
        {
            LogFailure(exception, httpContext.Request.Method, asked?.Endpoint?.DisplayName);
        }

        if (exception is UnavailableException)
        {
            // Longer than for a lock: it was tried more than once already.
            httpContext.Response.Headers.RetryAfter = "15";
        }

        await refusals.WriteAsync(httpContext, asked?.Endpoint, asked?.RouteValues?.GetValueOrDefault("id"), problem);
        await ProblemWriter.WriteAsync(httpContext, problem, detail, (exception as ProblemException)?.Errors);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Endpoint} failed")]
    private partial void LogFailure(Exception exception, string method, string? endpoint);
}

/// <summary>Refusals by authentication and authorization, as problems.</summary>
internal sealed class AuthorizationProblems(Refusals refusals) : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler standard = new();

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded || context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>() is not { } required)
        {
            await standard.HandleAsync(next, context, policy, authorizeResult);
            return;
        }

        if (authorizeResult.Challenged)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await ProblemWriter.WriteAsync(context, HttpProblems.Unauthenticated);
            return;
        }

        context.Response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_scope\", scope=\"{required.Scope}\"";
        await refusals.WriteAsync(context, context.GetEndpoint(), context.GetRouteValue("id"), HttpProblems.MissingScope);
        await ProblemWriter.WriteAsync(context, HttpProblems.MissingScope, $"The scope {required.Scope} is needed.");
    }
}
