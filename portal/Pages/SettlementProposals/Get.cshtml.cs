using Agency.Portal.Http;
using Agency.Portal.Language;
using Agency.Portal.SignIn;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Agency.Portal.Pages.SettlementProposals;

/// <summary>
/// A proposal beside what the agreement allows, with the debtor's evidence; the bank approves, rejects or offers other terms. Who wrote a
/// counter-offer or verified evidence does not approve; above the agreement's limit two people do.
/// </summary>
public sealed class GetModel(AgencyClient agency, IStringLocalizer<Texts> texts) : FormPage
{
    private const decimal Whole = 10_000m;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public SettlementProposal Proposal { get; private set; } = new();

    public Case Case { get; private set; } = new();

    /// <summary>The terms that the case runs under; null where they can't be seen.</summary>
    public AgreementTerms? Terms { get; private set; }

    public IReadOnlyList<EvidenceFile> Evidence { get; private set; } = [];

    [BindProperty]
    public CounterForm Counter { get; set; } = new();

    public bool IsWaiting => Proposal.State == SettlementProposalState.Submitted;

    public bool Approves => User.Is("approver");

    public bool Reviews => User.Is("analyst", "approver");

    /// <summary>What stands to be agreed to, and how much the bank would give up.</summary>
    public (SettlementKind Kind, Money Amount, int? Instalments, Money? Waiver) Offer => Proposal.Counter is { } counter
        ? (counter.Kind, counter.Amount, counter.Instalments, counter.Waiver)
        : (Proposal.Kind, Proposal.Amount, Proposal.Instalments, Proposal.Waiver);

    public Money Concession => Offer switch
    {
        var (kind, _, _, waiver) when kind == SettlementKind.FeeWaiver => waiver ?? Money(0),
        var (kind, _, _, _) when kind == SettlementKind.Extension => Money(0),
        var (_, amount, _, _) => Money(Math.Max(0, Proposal.Balance.Amount - amount.Amount)),
    };

    /// <summary>The concession as a share of the balance.</summary>
    public decimal ConcessionShare => Proposal.Balance.Amount == 0 ? 0 : (decimal)Concession.Amount / Proposal.Balance.Amount;

    public decimal? ShareLimit => Terms?.DiscountLimits.FirstOrDefault(limit => limit.Kind == Offer.Kind) is { } limit ? limit.BasisPoints / Whole : null;

    public bool NeedsTwo => Terms?.SecondApprovalAbove is { } above && above.Currency == Proposal.Balance.Currency && Concession.Amount > above.Amount;

    public Task OnGetAsync(CancellationToken cancellation) => LoadAsync(cancellation);

    public Task<IActionResult> OnPostApproveAsync(string? reason, CancellationToken cancellation) =>
        DoAsync(options => agency.SettlementProposals.ApproveAsync(Id, new SettlementProposalApproval { Reason = reason.OrNull() }, options, cancellation), "settlement_proposal.approved_now", cancellation);

    public Task<IActionResult> OnPostRejectAsync(string? reason, CancellationToken cancellation) =>
        DoAsync(options => agency.SettlementProposals.RejectAsync(Id, new RejectionReason { Reason = reason ?? "" }, options, cancellation), "settlement_proposal.rejected_now", cancellation);

    public Task<IActionResult> OnPostCommenceAsync(CancellationToken cancellation) =>
        DoAsync(options => agency.SettlementProposals.CommenceAsync(Id, options, cancellation), "settlement_proposal.in_force_now", cancellation);

    public Task<IActionResult> OnPostVerifyAsync(Guid file, CancellationToken cancellation) =>
        DoAsync(options => agency.EvidenceFiles.VerifyAsync(file, options, cancellation), "evidence.verified_now", cancellation);

    /// <summary>Leads to the file by a link that holds for minutes alone.</summary>
    public async Task<IActionResult> OnPostOpenAsync(Guid file, CancellationToken cancellation) =>
        Redirect((await agency.EvidenceFiles.CreateLinkAsync(file, cancellationToken: cancellation)).Url);

    public async Task<IActionResult> OnPostCounterAsync(CancellationToken cancellation)
    {
        Proposal = await agency.SettlementProposals.GetAsync(Id, cancellationToken: cancellation);
        var kind = Counter.Kind ?? Proposal.Kind.Value;
        var inParts = kind == SettlementKind.Instalments.Value;
        if (!Formats.TryReadMoney(Counter.Amount, Proposal.Amount.Currency, out var amount))
        {
            Refuse(Refusal.Of("amount", texts["form.amount_invalid"]));
        }

        var waives = Formats.TryReadMoney(Counter.Waiver, Proposal.Amount.Currency, out var waiver);
        if (Refusal is null && await TryAsync(options => agency.SettlementProposals.CounterAsync(
            Id,
            new SettlementCounterOffer
            {
                Kind = kind,
                Amount = Money(amount),
                PayBy = inParts ? null : Counter.PayBy,
                Instalments = inParts ? Counter.Instalments : null,
                FirstDueOn = inParts ? Counter.FirstDueOn : null,
                Waiver = waives && kind == SettlementKind.FeeWaiver.Value ? Money(waiver) : null,
                Reason = Counter.Reason.OrNull(),
            },
            options,
            cancellation)))
        {
            Tell("settlement_proposal.countered_now");
            return RedirectToPage(new { Id });
        }

        await LoadAsync(cancellation);
        return Page();
    }

    private async Task<IActionResult> DoAsync(Func<CallOptions, Task> deed, string told, CancellationToken cancellation)
    {
        if (await TryAsync(deed))
        {
            Tell(told);
            return RedirectToPage(new { Id });
        }

        await LoadAsync(cancellation);
        return Page();
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        Proposal = await agency.SettlementProposals.GetAsync(Id, cancellationToken: cancellation);
        Case = await agency.Cases.GetAsync(Proposal.CaseId, cancellationToken: cancellation);
        Evidence = User.Is("analyst", "approver", "collector", "supervisor", "manager")
            ? await agency.EvidenceFiles.ListOfProposalAsync(Id, cancellationToken: cancellation).ToListAsync(cancellation)
            : [];
        if (User.IsOfBank())
        {
            var assignment = await agency.Assignments.GetAsync(Case.AssignmentId, cancellationToken: cancellation);
            Terms = (await agency.Agreements.ListVersionsAsync(assignment.AgreementId, cancellationToken: cancellation)
                .FirstOrDefaultAsync(version => version.Version == assignment.AgreementVersion, cancellation))?.Terms;
        }
    }

    private Money Money(long amount) => new() { Amount = amount, Currency = Proposal.Balance.Currency };
}

/// <summary>Other terms, as typed.</summary>
public sealed class CounterForm
{
    public string? Kind { get; set; }

    public string? Amount { get; set; }

    public string? Waiver { get; set; }

    public DateOnly? PayBy { get; set; }

    public int? Instalments { get; set; }

    public DateOnly? FirstDueOn { get; set; }

    public string? Reason { get; set; }
}
