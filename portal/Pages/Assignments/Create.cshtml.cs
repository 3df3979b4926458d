using Agency.Portal.Http;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Portal.Pages.Assignments;

/// <summary>A bank chooses accounts of a portfolio for an agency, sees what that would be, and assigns them.</summary>
public sealed class CreateModel(AgencyClient agency, TimeProvider clock) : FormPage
{
    public static IReadOnlyList<string> Cycles { get; } = ["M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7+"];

    public IReadOnlyList<Agreement> Agreements { get; private set; } = [];

    public IReadOnlyList<Portfolio> Portfolios { get; private set; } = [];

    public IReadOnlyDictionary<Guid, string> Agencies { get; private set; } = new Dictionary<Guid, string>();

    /// <summary>What would be assigned; null before it was asked.</summary>
    public AssignmentDryRun? DryRun { get; private set; }

    [BindProperty]
    public Guid AgreementId { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid PortfolioId { get; set; }

    [BindProperty]
    public DateOnly? TermStart { get; set; }

    [BindProperty]
    public DateOnly? TermEnd { get; set; }

    [BindProperty]
    public string? Product { get; set; }

    [BindProperty]
    public string? City { get; set; }

    [BindProperty]
    public List<string> Cycle { get; set; } = [];

    [BindProperty]
    public int? MinDaysPastDue { get; set; }

    [BindProperty]
    public int? MaxDaysPastDue { get; set; }

    /// <summary>Whether the form asks for a filter at all.</summary>
    private bool IsFiltered => Product is not null || City is not null || Cycle.Count > 0 || MinDaysPastDue is not null || MaxDaysPastDue is not null;

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        (TermStart, TermEnd) = (today, today.AddDays(90));
        await ReadAsync(cancellation);
    }

    /// <summary>Tells what would be assigned and what left out; changes nothing.</summary>
    public async Task<IActionResult> OnPostDryRunAsync(CancellationToken cancellation)
    {
        await TryAsync("dry-run", async _ => DryRun = await agency.Assignments.DryRunAsync(Asked(), cancellationToken: cancellation));
        await ReadAsync(cancellation);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        Assignment? made = null;
        if (await TryAsync(async options => made = await agency.Assignments.CreateAsync(Asked(), options, cancellation)))
        {
            Tell("assignment.submitted");
            return RedirectToPage("/Assignments/Get", new { id = made!.Id });
        }

        await ReadAsync(cancellation);
        return Page();
    }

    private NewAssignment Asked() => new()
    {
        AgreementId = AgreementId,
        PortfolioId = PortfolioId,
        TermStart = TermStart ?? default,
        TermEnd = TermEnd ?? default,
        Filter = IsFiltered
            ? new AssignmentFilter { Product = Product, City = City, Cycles = Cycle.Count > 0 ? Cycle : null, MinDaysPastDue = MinDaysPastDue, MaxDaysPastDue = MaxDaysPastDue }
            : null,
    };

    private async Task ReadAsync(CancellationToken cancellation)
    {
        Agreements = (await agency.Agreements.ListPageAsync(1000, cancellationToken: cancellation)).Items;
        Portfolios = (await agency.Portfolios.ListPageAsync(1000, cancellationToken: cancellation)).Items;
        Agencies = (await agency.Agencies.ListPageAsync(1000, cancellationToken: cancellation)).Items.ToDictionary(one => one.Id, one => one.Name);
    }
}
