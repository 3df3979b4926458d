using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Agency.Portal.Pages.SettlementProposals;

/// <summary>The bank's settlement inbox: what agencies propose and nobody has answered, the oldest first.</summary>
public sealed class ListModel(AgencyClient agency) : PageModel
{
    private const int PageSize = 100;

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    /// <summary>Whether what was answered is listed too.</summary>
    [BindProperty(SupportsGet = true)]
    public bool All { get; set; }

    public IReadOnlyList<SettlementProposal> Items { get; private set; } = [];

    public string? Next { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        var page = await agency.SettlementProposals.ListPageAsync(PageSize, Cursor, waiting: All ? null : true, cancellationToken: cancellation);
        (Items, Next) = (page.Items, page.Next);
    }
}
