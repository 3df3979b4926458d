using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Webhooks;

/// <summary>A tenant points a subscription elsewhere, chooses other events, or switches it off and on.</summary>
internal static class Change
{
    private static readonly Sql Update = new("""
        UPDATE webhook_subscription
        SET url = @url, types = @types, state = @state, disabled_reason = @reason, changed_at = @now
        WHERE tenant_id = @tenant AND id = @id
        """);

    public static void Map(RouteGroupBuilder subscriptions) => subscriptions.MapPatch("/{id}", HandleAsync)
        .Describe("Webhooks_Update", Scopes.WebhooksWrite, "Change a webhook subscription", "Changes the address, the events or whether they are sent, provided nobody changed it since it was read. What was waiting while it was disabled is sent once it is enabled.")
        .Returns<WebhookSubscription>()
        .On(Get.ReadAsync, WebhookProblems.NotFound, Get.Lock);

    private static async Task<Answer<WebhookSubscription>> HandleAsync(Id id, WebhookSubscriptionChange change, Work work, WebhookSettings settings, WebhookSignal signal, CancellationToken cancellation)
    {
        var standing = await Get.ReadAsync(work, id, cancellation) ?? throw WebhookProblems.NotFound.Refuse();
        if (change.Url is not null)
        {
            settings.RefuseUnlessAllowed(change.Url);
        }

        var enabled = change.Enabled ?? standing.State == WebhookState.Enabled;
        await work.Db.ExecuteAsync(Update, new
        {
            tenant = work.Tenant,
            id,
            url = change.Url ?? standing.Url,
            types = string.Join(' ', change.Types ?? standing.Types),
            state = Words.Of(enabled ? WebhookState.Enabled : WebhookState.Disabled),
            reason = enabled ? null : Words.Of(standing.DisabledReason ?? WebhookDisabledReason.ByOwner),
            now = work.Now,
        }, cancellation);
        await work.AuditAsync("webhook_subscription.changed", id);
        work.AfterCommit(_ => signal.RaiseAsync());
        return Answer.Ok((await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>What to change of a subscription; what is absent stays.</summary>
/// <param name="Url">https, a public address, up to 2,000 characters.</param>
/// <param name="Types">1 to 50 of: an event type, <c>noun.*</c>, or <c>*</c>.</param>
/// <param name="Enabled">Whether events are sent.</param>
public sealed record WebhookSubscriptionChange(string? Url = null, IReadOnlyList<string>? Types = null, bool? Enabled = null)
{
    private sealed class Rules : AbstractValidator<WebhookSubscriptionChange>
    {
        public Rules()
        {
            RuleFor(s => s.Url).MinimumLength(1).MaximumLength(2000);
            RuleFor(s => s.Types).Must(types => types is null or { Count: >= 1 and <= 50 }).WithErrorCode("types.too_many");
            RuleForEach(s => s.Types).Must(NewWebhookSubscription.IsType).WithErrorCode("type.malformed").WithMessage("An event type, noun.* or *.");
        }
    }
}
