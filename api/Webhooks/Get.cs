using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Webhooks;

/// <summary>A tenant reads a subscription of its own.</summary>
internal static class Get
{
    internal static readonly Sql Lock = new("SELECT id FROM webhook_subscription WITH (UPDLOCK, HOLDLOCK) WHERE tenant_id = @tenant AND id = @id");

    private static readonly Sql Find = new($"SELECT {SubscriptionRow.Columns} FROM webhook_subscription WHERE tenant_id = @tenant AND id = @id AND state <> 'removed'");

    public static void Map(RouteGroupBuilder subscriptions) => subscriptions.MapGet("/{id}", HandleAsync)
        .Describe("Webhooks_Get", Scopes.WebhooksRead, "Read a webhook subscription", "One subscription, without its secret.")
        .Returns<WebhookSubscription>()
        .On(ReadAsync, WebhookProblems.NotFound);

    internal static async Task<WebhookSubscription?> ReadAsync(Work work, Id id, CancellationToken cancellation) =>
        (await work.Db.FindAsync<SubscriptionRow>(Find, new { tenant = work.Tenant, id }, cancellation))?.View(work);

    private static async Task<Answer<WebhookSubscription>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw WebhookProblems.NotFound.Refuse());
}
