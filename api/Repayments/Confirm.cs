using Agency.Api.Accounts;
using Agency.Api.Agreements;
using Agency.Api.Data;
using Agency.Api.DirectPayments;
using Agency.Api.Figures;
using Agency.Api.Http;
using Agency.Api.SettlementProposals;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Repayments;

/// <summary>
/// A bank confirms that it has the money: the balance falls by it, bucket after bucket in the order that was agreed on for the case it
/// was reported under. Nothing left to pay, or an approved settlement paid, resolves the account and closes the case. Money that the
/// bank has booked as a direct payment already is confirmed as that, and counts once.
/// </summary>
internal static class Confirm
{
    public static readonly Problem[] Refusals =
    [
        RepaymentProblems.OverBalance, RepaymentProblems.ReferenceUsed, RepaymentProblems.OtherMoney, DirectPaymentProblems.NotFound,
        RepaymentProblems.IsConfirmed, RepaymentProblems.IsRejected, RepaymentProblems.IsReversed, RepaymentProblems.IsWithdrawn, RepaymentProblems.IsSettled,
    ];

    public static void Map(RouteGroupBuilder repayments) => repayments.MapPost("/{id}/confirmation", HandleAsync)
        .Describe("Repayments_Confirm", Scopes.RepaymentsConfirm, "Confirm a repayment", "The bank has the money. It comes off the buckets in the allocation order of the agreement that the case runs under, also after the case has ended; money that was paid on the day of the bank's last refresh or before is in its figures already, and moves nothing. More than is owed is refused unless the overpayment is accepted. A bank reference belongs to one payment. sameAs names the direct payment that this money is: it counts once.")
        .Returns<Repayment>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, .. Refusals])
        .On(Get.ReadAsync, RepaymentProblems.NotFound);

    /// <summary>Confirms one repayment. Whatever is refused is refused before anything is written.</summary>
    /// <param name="amount">What the bank received, where it says so.</param>
    internal static async Task<Answer<Repayment>> ConfirmAsync(Work work, Id id, RepaymentConfirmation confirmation, long? amount, CancellationToken cancellation)
    {
        var (repayment, account) = await Decision.OpenAsync(work, id, RepaymentState.Reported, cancellation);
        if (amount is { } received && received != repayment.Amount)
        {
            throw RepaymentProblems.AmountDiffers.Refuse();
        }

        if (confirmation.SameAs is { } payment)
        {
            var booked = await Matching.RequirePaymentAsync(work, payment, repayment, cancellation);
            var same = new SameMoney(payment, booked.AttributedCaseId is null || booked.AttributedCaseId == repayment.CaseId);
            if (booked.AttributedCaseId is null)
            {
                await Recoveries.CameAsync(work, id, repayment.CaseId, repayment.Amount - booked.Overpaid, cancellation);
            }

            return await Decision.WriteAsync(work, repayment, RepaymentState.Confirmed, null, booked.Overpaid, cancellation, same);
        }

        var receipt = await ReceiptAsync(work, repayment);
        var overpaid = Receipts.Overpaid(account, receipt);
        if (overpaid > 0 && !confirmation.AcceptOverpayment)
        {
            throw RepaymentProblems.OverBalance.Refuse();
        }

        await BankReferences.TakeAsync(work, confirmation.BankReference, Words.Of(LedgerCause.Repayment), id, cancellation);
        var left = await Receipts.PutAsync(work, account, receipt);
        await Recoveries.CameAsync(work, id, repayment.CaseId, repayment.Amount - overpaid, cancellation);
        var answer = await Decision.WriteAsync(work, repayment, RepaymentState.Confirmed, null, overpaid, cancellation);
        await Completion.ResolveIfPaidAsync(work, left, cancellation);
        return answer;
    }

    /// <summary>The money of a repayment, which fills the buckets as its case's agreement orders.</summary>
    internal static async Task<Receipt> ReceiptAsync(Work work, RepaymentRow repayment)
    {
        var terms = await AgreementTerms.OfCaseAsync(work, work.Tenant, repayment.CaseId);
        return new(new(LedgerCause.Repayment, repayment.Id), repayment.Amount, repayment.PaidOn, terms.AllocationOrder);
    }

    private static Task<Answer<Repayment>> HandleAsync(Id id, RepaymentConfirmation confirmation, Work work, CancellationToken cancellation) =>
        ConfirmAsync(work, id, confirmation, null, cancellation);
}

/// <summary>How to confirm.</summary>
/// <param name="AcceptOverpayment">Take more than is owed; the excess is noted on the repayment, and the balance is zero.</param>
/// <param name="BankReference">The bank's own number of the payment, no other payment's; up to 64 characters. Not together with sameAs, whose number it is.</param>
/// <param name="SameAs">The direct payment, of this account and amount, that the money was booked as.</param>
public sealed record RepaymentConfirmation(bool AcceptOverpayment = false, string? BankReference = null, Id? SameAs = null)
{
    private sealed class Rules : AbstractValidator<RepaymentConfirmation>
    {
        public Rules()
        {
            RuleFor(c => c.BankReference).MaximumLength(64);
            RuleFor(c => c.BankReference).NotEmpty().When(c => c.BankReference is not null);
            RuleFor(c => c.BankReference).Null().When(c => c.SameAs is not null);
        }
    }
}
