using System.Collections.Concurrent;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.AuditLog;

/// <summary>
/// Writes down that a known caller was refused: what is not theirs (403, 404), or, of a write, stands in the way (409). The request's own
/// transaction is gone by then, so it is one of its own, and a failure of it changes nothing for the caller. A read waits a second at most to
/// have it written.
/// </summary>
/// <remarks>
/// Of one caller no more than 60 writes and 20 reads a minute are written, each counted by itself, so that nobody fills the log, or the disk, with what is not allowed anyway. How many were left
/// out, or could not be written, is said by the next that is written, and the service's own log says that it happens.
/// </remarks>
internal sealed partial class Refusals(Database database, CallerResolver callers, AuditWriter audit, Ids ids, TimeProvider clock, ILogger<Refusals> log)
{
    private const string Action = "request.refused";
    private const int WritesAtMost = 60;
    private const int ReadsAtMost = 20;
    private static readonly TimeSpan Each = TimeSpan.FromMinutes(1);

    // Who reads does not wait for those who write; a refused write waited for them anyway.
    private static readonly TimeSpan LongestWaitOfRead = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(int Tenant, string Client, Id? Person, bool IsWrite), Window> windows = new();

    /// <summary>Writes it where it is one to write.</summary>
    /// <param name="http">The request.</param>
    /// <param name="endpoint">What it asked for; the pipeline behind an exception no longer knows.</param>
    /// <param name="id">The <c>id</c> of its route.</param>
    /// <param name="problem">What it is answered with.</param>
    public async Task WriteAsync(HttpContext http, Endpoint? endpoint, object? id, Problem problem)
    {
        if (problem.Status is not (403 or 404 or 409) || problem == HttpProblems.KeyInProgress || endpoint?.Metadata.GetMetadata<RequiredScope>() is null)
        {
            return;
        }

        try
        {
            // Whoever went away after the refusal was refused all the same.
            if (await callers.ResolveAsync(http.User, CancellationToken.None) is { } caller)
            {
                await WriteAsync(http, caller, IsWrite(http, endpoint), $"{endpoint.Metadata.GetMetadata<EndpointNameMetadata>()?.EndpointName} {problem.Code}", Id.TryRead(id as string, out var subject) ? subject : null);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogLost(exception, problem.Code);
        }
    }

    private async Task WriteAsync(HttpContext http, Caller caller, bool isWrite, string what, Id? subject)
    {
        var now = clock.GetUtcNow();
        var window = windows.GetOrAdd((caller.Tenant.Number, caller.Client, caller.Person, isWrite), static key => new Window(key.IsWrite ? WritesAtMost : ReadsAtMost));
        if (window.Take(now) is not { } leftOut)
        {
            if (window.IsFirstLeftOut)
            {
                LogFlood(caller.Client, caller.Person, caller.Tenant.Code);
            }

            return;
        }

        var detail = leftOut > 0 ? FormattableString.Invariant($"{what}; {leftOut} before it are not written") : what;
        var entry = new AuditEntry(caller.Tenant.Number, ids.New(), now, Action, subject, detail, caller.Person, caller.Client is "" ? null : caller.Client, http.Connection.RemoteIpAddress);
        using var patience = new CancellationTokenSource(isWrite ? Timeout.InfiniteTimeSpan : LongestWaitOfRead);
        try
        {
            await using var session = await database.OpenAsync(caller.Context, write: true, patience.Token);
            await audit.WriteAsync(session, entry);
            await session.CommitAsync();
        }
        catch
        {
            window.LeaveOut(leftOut + 1);
            throw;
        }
    }

    private static bool IsWrite(HttpContext http, Endpoint endpoint) => !HttpMethods.IsGet(http.Request.Method) && endpoint.Metadata.GetMetadata<ChangesNothing>() is null;

    [LoggerMessage(Level = LogLevel.Error, Message = "A refusal ({Code}) could not be written to the audit log")]
    private partial void LogLost(Exception exception, string code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Client {Client}, person {Person} of {Tenant} is refused more often than is written to the audit log")]
    private partial void LogFlood(string client, Id? person, string tenant);

    /// <summary>How many of one caller's refusals were written in the minute that runs.</summary>
    private sealed class Window(int atMost)
    {
        private readonly Lock gate = new();
        private DateTimeOffset began;
        private int written;
        private int leftOut;

        public bool IsFirstLeftOut { get; private set; }

        /// <summary>How many were left out since the last that was written; null when this one is left out too.</summary>
        public int? Take(DateTimeOffset now)
        {
            lock (gate)
            {
                if (now - began >= Each)
                {
                    began = now;
                    written = 0;
                }

                if (written == atMost)
                {
                    IsFirstLeftOut = ++leftOut == 1;
                    return null;
                }

                written++;
                var before = leftOut;
                leftOut = 0;
                return before;
            }
        }

        /// <summary>So many more were left out.</summary>
        public void LeaveOut(int count)
        {
            lock (gate)
            {
                leftOut += count;
            }
        }
    }
}
