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

/// <summary>Puts messages in the queue of a subscription.</summary>
internal static class Queue
{
    private static readonly Sql Insert = new("""
        INSERT INTO webhook_delivery (tenant_id, id, subscription_id, message_id, type, body, order_key, state, attempts, next_attempt_at, created_at)
        VALUES (@tenant, @id, @subscription, @message, @type, @body, @orderKey, 'pending', 0, @now, @now)
        """);

    /// <summary>Adds them in this order; those of one order key are sent one after the other. A replayed event keeps its message id.</summary>
    public static Task AddAsync(Work work, Id subscription, IEnumerable<(Id Message, string Type, string Body, Id OrderKey)> messages) =>
        work.Db.ExecuteAsync(Insert, messages.Select(m => new
        {
            tenant = work.Tenant,
            id = work.NewId(),
            subscription,
            m.Message,
            m.Type,
            m.Body,
            m.OrderKey,
            now = work.Now,
        }).ToList());
}
