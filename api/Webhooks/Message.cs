using System.Text.Json;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Webhooks;

/// <summary>An event as it is sent: what happened to which thing, and nothing of the thing itself.</summary>
/// <param name="Type">The deed as <c>noun.verb</c>.</param>
/// <param name="Timestamp">When it happened.</param>
/// <param name="Data">What it happened to.</param>
internal sealed record Message(string Type, DateTimeOffset Timestamp, MessageData Data)
{
    public const string TestType = "webhook.test";

    public string Write() => JsonSerializer.Serialize(this, Json.Options);
}

/// <param name="EventId">The event, as <c>/v1/events</c> shows it.</param>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Id">The thing.</param>
/// <param name="CaseId">The case it happened in.</param>
/// <param name="AccountId">The account it happened to.</param>
internal sealed record MessageData(Id EventId, string Kind, Id Id, Id? CaseId, Id? AccountId);

/// <summary>
/// The queue of a subscription. What happens is put there by the database, in the transaction that writes the event; here is
/// what a subscriber asks for by itself. Messages of one order key are sent one after the other, by their events' positions.
/// </summary>
internal static class Queue
{
    /// <summary>The position of a message that is of no event: a test.</summary>
    public const long NoEvent = 0;

    private static readonly Sql Insert = new("""
        INSERT INTO webhook_delivery (tenant_id, id, subscription_id, message_id, type, position, order_key, state, attempts, next_attempt_at, created_at)
        VALUES (@tenant, @id, @subscription, @message, @type, @position, @orderKey, 'pending', 0, @now, @now)
        """);

    public static Task AddAsync(Work work, Id subscription, IEnumerable<(Id Message, string Type, long Position, Id OrderKey)> messages) =>
        work.Db.ExecuteAsync(Insert, messages.Select(m => new
        {
            tenant = work.Tenant,
            id = work.NewId(),
            subscription,
            m.Message,
            m.Type,
            m.Position,
            m.OrderKey,
            now = work.Now,
        }).ToList());
}

/// <summary>
/// A delivery with the event it tells of. Nothing of the event is kept with it: what is said is written anew each time it is
/// sent or shown, from what the subscriber's own tenant may see then.
/// </summary>
internal sealed record QueuedMessage(
    Id Id, Id SubscriptionId, Id MessageId, string Type, long Position, Id OrderKey, int Attempts, DateTimeOffset CreatedAt,
    string? Subject, Id? SubjectId, Id? CaseId, Id? AccountId, DateTimeOffset? OccurredAt)
{
    public const string Columns = "d.id, d.subscription_id, d.message_id, d.type, d.position, d.order_key, d.attempts, d.created_at, e.subject, e.subject_id, e.case_id, e.account_id, e.occurred_at";

    /// <summary>The event of the delivery <c>d</c>.</summary>
    public const string WithEvent = "LEFT JOIN event AS e ON e.position = CAST(d.position AS binary(8))";

    /// <summary>The JSON that is sent; null when there is nothing that the tenant may be told.</summary>
    public string? Body(Work work) => this switch
    {
        { Position: Queue.NoEvent } => new Message(Type, CreatedAt, new(MessageId, "webhook_subscription", SubscriptionId, null, null)).Write(),
        { Subject: { } kind, SubjectId: { } subject, OccurredAt: { } at } => new Message(Type, at, IsKnownById(work) ? new(MessageId, kind, subject, null, null) : new(MessageId, kind, subject, CaseId, AccountId)).Write(),
        _ => null,
    };

    // Of a case that has ended an agency is told the id alone.
    private bool IsKnownById(Work work) => Type == "case.ended" && !work.Caller.IsBank;
}
