using Agency.Portal.SignIn;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Agency.Portal.Pages.Worklist;

/// <summary>What to work next, in the order in which the API ranks it, with the reason. What is filtered by stands in the address, to be kept or passed on.</summary>
public sealed class ListModel(AgencyClient agency) : PageModel
{
    private const int PageSize = 50;

    [BindProperty(SupportsGet = true, Name = "reason")]
    public string? Reason { get; set; }

    [BindProperty(SupportsGet = true, Name = "collector")]
    public Guid? Collector { get; set; }

    [BindProperty(SupportsGet = true, Name = "team")]
    public Guid? Team { get; set; }

    [BindProperty(SupportsGet = true, Name = "cursor")]
    public string? Cursor { get; set; }

    public IReadOnlyList<WorklistItem> Items { get; private set; } = [];

    public string? Next { get; private set; }

    /// <summary>Whether the list is so long that one must say whose.</summary>
    public bool IsTooWide { get; private set; }

    /// <summary>Whose lists the person may look at: a supervisor's and a manager's choice.</summary>
    public IReadOnlyList<Colleague> Colleagues { get; private set; } = [];

    public IReadOnlyList<Team> Teams { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        if (Reason is not null && !WorklistReason.Known.Any(reason => reason.Value == Reason))
        {
            // An old bookmark: the reason means nothing here.
            return RedirectToPage(new { Collector, Team });
        }

        if (User.Is("supervisor", "manager"))
        {
            Colleagues = await agency.People.ListOwnAsync(cancellationToken: cancellation).ToListAsync(cancellation);
            Teams = await agency.Teams.ListAsync(cancellationToken: cancellation).ToListAsync(cancellation);
        }

        try
        {
            var page = await agency.WorklistItems.ListPageAsync(PageSize, Cursor, collectorId: Collector, teamId: Team, reason: Reason, cancellationToken: cancellation);
            (Items, Next) = (page.Items, page.Next);
            return Page();
        }
        catch (AgencyValidationException refused) when (refused.Code == "worklist.too_wide")
        {
            IsTooWide = true;
            return Page();
        }
    }
}
