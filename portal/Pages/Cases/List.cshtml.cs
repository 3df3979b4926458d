using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Agency.Portal.Pages.Cases;

/// <summary>The cases of the person's tenant, page by page: a bank's all, an agency's open ones.</summary>
public sealed class ListModel(AgencyClient agency) : PageModel
{
    private const int DefaultLimit = 50;

    /// <summary>How many cases a page can have.</summary>
    public static IReadOnlyList<int> Limits { get; } = [25, DefaultLimit, 100, 200];

    public IReadOnlyList<Case> Cases { get; private set; } = [];

    public int Limit { get; private set; }

    public bool IsFirst { get; private set; }

    /// <summary>Where the following page begins; null on the last.</summary>
    public string? Next { get; private set; }

    public async Task<IActionResult> OnGetAsync(int? limit, string? cursor, CancellationToken cancellation)
    {
        Limit = limit is { } asked && Limits.Contains(asked) ? asked : DefaultLimit;
        IsFirst = string.IsNullOrEmpty(cursor);
        try
        {
            var page = await agency.Cases.ListPageAsync(Limit, IsFirst ? null : cursor, cancellationToken: cancellation);
            (Cases, Next) = (page.Items, page.Next);
            return Page();
        }
        catch (AgencyValidationException) when (!IsFirst)
        {
            // An old bookmark, or another tenant's: the cursor means nothing here.
            return RedirectToPage(new { limit = Limit });
        }
    }
}
