using Agency.Portal.Http;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Portal.Pages.Agreements;

/// <summary>The agreements of a bank with its agencies.</summary>
public sealed class ListModel(AgencyClient agency) : FormPage
{
    private const int PageSize = 50;

    public IReadOnlyList<Agreement> Agreements { get; private set; } = [];

    public IReadOnlyDictionary<Guid, string> Agencies { get; private set; } = new Dictionary<Guid, string>();

    public string? Next { get; private set; }

    public bool IsFirst { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? cursor, CancellationToken cancellation)
    {
        IsFirst = string.IsNullOrEmpty(cursor);
        try
        {
            var page = await agency.Agreements.ListPageAsync(PageSize, IsFirst ? null : cursor, cancellationToken: cancellation);
            (Agreements, Next) = (page.Items, page.Next);
        }
        catch (AgencyValidationException) when (!IsFirst)
        {
            return RedirectToPage();
        }

        Agencies = (await agency.Agencies.ListPageAsync(1000, cancellationToken: cancellation)).Items.ToDictionary(one => one.Id, one => one.Name);
        return Page();
    }
}
