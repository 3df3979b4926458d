using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Webhooks;

/// <summary>
/// Turns a tenant's events into deliveries, one a subscriber. The event was written in the transaction of its deed and the
/// subscription remembers how far it has got, in the transaction that adds the deliveries: a process that dies between the two
/// loses nothing and repeats nothing. It runs as the tenant itself, so that a subscription is sent what its tenant may see.
/// </summary>
internal static class FanOut
{
    private const int Batch = 500;

    private static readonly SidedSql Last = new("""
        SELECT TOP (@take) CAST(e.position AS bigint) AS position
        FROM event AS e
        WHERE e.{side} = @tenant
        ORDER BY e.position DESC
        """);

    private static readonly Sql Subscriptions = new("""
        SELECT id, types, passed
        FROM webhook_subscription WITH (UPDLOCK, HOLDLOCK)
        WHERE tenant_id = @tenant AND state <> 'removed'
        """);

    private static readonly SidedSql After = new("""
        SELECT TOP (@take) CAST(e.position AS bigint) AS position, e.id, e.type, e.subject, e.subject_id, e.case_id, e.account_id, e.occurred_at
        FROM event AS e
        WHERE e.{side} = @tenant AND e.position > CAST(@after AS binary(8)) AND e.position < CAST(@upTo AS binary(8))
        ORDER BY e.position
        """);

    private static readonly Sql Furthest = new("SELECT MIN(passed) FROM webhook_subscription WHERE tenant_id = @tenant AND state <> 'removed'");

    private static readonly Sql Pass = new("UPDATE webhook_subscription SET passed = @passed WHERE tenant_id = @tenant AND id = @id");

    /// <summary>Where the tenant's events stand now: a subscription made now is sent what comes after, and what is being committed at this moment.</summary>
    public static async Task<long> LastPositionAsync(Work work, CancellationToken cancellation)
    {
        var upTo = await Feed.LimitAsync(work.Db, cancellation);
        var last = await work.Db.ListAsync<long>(work.Side(Last), new { tenant = work.Tenant, take = 1 }, cancellation);
        return Math.Min(last.Count == 0 ? 0 : last[0], upTo - 1);
    }

    /// <summary>Whether there is anything to add: asked first, since adding takes the writer's place.</summary>
    public static async Task<bool> IsNeededAsync(Session db, TenantInfo tenant, CancellationToken cancellation)
    {
        var behind = await db.FindAsync<long?>(Furthest, new { tenant = tenant.Number }, cancellation);
        var upTo = await Feed.LimitAsync(db, cancellation);
        var after = tenant.Kind == TenantKind.Bank ? After.Bank : After.Agency;
        return behind is not null && (await db.ListAsync<EventToSend>(after, new { tenant = tenant.Number, after = behind, upTo, take = 1 }, cancellation)).Count > 0;
    }

    /// <summary>Adds what is new to the queues, a batch for each subscription.</summary>
    public static async Task RunAsync(Work work, CancellationToken cancellation)
    {
        foreach (var subscription in await work.Db.ListAsync<SubscriptionRow>(Subscriptions, new { tenant = work.Tenant }, cancellation))
        {
            var upTo = await Feed.LimitAsync(work.Db, cancellation);
            var events = await work.Db.ListAsync<EventToSend>(work.Side(After), new { tenant = work.Tenant, after = subscription.Passed, upTo, take = Batch }, cancellation);
            if (events.Count == 0)
            {
                continue;
            }

            var wanted = Matching(subscription.Types.Split(' '));
            await Queue.AddAsync(work, subscription.Id, events.Where(e => wanted(e.Type)).Select(e => (e.Id, e.Type, e.Message(work).Write(), e.OrderKey)));
            await work.Db.ExecuteAsync(Pass, new { tenant = work.Tenant, id = subscription.Id, passed = events[^1].Position }, cancellation);
        }
    }

    /// <summary>Whether a type is one of those asked for.</summary>
    public static Func<string, bool> Matching(string[] types) => type => Array.Exists(
        types, wanted => wanted == "*" || wanted == type || (wanted.EndsWith(".*", StringComparison.Ordinal) && type.StartsWith(wanted[..^1], StringComparison.Ordinal)));

    private sealed record SubscriptionRow(Id Id, string Types, long Passed);
}

/// <summary>An event on its way to a subscriber.</summary>
internal sealed record EventToSend(long Position, Id Id, string Type, string Subject, Id SubjectId, Id? CaseId, Id? AccountId, DateTimeOffset OccurredAt)
{
    /// <summary>What happens to one account is told in order; what has none is in order by itself.</summary>
    public Id OrderKey => AccountId ?? SubjectId;

    // Of a case that has ended an agency is told the id alone.
    public Message Message(Work work) => new(Type, OccurredAt, Type == "case.ended" && !work.Caller.IsBank
        ? new(Id, Subject, SubjectId, null, null)
        : new(Id, Subject, SubjectId, CaseId, AccountId));
}
