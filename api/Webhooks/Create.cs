using System.Text.RegularExpressions;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Webhooks;

/// <summary>A tenant has its events sent somewhere, from now on.</summary>
internal static class Create
{
    private const int Most = 20;

    private static readonly Sql Count = new("SELECT COUNT(*) FROM webhook_subscription WITH (UPDLOCK, HOLDLOCK) WHERE tenant_id = @tenant AND state <> 'removed'");

    private static readonly Sql Insert = new("""
        INSERT INTO webhook_subscription (tenant_id, id, url, types, secret_cipher, state, created_at, changed_at)
        VALUES (@tenant, @id, @url, @types, @secret, 'enabled', @now, @now)
        """);

    public static void Map(RouteGroupBuilder subscriptions) => subscriptions.MapPost("/", HandleAsync)
        .Describe("Webhooks_Create", Scopes.WebhooksWrite, "Subscribe to events", "Sends the caller's events to an address as they happen, from now on. The answer holds the signing secret, once: a replay under the same Idempotency-Key leaves it out.")
        .Returns<WebhookSecret>(StatusCodes.Status201Created)
        .Refuses(WebhookProblems.TooMany);

    private static async Task<Answer<WebhookSecret>> HandleAsync(NewWebhookSubscription subscription, Work work, WebhookSettings settings, WebhookSignal signal, CancellationToken cancellation)
    {
        settings.RefuseUnlessAllowed(subscription.Url);
        if (await work.Db.FindAsync<int>(Count, new { tenant = work.Tenant }, cancellation) >= Most)
        {
            throw WebhookProblems.TooMany.Refuse();
        }

        var id = work.NewId();
        var secret = Signature.NewSecret();
        await work.Db.ExecuteAsync(Insert, new
        {
            tenant = work.Tenant,
            id,
            subscription.Url,
            types = string.Join(' ', subscription.Types),
            secret = work.PrivateFields.Encrypt(work.Tenant, "webhook_subscription", "secret_cipher", id, secret),
            now = work.Now,
        }, cancellation);
        await work.AuditAsync("webhook_subscription.created", id);
        work.AfterCommit(_ => signal.RaiseAsync());
        var made = (await Get.ReadAsync(work, id, cancellation))!;
        return Answer.Created($"/v1/webhook-subscriptions/{id}", new WebhookSecret(made, secret)) with { Kept = new WebhookSecret(made, null) };
    }
}

/// <summary>Where to send which events.</summary>
/// <param name="Url">https, a public address, up to 2,000 characters; checked each time a message is sent.</param>
/// <param name="Types">1 to 50 of: an event type, <c>noun.*</c>, or <c>*</c>.</param>
public sealed partial record NewWebhookSubscription(string Url, IReadOnlyList<string> Types)
{
    internal static bool IsType(string type) => TypeForm().IsMatch(type);

    [GeneratedRegex(@"^(\*|[a-z_]{2,30}\.(\*|[a-z_]{2,29}))\z")]
    private static partial Regex TypeForm();

    private sealed class Rules : AbstractValidator<NewWebhookSubscription>
    {
        public Rules()
        {
            RuleFor(s => s.Url).NotEmpty().MaximumLength(2000);
            RuleFor(s => s.Types).NotEmpty().Must(types => types.Count <= 50).WithErrorCode("types.too_many");
            RuleForEach(s => s.Types).Must(IsType).WithErrorCode("type.malformed").WithMessage("An event type, noun.* or *.");
        }
    }
}
