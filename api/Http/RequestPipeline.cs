using System.Text.Json;
using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Http.Metadata;

namespace Agency.Api.Http;

/// <summary>
/// What every request under /v1 goes through, once, on the route group: caller, query check, validation, conditions, one
/// transaction, idempotency, then the verb; its answer is written only after its writes took effect.
/// </summary>
internal sealed partial class RequestPipeline(
    Database database, CallerResolver callers, Validation validation, Refusals refusals, ILogger<RequestPipeline> log) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        try
        {
            QueryCheck.Check(http);
            await validation.CheckAsync(context);
            Conditional.RequireMatchHeader(http);
            var caller = await callers.ResolveAsync(http.User, http.RequestAborted) ?? throw HttpProblems.Unauthenticated.Refuse();
            if (http.GetEndpoint()?.Metadata.GetMetadata<BeforeTransaction>() is { } before)
            {
                await before.Run(http, caller);
            }

            await AnswerAsync(context, next, caller);
        }
        catch (ProblemException refusal)
        {
            await refusals.WriteAsync(http, http.GetEndpoint(), http.GetRouteValue("id"), refusal.Problem);
            await ProblemWriter.WriteAsync(http, refusal);
        }

        return Results.Empty;
    }

    private async Task AnswerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next, Caller caller)
    {
        var http = context.HttpContext;
        var cancellation = http.RequestAborted;
        var work = http.RequestServices.GetRequiredService<Work>();
        work.From = http.Connection.RemoteIpAddress;
        var keyHash = Idempotency.KeyOf(http, caller);
        var requestHash = http.Features.Get<RequestDigest>()?.Sha256 ?? new byte[32];

        StoredAnswer answer;
        FileAnswer? file = null;
        await using (var session = await database.OpenAsync(caller.Context, write: MayWrite(http), cancellation))
        {
            work.Begin(caller, session);
            if (keyHash is not null && !await Idempotency.TryClaimAsync(work, database.Engine, keyHash, requestHash, cancellation))
            {
                answer = null!;
            }
            else
            {
                await ReadBeforeAsync(http, work);
                var result = AnswerOf(await next(context));
                await work.AnsweredAsync(result.Body);
                file = result as FileAnswer;
                answer = Render(result, result.Body);
                if (keyHash is not null)
                {
                    await Idempotency.CompleteAsync(work, keyHash, result.Kept is null ? answer : Render(result, result.Kept), cancellation);
                }

                await session.CommitAsync(cancellation);
            }
        }

        if (answer is null)
        {
            await ReplayAsync(context, next, caller, work, keyHash!, requestHash);
            return;
        }

        await FollowUpAsync(work);
        await (file is null ? WriteAsync(http, answer) : file.SendAsync(http, new FileReader(database, caller)));
    }

    // The claim failed: its transaction is gone, so the answer is read in a new one.
    private async Task ReplayAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next, Caller caller, Work work, byte[] keyHash, byte[] requestHash)
    {
        var http = context.HttpContext;
        StoredAnswer? stored;
        await using (var session = await database.OpenAsync(caller.Context, write: true, http.RequestAborted))
        {
            work.Begin(caller, session);
            stored = await Idempotency.FindAsync(work, keyHash, requestHash, http.RequestAborted);
            if (stored is null)
            {
                await Idempotency.ForgetExpiredAsync(session, work.Tenant, work.Now, http.RequestAborted);
                await session.CommitAsync(http.RequestAborted);
            }
            else
            {
                work.AnswerGivenAt = stored.GivenAt;
                await FindSubjectAsync(http, work);
            }
        }

        if (stored is null)
        {
            await AnswerAsync(context, next, caller);
            return;
        }

        http.Response.Headers[Idempotency.ReplayedHeader] = "true";
        await WriteAsync(http, stored);
    }

    private static bool MayWrite(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method) ? FullView.IsAsked(http) || http.GetEndpoint()?.Metadata.GetMetadata<LoggedRead>() is not null : http.GetEndpoint()?.Metadata.GetMetadata<ChangesNothing>() is null;

    private static async Task ReadBeforeAsync(HttpContext http, Work work)
    {
        var isConditional = http.Request.Headers.IfMatch.Count > 0;
        if (http.GetEndpoint()?.Metadata.GetMetadata<Subject>() is not { } subject || !(isConditional || Changes(http, subject)))
        {
            return;
        }

        // What the verb refuses it refuses itself, in its own words, where no condition comes first.
        var id = IdOf(http);
        var current = isConditional ? await FindSubjectAsync(http, work) : await subject.Read(work, id, http.RequestAborted);
        if (isConditional && current is not null)
        {
            Conditional.Check(http, JsonSerializer.SerializeToUtf8Bytes(current, current.GetType(), Json.Options));
        }

        if (current is not null && Changes(http, subject))
        {
            work.Begin(id, current);
        }
    }

    private static bool Changes(HttpContext http, Subject subject) =>
        MayWrite(http) && http.GetEndpoint()!.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Any(answer => answer.Type == subject.Type);

    private static Id IdOf(HttpContext http)
    {
        _ = Id.TryParse(http.GetRouteValue("id") as string, null, out var id);
        return id;
    }

    private static async Task<object?> FindSubjectAsync(HttpContext http, Work work)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<Subject>() is not { } subject)
        {
            return null;
        }

        var id = IdOf(http);
        if (subject.Lock is not null)
        {
            _ = await work.Db.FindAsync<Id?>(subject.Lock, new { tenant = work.Tenant, id }, http.RequestAborted);
        }

        return await subject.Read(work, id, http.RequestAborted) ?? throw subject.NotFound.Refuse();
    }

    private static Answer AnswerOf(object? result) =>
        result as Answer ?? throw new InvalidOperationException("A verb under /v1 answers with an Answer.");

    private static StoredAnswer Render(Answer answer, object? body) =>
        new(answer.Status, answer.Location, body is null ? [] : JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), Json.Options));

    private static Task WriteAsync(HttpContext http, StoredAnswer answer)
    {
        var tag = Conditional.TagOf(answer.Body);
        http.Response.GetTypedHeaders().ETag = tag;
        http.Response.Headers.CacheControl = "no-cache, private";
        if (HttpMethods.IsGet(http.Request.Method) && Conditional.AlreadyHas(http, tag))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        http.Response.StatusCode = answer.Status;
        if (answer.Location is not null)
        {
            http.Response.Headers.Location = answer.Location;
        }

        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = answer.Body.Length;
        return http.Response.Body.WriteAsync(answer.Body).AsTask();
    }

    // The writes stand whatever happens now, so a failure here must not look like one of the request.
    private async Task FollowUpAsync(Work work)
    {
        try
        {
            await work.RunAfterCommitAsync();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogFollowUpFailed(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A step after the commit failed; the sweep will do it again")]
    private partial void LogFollowUpFailed(Exception exception);
}
