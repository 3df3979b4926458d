using Agency.Portal.Http;
using Agency.Portal.Language;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Portal.Pages.Cases;

/// <summary>What the debtor paid, promised or asks for, as the agency tells the bank.</summary>
public sealed partial class GetModel
{
    [BindProperty]
    public RepaymentForm Repay { get; set; } = new();

    [BindProperty]
    public SettlementForm Settle { get; set; } = new();

    private string Currency => Case.Account.Balance.Total.Currency;

    public async Task<IActionResult> OnPostRepayAsync(CancellationToken cancellation)
    {
        Case = await agency.Cases.GetAsync(Id, cancellationToken: cancellation);
        return await AfterAsync(
            TryReadAmount(Repay.Amount, "amount", out var amount) && await TryAsync(options => agency.Repayments.CreateAsync(
                Id,
                new NewRepayment
                {
                    Amount = amount,
                    PaidOn = Repay.PaidOn ?? Today,
                    Channel = Repay.Channel.OrNull(),
                    Payer = Repay.Payer ?? Payer.Debtor.Value,
                    PayerName = Repay.PayerName.OrNull(),
                    PayerConsent = Repay.PayerConsent,
                },
                options,
                cancellation)),
            "repayment.reported_now",
            cancellation);
    }

    public async Task<IActionResult> OnPostWithdrawRepaymentAsync(Guid repayment, CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Repayments.WithdrawAsync(repayment, new RepaymentWithdrawal(), options, cancellation)), "repayment.withdrawn_now", cancellation);

    public async Task<IActionResult> OnPostCancelPromiseAsync(Guid promise, CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Promises.CancelAsync(promise, new PromiseCancellation(), options, cancellation)), "promise.cancelled_now", cancellation);

    public async Task<IActionResult> OnPostSettleAsync(CancellationToken cancellation)
    {
        Case = await agency.Cases.GetAsync(Id, cancellationToken: cancellation);
        Guid? submitted = null;
        var isDone = TryReadAmount(Settle.Amount, "amount", out var amount)
            && TryReadAmountOrNone(Settle.Waiver, "waiver", out var waiver)
            && TryReadAmountOrNone(Settle.MonthlyIncome, "monthlyIncome", out var income)
            && await TryAsync(async options => submitted = (await agency.SettlementProposals.CreateAsync(Id, ProposalOf(amount, waiver, income), options, cancellation)).Id)
            && await UploadAsync(submitted!.Value, Settle.EvidenceKind, Settle.Files, cancellation);
        return await AfterAsync(isDone, "settlement_proposal.submitted_now", cancellation);
    }

    public async Task<IActionResult> OnPostEvidenceAsync(Guid proposal, string kind, List<IFormFile> files, CancellationToken cancellation)
    {
        if (files.Count == 0)
        {
            Refuse(Refusal.Of("files", texts["evidence.needs_file"]));
        }

        return await AfterAsync(files.Count > 0 && await UploadAsync(proposal, kind, files, cancellation), "evidence.uploaded_now", cancellation);
    }

    public async Task<IActionResult> OnPostAnswerCounterAsync(Guid proposal, string answer, CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => answer switch
        {
            "accept" => agency.SettlementProposals.AcceptAsync(proposal, new SettlementReply(), options, cancellation),
            "decline" => agency.SettlementProposals.DeclineAsync(proposal, new SettlementReply(), options, cancellation),
            _ => agency.SettlementProposals.WithdrawAsync(proposal, new SettlementReply(), options, cancellation),
        }),
        "settlement_proposal.answered_now",
        cancellation);

    private NewSettlementProposal ProposalOf(Money amount, Money? waiver, Money? income)
    {
        var kind = Settle.Kind ?? SettlementKind.LumpSum.Value;
        var inParts = kind == SettlementKind.Instalments.Value;
        var said = income is not null || Settle.Assets.OrNull() is not null || Settle.Household.OrNull() is not null;
        return new NewSettlementProposal
        {
            Kind = kind,
            Amount = amount,
            PayBy = inParts ? null : Settle.PayBy,
            Instalments = inParts ? Settle.Instalments : null,
            FirstDueOn = inParts ? Settle.FirstDueOn : null,
            Waiver = kind == SettlementKind.FeeWaiver.Value ? waiver : null,
            Reason = Settle.Reason ?? "",
            Circumstances = said ? new Circumstances { MonthlyIncome = income, Assets = Settle.Assets.OrNull(), Household = Settle.Household.OrNull() } : null,
        };
    }

    private async Task<bool> UploadAsync(Guid proposal, string? kind, IReadOnlyList<IFormFile> files, CancellationToken cancellation)
    {
        foreach (var (number, file) in files.Index())
        {
            await using var content = file.OpenReadStream();
            if (!await TryAsync(
                FormattableString.Invariant($"file-{number}"),
                options => agency.EvidenceFiles.CreateAsync(proposal, kind ?? EvidenceKind.Other.Value, Path.GetFileName(file.FileName), new AgencyUpload(content, file.ContentType), options, cancellation)))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadAmountOrNone(string? typed, string field, out Money? money)
    {
        money = null;
        var isRead = typed.OrNull() is null || TryReadAmount(typed, field, out money!);
        return isRead;
    }

    private bool TryReadAmount(string? typed, string field, out Money money)
    {
        var isRead = Formats.TryReadMoney(typed, Currency, out var amount);
        money = new Money { Amount = amount, Currency = Currency };
        if (!isRead)
        {
            Refuse(Refusal.Of(field, texts["form.amount_invalid"]));
        }

        return isRead;
    }
}

/// <summary>A repayment, as typed.</summary>
public sealed class RepaymentForm
{
    public string? Amount { get; set; }

    public DateOnly? PaidOn { get; set; }

    public string? Channel { get; set; }

    public string? Payer { get; set; }

    public string? PayerName { get; set; }

    public bool PayerConsent { get; set; }
}

/// <summary>A settlement proposal, as typed.</summary>
public sealed class SettlementForm
{
    public string? Kind { get; set; }

    public string? Amount { get; set; }

    public string? Waiver { get; set; }

    public DateOnly? PayBy { get; set; }

    public int? Instalments { get; set; }

    public DateOnly? FirstDueOn { get; set; }

    public string? Reason { get; set; }

    public string? MonthlyIncome { get; set; }

    public string? Assets { get; set; }

    public string? Household { get; set; }

    public string? EvidenceKind { get; set; }

    public List<IFormFile> Files { get; set; } = [];
}
