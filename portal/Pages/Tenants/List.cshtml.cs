using Agency.Portal.Http;
using Agency.Portal.Language;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Portal.Pages.Tenants;

/// <summary>The banks and agencies that the operator has taken on, and taking on another.</summary>
public sealed class ListModel(AgencyClient agency) : FormPage
{
    private const int PageSize = 100;

    [BindProperty(SupportsGet = true, Name = "cursor")]
    public string? Cursor { get; set; }

    public IReadOnlyList<Tenant> Tenants { get; private set; } = [];

    /// <summary>Where the following page begins; null on the last.</summary>
    public string? Next { get; private set; }

    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Kind { get; set; }

    [BindProperty]
    public string? AgencyKind { get; set; }

    public Task OnGetAsync(CancellationToken cancellation) => LoadAsync(cancellation);

    public async Task<IActionResult> OnPostCreateAsync(CancellationToken cancellation)
    {
        Guid made = default;
        var tenant = new NewTenant { Code = Code ?? "", Name = Name ?? "", Kind = Kind ?? "", AgencyKind = Kind == TenantType.Agency.Value && AgencyKind.OrNull() is { } sort ? new AgencyKind(sort) : default(AgencyKind?) };
        if (await TryAsync(async options => made = (await agency.Tenants.CreateAsync(tenant, options, cancellation)).Id))
        {
            Tell("tenant.created_now");
            return RedirectToPage("/Tenants/Get", new { id = made });
        }

        await LoadAsync(cancellation);
        return Page();
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        var page = await agency.Tenants.ListPageAsync(PageSize, Cursor, cancellationToken: cancellation);
        (Tenants, Next) = (page.Items, page.Next);
    }
}
