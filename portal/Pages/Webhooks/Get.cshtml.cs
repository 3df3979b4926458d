using Agency.Portal.Http;
using Agency.Portal.Language;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Agency.Portal.Pages.Webhooks;

/// <summary>One subscription: where it points, what it sends, and how its messages fared.</summary>
public sealed class GetModel(AgencyClient agency, PortalSettings settings, IStringLocalizer<Texts> texts) : FormPage
{
    private const int PageSize = 50;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true, Name = "cursor")]
    public string? Cursor { get; set; }

    /// <summary>The subscription as it was when the form was shown.</summary>
    public string? Version { get; private set; }

    [BindProperty]
    public string? Address { get; set; }

    [BindProperty]
    public EventChoice Events { get; set; } = new();

    [BindProperty]
    public DateTime? From { get; set; }

    [BindProperty]
    public DateTime? To { get; set; }

    public WebhookSubscription Subscription { get; private set; } = new();

    public IReadOnlyList<WebhookDelivery> Deliveries { get; private set; } = [];

    /// <summary>Where the following page begins; null on the last.</summary>
    public string? Next { get; private set; }

    /// <summary>What was given out just now.</summary>
    public OneTimeSecret? Secret { get; private set; }

    public bool IsEnabled => Subscription.State == WebhookState.Enabled;

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        await LoadAsync(cancellation);
        (Address, Events) = (Subscription.Url, EventChoice.Of(Subscription.Types));
    }

    public async Task<IActionResult> OnPostChangeAsync(CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Webhooks.UpdateAsync(
            Id, Seen, new WebhookSubscriptionChange { Url = (Address ?? "").Trim(), Types = Events.Types }, options, cancellation)),
        "webhook.changed_now",
        cancellation);

    public async Task<IActionResult> OnPostSwitchAsync(bool enabled, CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Webhooks.UpdateAsync(Id, Seen, new WebhookSubscriptionChange { Enabled = enabled }, options, cancellation)),
        "webhook.switched_now",
        cancellation);

    public async Task<IActionResult> OnPostTestAsync(CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Webhooks.TestAsync(Id, options, cancellation)), "webhook.tested_now", cancellation);

    public async Task<IActionResult> OnPostRotateAsync(CancellationToken cancellation)
    {
        if (!await TryAsync(async options => Secret = Of(await agency.Webhooks.RotateSecretAsync(Id, options, cancellation))))
        {
            return await AfterAsync(isDone: false, "", cancellation);
        }

        // No redirect: what is shown once has no other place than this answer.
        Subscription = await agency.Webhooks.GetAsync(Id, cancellationToken: cancellation);
        return Page();
    }

    public async Task<IActionResult> OnPostReplayAsync(CancellationToken cancellation)
    {
        if (From is not { } from || To is not { } to)
        {
            Refuse(Refusal.Of("from", texts["webhook.replay.say_when"]));
            return await AfterAsync(isDone: false, "", cancellation);
        }

        var time = new WebhookReplay { From = Formats.FromLocal(from, settings.TimeZone), To = Formats.FromLocal(to, settings.TimeZone) };
        return await AfterAsync(await TryAsync(options => agency.Webhooks.ReplayAsync(Id, time, options, cancellation)), "webhook.replayed_now", cancellation);
    }

    public async Task<IActionResult> OnPostDeleteAsync(CancellationToken cancellation)
    {
        if (!await TryAsync(options => agency.Webhooks.DeleteAsync(Id, Seen, options, cancellation)))
        {
            return await AfterAsync(isDone: false, "", cancellation);
        }

        Tell("webhook.deleted_now");
        return RedirectToPage("/Webhooks/List");
    }

    private OneTimeSecret Of(WebhookSecret made) => new(texts["secret.webhook"], made.Subscription.Url, made.Secret, Url.Page("/Webhooks/Get", new { Id })!);

    private async Task<IActionResult> AfterAsync(bool isDone, string told, CancellationToken cancellation)
    {
        if (isDone)
        {
            Tell(told);
            return RedirectToPage(new { Id });
        }

        await LoadAsync(cancellation);
        if (SentForm != "change")
        {
            (Address, Events) = (Subscription.Url, EventChoice.Of(Subscription.Types));
        }

        return Page();
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        Subscription = await agency.Webhooks.GetAsync(Id, cancellationToken: cancellation);
        Version = Subscription.ETag?.Value;
        var page = await agency.Webhooks.ListDeliveriesPageAsync(Id, PageSize, Cursor, cancellationToken: cancellation);
        (Deliveries, Next) = (page.Items, page.Next);
    }
}
