using Agency.Portal.Http;
using Agency.Portal.Language;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Agency.Portal.Pages.Webhooks;

/// <summary>Where the tenant has its events sent, and having them sent elsewhere too.</summary>
public sealed class ListModel(AgencyClient agency, IStringLocalizer<Texts> texts) : FormPage
{
    public IReadOnlyList<WebhookSubscription> Subscriptions { get; private set; } = [];

    /// <summary>What was given out just now.</summary>
    public OneTimeSecret? Secret { get; private set; }

    [BindProperty]
    public string? Address { get; set; }

    [BindProperty]
    public EventChoice Events { get; set; } = new();

    public async Task OnGetAsync(CancellationToken cancellation) => await LoadAsync(cancellation);

    public async Task<IActionResult> OnPostCreateAsync(CancellationToken cancellation)
    {
        var subscription = new NewWebhookSubscription { Url = (Address ?? "").Trim(), Types = Events.Types };
        if (!await TryAsync(async options => Secret = Of(await agency.Webhooks.CreateAsync(subscription, options, cancellation))))
        {
            await LoadAsync(cancellation);
        }

        return Page();
    }

    private OneTimeSecret Of(WebhookSecret made) => new(texts["secret.webhook"], made.Subscription.Url, made.Secret, Url.Page("/Webhooks/Get", new { made.Subscription.Id })!);

    private async Task LoadAsync(CancellationToken cancellation) =>
        Subscriptions = await agency.Webhooks.ListAsync(cancellationToken: cancellation).ToListAsync(cancellation);
}
