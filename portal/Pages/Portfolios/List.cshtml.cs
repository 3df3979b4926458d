using Agency.Portal.Http;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Portal.Pages.Portfolios;

/// <summary>A bank's portfolios, and a form to open another.</summary>
public sealed class ListModel(AgencyClient agency) : FormPage
{
    private const int PageSize = 50;

    public IReadOnlyList<Portfolio> Portfolios { get; private set; } = [];

    public string? Next { get; private set; }

    /// <summary>What was typed.</summary>
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Currency { get; set; } = "CNY";

    public Task OnGetAsync(string? cursor, CancellationToken cancellation) => ReadAsync(cursor, cancellation);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        Portfolio? made = null;
        if (await TryAsync(async options => made = await agency.Portfolios.CreateAsync(new NewPortfolio { Name = Name ?? "", Currency = Currency ?? "" }, options, cancellation)))
        {
            Tell("portfolio.created");
            return RedirectToPage("/Portfolios/Get", new { id = made!.Id });
        }

        await ReadAsync(null, cancellation);
        return Page();
    }

    private async Task ReadAsync(string? cursor, CancellationToken cancellation)
    {
        var page = await agency.Portfolios.ListPageAsync(PageSize, cursor, cancellationToken: cancellation);
        (Portfolios, Next) = (page.Items, page.Next);
    }
}
