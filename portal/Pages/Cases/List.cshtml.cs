using Agency.Sdk;
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

    /// <summary>Where the following page begins; null on the last.</summary>
    public string? Next { get; private set; }

    public async Task OnGetAsync(int? limit, string? cursor, CancellationToken cancellation)
    {
        Limit = limit is { } asked && Limits.Contains(asked) ? asked : DefaultLimit;
        var page = await agency.Cases.ListPageAsync(Limit, cursor, cancellationToken: cancellation);
        (Cases, Next) = (page.Items, page.Next);
    }
}
