using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Webhooks;

/// <summary>One attempt to send a message.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="AttemptedAt">When it was sent.</param>
/// <param name="Milliseconds">How long the receiver took.</param>
/// <param name="Status">The HTTP status it answered with; 200 to 299 is success.</param>
/// <param name="Error">Why there was no answer: <c>address_refused</c>, <c>name_not_found</c>, <c>tls_failed</c>, <c>timed_out</c> or <c>connection_failed</c>.</param>
public sealed record WebhookAttempt(int Number, DateTimeOffset AttemptedAt, int Milliseconds, int? Status, string? Error);

/// <summary>A message, what it says and how each attempt went.</summary>
/// <param name="Delivery">The delivery.</param>
/// <param name="Body">The JSON that is sent; empty when there is nothing any more that the subscriber may be told.</param>
/// <param name="Attempts">Each attempt so far.</param>
public sealed record WebhookDeliveryLog(WebhookDelivery Delivery, string Body, IReadOnlyList<WebhookAttempt> Attempts);

/// <summary>A tenant reads what became of one message.</summary>
internal static class GetDelivery
{
    private static readonly Sql Find = new($"SELECT {DeliveryRow.Columns} FROM webhook_delivery WHERE tenant_id = @tenant AND id = @id");
    private static readonly Sql FindMessage = new($"SELECT {QueuedMessage.Columns} FROM webhook_delivery AS d {QueuedMessage.WithEvent} WHERE d.tenant_id = @tenant AND d.id = @id");
    private static readonly Sql AttemptsOf = new("SELECT number, attempted_at, milliseconds, status, error FROM webhook_attempt WHERE tenant_id = @tenant AND delivery_id = @id ORDER BY number");

    public static void Map(RouteGroupBuilder deliveries) => deliveries.MapGet("/{id}", HandleAsync)
        .Describe("Webhooks_GetDelivery", Scopes.WebhooksRead, "Read a webhook delivery", "One message with its body and every attempt to send it.")
        .Returns<WebhookDeliveryLog>()
        .On(ReadAsync, WebhookProblems.DeliveryNotFound);

    private static async Task<WebhookDeliveryLog?> ReadAsync(Work work, Id id, CancellationToken cancellation)
    {
        var key = new { tenant = work.Tenant, id };
        return await work.Db.FindAsync<DeliveryRow>(Find, key, cancellation) is { } row
            ? new(row.View(), (await work.Db.FindAsync<QueuedMessage>(FindMessage, key, cancellation))?.Body(work) ?? "", await work.Db.ListAsync<WebhookAttempt>(AttemptsOf, key, cancellation))
            : null;
    }

    private static async Task<Answer<WebhookDeliveryLog>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw WebhookProblems.DeliveryNotFound.Refuse());
}
