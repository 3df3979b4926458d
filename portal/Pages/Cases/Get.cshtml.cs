using Agency.Portal.Http;
using Agency.Portal.Language;
using Agency.Portal.SignIn;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Agency.Portal.Pages.Cases;

/// <summary>
/// One case: what is owed, how the debtor can be reached, whether they may be contacted now, and all that happened, the latest first.
/// Who works it does so from here: each deed is a form of this page (the other parts of this class), and the next case follows.
/// </summary>
public sealed partial class GetModel(AgencyClient agency, IStringLocalizer<Texts> texts, TimeProvider clock) : FormPage
{
    // How much of a long history is shown before somebody asks for all of it.
    private const int Latest = 200;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>Whether all of the timeline is shown.</summary>
    [BindProperty(SupportsGet = true)]
    public bool All { get; set; }

    public Case Case { get; private set; } = new();

    /// <summary>The debtor's name, in full for who works the case.</summary>
    public string DebtorName { get; private set; } = "";

    /// <summary>What else the debtor owes that the person sees.</summary>
    public IReadOnlyList<Case> OtherCases { get; private set; } = [];

    public IReadOnlyList<WorkedContactPoint> ContactPoints { get; private set; } = [];

    /// <summary>What happened, the latest first.</summary>
    public IReadOnlyList<TimelineEntry> Timeline { get; private set; } = [];

    /// <summary>How many entries of the timeline are left out.</summary>
    public int LeftOut { get; private set; }

    public IReadOnlyList<Promise> Promises { get; private set; } = [];

    public IReadOnlyList<Repayment> Repayments { get; private set; } = [];

    public IReadOnlyList<SettlementProposal> SettlementProposals { get; private set; } = [];

    public IReadOnlyList<RepaymentPlan> Plans { get; private set; } = [];

    public IReadOnlyList<Hold> Holds { get; private set; } = [];

    /// <summary>Whether the person works the case, and is offered the deeds of who does.</summary>
    public bool Works => User.IsOfAgency() && Case.EndedAt is null;

    public string Zone => Case.Account.Debtor.TimeZone;

    /// <summary>Today, where the debtor lives.</summary>
    public DateOnly Today => DateOnly.FromDateTime(Formats.In(clock.GetUtcNow(), Zone).DateTime);

    /// <summary>Why it happened, told where it happened and not at all that the same thing went through before.</summary>
    public static string? ReasonOf(TimelineEntry entry) => entry.Type switch
    {
        "repayment.rejected" or "repayment.reversed" or "repayment.withdrawn" => entry.Repayment?.Reason,
        "settlement_proposal.submitted" => entry.SettlementProposal?.Reason,
        "settlement_proposal.rejected" or "settlement_proposal.approved" => entry.SettlementProposal?.DecisionReason,
        "hold.raised" => entry.Hold?.Reason,
        "hold.lifted" => entry.Hold?.LiftReason,
        "promise.cancelled" => entry.Promise?.CancellationReason,
        _ => null,
    };

    public async Task OnGetAsync(CancellationToken cancellation) => await LoadAsync(cancellation);

    /// <summary>Reads all that the page shows. Who works the case opens it for work by this: the API counts it and writes it down.</summary>
    private async Task LoadAsync(CancellationToken cancellation)
    {
        Case = await agency.Cases.GetAsync(Id, cancellationToken: cancellation);
        var others = agency.Cases.ListPageAsync(100, debtorId: Case.Account.Debtor.Id, cancellationToken: cancellation);
        var money = ReadMoneyAsync(cancellation);
        var timeline = ReadTimelineAsync(cancellation);
        await OpenAsync(cancellation);
        OtherCases = [.. (await others).Items.Where(other => other.Id != Id && other.EndedAt is null)];
        await Task.WhenAll(money, timeline);
        Next = Works ? await NextCaseAsync(cancellation) : null;
    }

    private async Task OpenAsync(CancellationToken cancellation)
    {
        if (Works)
        {
            var debtor = await agency.Cases.WorkAsync(Id, cancellationToken: cancellation);
            (DebtorName, ContactPoints) = (debtor.Name, debtor.ContactPoints);
            await CheckContactAsync(cancellation);
            return;
        }

        DebtorName = Case.Account.Debtor.Name;
        ContactPoints = [.. (await agency.ContactPoints.ListAsync(Id, cancellationToken: cancellation)).Items.Select(point => new WorkedContactPoint
        {
            Id = point.Id,
            Kind = point.Kind,
            Value = point.Value,
            Status = point.Status,
            Party = point.Party,
            Holder = point.Holder,
            Consent = point.Consent,
        })];
    }

    private async Task ReadMoneyAsync(CancellationToken cancellation)
    {
        var promises = agency.Promises.ListOfCaseAsync(Id, cancellationToken: cancellation);
        var repayments = agency.Repayments.ListOfCaseAsync(Id, cancellationToken: cancellation);
        var proposals = agency.SettlementProposals.ListOfCaseAsync(Id, cancellationToken: cancellation);
        var plans = agency.RepaymentPlans.ListOfCaseAsync(Id, cancellationToken: cancellation);
        var holds = agency.Holds.ListOfCaseAsync(Id, cancellationToken: cancellation);
        Promises = await LatestFirstAsync(promises, promise => promise.MadeAt, cancellation);
        Repayments = await LatestFirstAsync(repayments, repayment => repayment.ReportedAt, cancellation);
        SettlementProposals = await LatestFirstAsync(proposals, proposal => proposal.SubmittedAt, cancellation);
        Plans = await LatestFirstAsync(plans, plan => plan.ApprovedAt, cancellation);
        Holds = await LatestFirstAsync(holds, hold => hold.RaisedAt, cancellation);
    }

    private async Task ReadTimelineAsync(CancellationToken cancellation)
    {
        var all = await LatestFirstAsync(agency.Cases.ListTimelineAsync(Id, cancellationToken: cancellation), entry => entry.OccurredAt, cancellation);
        List<TimelineEntry> told = [.. all.Where(entry => !Terms.UntoldEvents.Contains(entry.Type))];
        Timeline = All ? told : [.. told.Take(Latest)];
        LeftOut = told.Count - Timeline.Count;
    }

    private static async Task<IReadOnlyList<T>> LatestFirstAsync<T>(IAsyncEnumerable<T> items, Func<T, DateTimeOffset> at, CancellationToken cancellation)
    {
        List<T> all = [];
        await foreach (var item in items.WithCancellation(cancellation))
        {
            all.Add(item);
        }

        all.Reverse();
        return [.. all.OrderByDescending(at)];
    }

    // What a form did is shown on the page as it is then; what was refused, on the page as it was, with what was typed.
    private async Task<IActionResult> AfterAsync(bool isDone, string told, CancellationToken cancellation)
    {
        if (isDone)
        {
            Tell(told);
            return RedirectToPage(new { Id });
        }

        await LoadAsync(cancellation);
        return Page();
    }
}
