using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Webhooks;

/// <summary>A tenant lists its subscriptions.</summary>
internal static class List
{
    private static readonly Sql Page = new($"""
        SELECT TOP (@take) {SubscriptionRow.Columns}
        FROM webhook_subscription
        WHERE tenant_id = @tenant AND id > @after AND state <> 'removed'
        ORDER BY id
        """);

    public static void Map(RouteGroupBuilder subscriptions) => subscriptions.MapGet("/", HandleAsync)
        .Describe("Webhooks_List", Scopes.WebhooksRead, "List webhook subscriptions", "The caller's subscriptions, oldest first, without their secrets.")
        .Returns<Page<WebhookSubscription>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static async Task<Answer<Page<WebhookSubscription>>> HandleAsync([AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var rows = await work.Db.ListAsync<SubscriptionRow>(Page, new { tenant = work.Tenant, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(work)));
    }
}
