using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Webhooks;

/// <summary>A tenant has a message of type <c>webhook.test</c> sent, to see that it arrives and that its signature is understood.</summary>
internal static class SendTest
{
    public static void Map(RouteGroupBuilder subscriptions) => subscriptions.MapPost("/{id}/test", HandleAsync)
        .Describe("Webhooks_Test", Scopes.WebhooksWrite, "Send a test event", "Puts a message of type webhook.test in the queue; the delivery log tells what became of it.")
        .Returns<WebhookSubscription>(StatusCodes.Status202Accepted)
        .Refuses(WebhookProblems.IsDisabled)
        .On(Get.ReadAsync, WebhookProblems.NotFound);

    private static async Task<Answer<WebhookSubscription>> HandleAsync(Id id, Work work, WebhookSignal signal, CancellationToken cancellation)
    {
        var subscription = await Get.ReadAsync(work, id, cancellation) ?? throw WebhookProblems.NotFound.Refuse();
        if (subscription.State != WebhookState.Enabled)
        {
            throw WebhookProblems.IsDisabled.Refuse();
        }

        var message = work.NewId();
        await Queue.AddAsync(work, id, [(message, Message.TestType, Queue.NoEvent, message)]);
        await work.AuditAsync("webhook_subscription.tested", id);
        work.AfterCommit(_ => signal.RaiseAsync());
        return Answer.Accepted($"/v1/webhook-subscriptions/{id}/deliveries", subscription);
    }
}
