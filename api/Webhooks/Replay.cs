using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Webhooks;

/// <summary>What a replay put in the queue.</summary>
/// <param name="Deliveries">How many messages.</param>
public sealed record WebhookReplayed(int Deliveries);

/// <summary>A tenant has the events of a time sent again, for a receiver that lost them. They carry the same message ids as before.</summary>
internal static class Replay
{
    private const int Most = 10_000;

    // In the order of the index: the queue sends by position, in whatever order it was filled.
    private static readonly SidedSql Between = new("""
        SELECT TOP (@take) CAST(e.position AS bigint) AS position, e.id, e.type, e.subject_id, e.account_id
        FROM event AS e
        WHERE e.{side} = @tenant AND e.occurred_at >= @from AND e.occurred_at < @to
        ORDER BY e.occurred_at, e.position
        """);

    public static void Map(RouteGroupBuilder subscriptions) => subscriptions.MapPost("/{id}/replay", HandleAsync)
        .Describe("Webhooks_Replay", Scopes.WebhooksWrite, "Replay events", "Sends the events of a time again, 10,000 at most, those of the subscription's types; each under the message id it had.")
        .Returns<WebhookReplayed>(StatusCodes.Status202Accepted)
        .Refuses(WebhookProblems.IsDisabled, WebhookReplayProblems.TooMany)
        .On(Get.ReadAsync, WebhookProblems.NotFound);

    private static async Task<Answer<WebhookReplayed>> HandleAsync(Id id, WebhookReplay replay, Work work, WebhookSignal signal, CancellationToken cancellation)
    {
        var subscription = await Get.ReadAsync(work, id, cancellation) ?? throw WebhookProblems.NotFound.Refuse();
        if (subscription.State != WebhookState.Enabled)
        {
            throw WebhookProblems.IsDisabled.Refuse();
        }

        var events = await work.Db.ListAsync<ReplayedEvent>(work.Side(Between), new { tenant = work.Tenant, replay.From, replay.To, take = Most + 1 }, cancellation);
        if (events.Count > Most)
        {
            throw WebhookReplayProblems.TooMany.Refuse();
        }

        var again = events.Where(e => Wants(subscription.Types, e.Type)).ToList();
        await Queue.AddAsync(work, id, again.Select(e => (e.Id, e.Type, e.Position, e.AccountId ?? e.SubjectId)));
        await work.AuditAsync("webhook_subscription.replayed", id);
        work.AfterCommit(_ => signal.RaiseAsync());
        return Answer.Accepted($"/v1/webhook-subscriptions/{id}/deliveries", new WebhookReplayed(again.Count));
    }

    /// <summary>Whether a type is one of those asked for; the database asks the same of each event as it is written.</summary>
    internal static bool Wants(IEnumerable<string> types, string type) =>
        types.Any(wanted => wanted == "*" || wanted == type || (wanted.EndsWith(".*", StringComparison.Ordinal) && type.StartsWith(wanted[..^1], StringComparison.Ordinal)));

    private sealed record ReplayedEvent(long Position, Id Id, string Type, Id SubjectId, Id? AccountId);
}

/// <summary>What can be wrong with a replay.</summary>
public static class WebhookReplayProblems
{
    public static readonly Problem TooMany = new("webhook_replay.too_many", 422, "More than 10,000 events fall into the time: replay it in parts.", "该时间段内事件超过 10,000 条，请分段重放。");
}

/// <summary>Which events to send again.</summary>
/// <param name="From">The earliest.</param>
/// <param name="To">Before this; after <c>from</c>, by 31 days at most.</param>
public sealed record WebhookReplay(DateTimeOffset From, DateTimeOffset To)
{
    private sealed class Rules : AbstractValidator<WebhookReplay>
    {
        public Rules() => RuleFor(r => r.To).GreaterThan(r => r.From).Must((r, to) => to - r.From <= TimeSpan.FromDays(31)).WithErrorCode("range.too_long");
    }
}
