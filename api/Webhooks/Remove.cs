using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Webhooks;

/// <summary>A tenant takes a subscription away. What was not sent by then is not sent any more; the log remains.</summary>
internal static class Remove
{
    private static readonly Sql Update = new("""
        UPDATE webhook_subscription
        SET state = 'removed', disabled_reason = NULL, changed_at = @now
        WHERE tenant_id = @tenant AND id = @id
        """);

    private static readonly Sql GiveUp = new("""
        UPDATE webhook_delivery
        SET state = 'failed', finished_at = @now, leased_until = NULL
        WHERE tenant_id = @tenant AND subscription_id = @id AND state = 'pending'
        """);

    public static void Map(RouteGroupBuilder subscriptions) => subscriptions.MapDelete("/{id}", HandleAsync)
        .Describe("Webhooks_Delete", Scopes.WebhooksWrite, "Remove a webhook subscription", "Nothing more is sent, also not what was waiting. The answer shows it a last time.")
        .Returns<WebhookSubscription>()
        .On(Get.ReadAsync, WebhookProblems.NotFound, Get.Lock);

    private static async Task<Answer<WebhookSubscription>> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        var standing = await Get.ReadAsync(work, id, cancellation) ?? throw WebhookProblems.NotFound.Refuse();

        // In this order: a deed that writes to the queue meanwhile reads the subscription, and would wait for it while this waits for the deed.
        await work.Db.ExecuteAsync(GiveUp, new { tenant = work.Tenant, id, now = work.Now }, cancellation);
        await work.Db.ExecuteAsync(Update, new { tenant = work.Tenant, id, now = work.Now }, cancellation);
        await work.AuditAsync("webhook_subscription.removed", id);
        return Answer.Ok(standing with { State = WebhookState.Removed, DisabledReason = null, ChangedAt = work.Now });
    }
}
