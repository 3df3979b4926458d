using Agency.Sdk;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Agency.Portal.Pages.Cases;

/// <summary>One case: what is owed, how the debtor can be reached, and what was done so far, the latest first.</summary>
public sealed class GetModel(AgencyClient agency) : PageModel
{
    // The most the API gives at once. The page says so when there is more.
    private const int All = 1000;

    public Case Case { get; private set; } = new();

    public IReadOnlyList<ContactPoint> ContactPoints { get; private set; } = [];

    public Log<ContactRecord> ContactRecords { get; private set; } = Log<ContactRecord>.Empty;

    public Log<Repayment> Repayments { get; private set; } = Log<Repayment>.Empty;

    public Log<SettlementProposal> SettlementProposals { get; private set; } = Log<SettlementProposal>.Empty;

    public async Task OnGetAsync(Guid id, CancellationToken cancellation)
    {
        var points = agency.ContactPoints.ListAsync(id, cancellationToken: cancellation);
        var contacts = agency.ContactRecords.ListOfCasePageAsync(id, All, cancellationToken: cancellation);
        var money = agency.Repayments.ListOfCasePageAsync(id, All, cancellationToken: cancellation);
        var proposed = agency.SettlementProposals.ListOfCasePageAsync(id, All, cancellationToken: cancellation);
        var found = agency.Cases.GetAsync(id, cancellationToken: cancellation);
        await Task.WhenAll(found, points, contacts, money, proposed);

        Case = await found;
        ContactPoints = (await points).Items;
        ContactRecords = new((await contacts).Items.OrderByDescending(record => record.OccurredAt), (await contacts).Next);
        Repayments = new((await money).Items.OrderByDescending(repayment => repayment.PaidOn), (await money).Next);
        SettlementProposals = new((await proposed).Items.OrderByDescending(proposal => proposal.SubmittedAt), (await proposed).Next);
    }
}

/// <summary>What was done in a case, the latest first.</summary>
public sealed class Log<T>(IEnumerable<T> items, string? next)
{
    internal static readonly Log<T> Empty = new([], null);

    public IReadOnlyList<T> Items { get; } = [.. items];

    /// <summary>Whether there is more than the page shows.</summary>
    public bool IsCut => next is not null;
}
