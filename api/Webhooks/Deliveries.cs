using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Webhooks;

/// <summary>Where a message stands.</summary>
public enum WebhookDeliveryState
{
    /// <summary>To be sent, or sent again.</summary>
    Pending,

    /// <summary>The receiver answered with success.</summary>
    Delivered,

    /// <summary>Given up: after ten attempts, because the receiver is gone, or because the subscription was removed.</summary>
    Failed,
}

/// <summary>A message to one subscriber.</summary>
/// <param name="Id">The delivery.</param>
/// <param name="SubscriptionId">Whom it goes to.</param>
/// <param name="MessageId">What the receiver knows it by (<c>webhook-id</c>): the same for every attempt and every replay of an event.</param>
/// <param name="Type">The event's type.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">How often it was sent.</param>
/// <param name="NextAttemptAt">When it is sent next, while pending.</param>
/// <param name="CreatedAt">When it was put in the queue.</param>
/// <param name="FinishedAt">When it arrived or was given up.</param>
public sealed record WebhookDelivery(
    Id Id, Id SubscriptionId, Id MessageId, string Type, WebhookDeliveryState State, int Attempts, DateTimeOffset? NextAttemptAt, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt);

/// <summary>A tenant reads the log of what was sent to a subscriber.</summary>
internal static class Deliveries
{
    private static readonly Sql Page = new($"""
        SELECT TOP (@take) {DeliveryRow.Columns}
        FROM webhook_delivery
        WHERE tenant_id = @tenant AND subscription_id = @id AND id > @after
        ORDER BY id
        """);

    public static void Map(RouteGroupBuilder subscriptions) => subscriptions.MapGet("/{id}/deliveries", HandleAsync)
        .Describe("Webhooks_ListDeliveries", Scopes.WebhooksRead, "List a webhook's deliveries", "What was sent to the subscriber or waits to be, oldest first.")
        .Returns<Page<WebhookDelivery>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid)
        .On(Get.ReadAsync, WebhookProblems.NotFound);

    private static async Task<Answer<Page<WebhookDelivery>>> HandleAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        _ = await Get.ReadAsync(work, id, cancellation) ?? throw WebhookProblems.NotFound.Refuse();
        var rows = await work.Db.ListAsync<DeliveryRow>(Page, new { tenant = work.Tenant, id, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View()));
    }
}

/// <summary>A delivery as stored, without its body.</summary>
internal sealed record DeliveryRow(
    Id Id, Id SubscriptionId, Id MessageId, string Type, string State, int Attempts, DateTimeOffset NextAttemptAt, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt)
{
    public const string Columns = "id, subscription_id, message_id, type, state, attempts, next_attempt_at, created_at, finished_at";

    public WebhookDelivery View() => new(
        Id, SubscriptionId, MessageId, Type, Words.Read<WebhookDeliveryState>(State), Attempts, FinishedAt is null ? NextAttemptAt : null, CreatedAt, FinishedAt);
}
