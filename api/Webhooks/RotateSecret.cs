using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Webhooks;

/// <summary>A tenant gets a new signing secret. For a day messages carry signatures by both, so that the receiver can change over.</summary>
internal static class RotateSecret
{
    private static readonly TimeSpan FormerGoodFor = TimeSpan.FromHours(24);

    private static readonly Sql FindSecret = new("SELECT secret_cipher FROM webhook_subscription WITH (UPDLOCK, HOLDLOCK) WHERE tenant_id = @tenant AND id = @id AND state <> 'removed'");

    private static readonly Sql Update = new("""
        UPDATE webhook_subscription
        SET secret_cipher = @secret, former_secret_cipher = @former, former_secret_until = @until, changed_at = @now
        WHERE tenant_id = @tenant AND id = @id
        """);

    public static void Map(RouteGroupBuilder subscriptions) => subscriptions.MapPost("/{id}/secret-rotation", HandleAsync)
        .Describe("Webhooks_RotateSecret", Scopes.WebhooksWrite, "Rotate a webhook's secret", "Makes a new signing secret and shows it once. For 24 hours messages are signed with the former one too.")
        .Returns<WebhookSecret>(StatusCodes.Status201Created)
        .On(Get.ReadAsync, WebhookProblems.NotFound);

    private static async Task<Answer<WebhookSecret>> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        var cipher = await work.Db.FindAsync<byte[]>(FindSecret, new { tenant = work.Tenant, id }, cancellation) ?? throw WebhookProblems.NotFound.Refuse();
        var fields = work.PrivateFields;

        // A value is bound to its column, so the former one is written anew for its place.
        var former = fields.Decrypt(work.Tenant, "webhook_subscription", "secret_cipher", id, cipher);
        var secret = Signature.NewSecret();
        await work.Db.ExecuteAsync(Update, new
        {
            tenant = work.Tenant,
            id,
            secret = fields.Encrypt(work.Tenant, "webhook_subscription", "secret_cipher", id, secret),
            former = fields.Encrypt(work.Tenant, "webhook_subscription", "former_secret_cipher", id, former),
            until = work.Now + FormerGoodFor,
            now = work.Now,
        }, cancellation);
        await work.AuditAsync("webhook_subscription.secret_rotated", id);
        var changed = (await Get.ReadAsync(work, id, cancellation))!;
        return Answer.Created($"/v1/webhook-subscriptions/{id}", new WebhookSecret(changed, secret)) with { Kept = new WebhookSecret(changed, null) };
    }
}
