using Agency.Sdk;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Agency.Portal.Pages.Webhooks;

/// <summary>One message: what was sent, and what the receiver said each time.</summary>
public sealed class DeliveryModel(AgencyClient agency) : PageModel
{
    public WebhookDelivery Delivery { get; private set; } = new();

    public string Body { get; private set; } = "";

    public IReadOnlyList<WebhookAttempt> Attempts { get; private set; } = [];

    /// <summary>The state whose colour this state has.</summary>
    public static string Mood(WebhookDeliveryState state) => state.Value switch
    {
        "delivered" => "active",
        "failed" => "rejected",
        _ => "open",
    };

    public async Task OnGetAsync(Guid id, CancellationToken cancellation)
    {
        var log = await agency.Webhooks.GetDeliveryAsync(id, cancellationToken: cancellation);
        (Delivery, Body, Attempts) = (log.Delivery, log.Body, log.Attempts);
    }
}
