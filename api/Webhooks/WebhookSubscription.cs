using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Webhooks;

/// <summary>Whether events are sent.</summary>
public enum WebhookState
{
    Enabled,

    /// <summary>Nothing is sent; what happens meanwhile waits.</summary>
    Disabled,

    /// <summary>Taken away for good; its log remains.</summary>
    Removed,
}

/// <summary>Why nothing is sent.</summary>
public enum WebhookDisabledReason
{
    /// <summary>Its tenant switched it off.</summary>
    ByOwner,

    /// <summary>The receiver answered 410 Gone.</summary>
    Gone,
}

/// <summary>An address that the tenant's events are sent to as they happen, by the Standard Webhooks specification.</summary>
/// <param name="Id">The subscription.</param>
/// <param name="Url">Where to: https, a public address.</param>
/// <param name="Types">Which events: types such as <c>repayment.confirmed</c>, <c>repayment.*</c> for all of a kind, <c>*</c> for all.</param>
/// <param name="State">Whether events are sent.</param>
/// <param name="DisabledReason">Why not.</param>
/// <param name="FormerSecretUntil">Until then messages are signed with the secret before the rotation too.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ChangedAt">When it last changed.</param>
public sealed record WebhookSubscription(
    Id Id, string Url, IReadOnlyList<string> Types, WebhookState State, WebhookDisabledReason? DisabledReason, DateTimeOffset? FormerSecretUntil,
    DateTimeOffset CreatedAt, DateTimeOffset ChangedAt);

/// <summary>A subscription with its secret.</summary>
/// <param name="Subscription">The subscription.</param>
/// <param name="Secret">What messages are signed with, <c>whsec_…</c>; shown this once, and left out of a replayed answer.</param>
public sealed record WebhookSecret(WebhookSubscription Subscription, string? Secret);

/// <summary>What can be wrong with a webhook.</summary>
public static class WebhookProblems
{
    public static readonly Problem NotFound = new("webhook_subscription.not_found", 404, "There is no such webhook subscription.", "Webhook 订阅不存在。");
    public static readonly Problem DeliveryNotFound = new("webhook_delivery.not_found", 404, "There is no such webhook delivery.", "Webhook 投递不存在。");
    public static readonly Problem IsDisabled = new("webhook_subscription.is_disabled", 409, "The webhook subscription is disabled: enable it first.", "Webhook 订阅已停用，请先启用。");
    public static readonly Problem TooMany = new("webhook_subscription.too_many", 409, "A tenant can have 20 webhook subscriptions.", "每个租户最多 20 个 Webhook 订阅。");
}

internal static class WebhookRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var subscriptions = v1.MapGroup("/webhook-subscriptions").WithTags("Webhooks");
        List.Map(subscriptions);
        Create.Map(subscriptions);
        Get.Map(subscriptions);
        Change.Map(subscriptions);
        Remove.Map(subscriptions);
        RotateSecret.Map(subscriptions);
        SendTest.Map(subscriptions);
        Replay.Map(subscriptions);
        Deliveries.Map(subscriptions);
        GetDelivery.Map(v1.MapGroup("/webhook-deliveries").WithTags("Webhooks"));
    }
}

/// <summary>A subscription as stored, without its secrets.</summary>
internal sealed record SubscriptionRow(
    Id Id, string Url, string Types, string State, string? DisabledReason, DateTimeOffset? FormerSecretUntil, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt)
{
    public const string Columns = "id, url, types, state, disabled_reason, former_secret_until, created_at, changed_at";

    public WebhookSubscription View(Work work) => new(
        Id, Url, Types.Split(' '), Words.Read<WebhookState>(State), Words.ReadOrNull<WebhookDisabledReason>(DisabledReason),
        FormerSecretUntil > work.Now ? FormerSecretUntil : null, CreatedAt, ChangedAt);
}
