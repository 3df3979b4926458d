using Agency.Api.Data;
using Agency.Api.DirectPayments;
using Agency.Api.Http;

namespace Agency.Api.Repayments;

/// <summary>
/// One money may be known twice: an agency reported it, and the bank booked it as a direct payment. Whichever comes second is matched
/// with the first, and counts nothing; when one of the two is reversed, the other counts for it.
/// </summary>
internal static class Matching
{
    // A repayment that is confirmed, or a direct payment that is booked, as the money of the other; both stand.
    private static readonly Sql OfPayment = new("""
        SELECT w.repayment_id
        FROM repayment_decision AS w
        LEFT JOIN repayment_decision AS v ON v.bank_id = w.bank_id AND v.repayment_id = w.repayment_id AND v.decision = 'reversed'
        WHERE w.bank_id = @tenant AND w.same_as_id = @id AND v.decision IS NULL
        """);

    private static readonly Sql OfRepayment = new("""
        SELECT d.id
        FROM direct_payment AS d
        WHERE d.bank_id = @tenant AND d.same_as_id = @id AND d.reversed_at IS NULL
        """);

    /// <summary>The direct payment that a repayment is confirmed to be. The account is locked.</summary>
    public static async Task<DirectPaymentRow> RequirePaymentAsync(Work work, Id id, RepaymentRow repayment, CancellationToken cancellation)
    {
        var payment = await DirectPayments.Get.FindAsync(work, id, cancellation) ?? throw DirectPaymentProblems.NotFound.Refuse();
        var fits = payment.AccountId == repayment.AccountId && payment.Amount == repayment.Amount && payment.ReversedAt is null;
        return fits && await PartnerAsync(work, payment, cancellation) is null ? payment : throw RepaymentProblems.OtherMoney.Refuse();
    }

    /// <summary>The repayment that a direct payment is booked to be. The account is locked.</summary>
    public static async Task<RepaymentRow> RequireRepaymentAsync(Work work, Id id, Id account, Money amount, CancellationToken cancellation)
    {
        var repayment = await Get.FindAsync(work, id, cancellation) ?? throw RepaymentProblems.NotFound.Refuse();
        var fits = repayment.AccountId == account && repayment.Amount == amount.Amount && repayment.State is RepaymentState.Confirmed or RepaymentState.Settled;
        return fits && await PartnerAsync(work, repayment, cancellation) is null ? repayment : throw RepaymentProblems.OtherMoney.Refuse();
    }

    /// <summary>The standing direct payment that stands for the same money as the repayment; null when there is none.</summary>
    public static async Task<DirectPaymentRow?> PartnerAsync(Work work, RepaymentRow repayment, CancellationToken cancellation)
    {
        if (repayment.SameAs is { } same && await DirectPayments.Get.FindAsync(work, same, cancellation) is { ReversedAt: null } booked)
        {
            return booked;
        }

        return await work.Db.FindAsync<Id?>(OfRepayment, new { tenant = work.Tenant, repayment.Id }, cancellation) is { } id
            ? await DirectPayments.Get.FindAsync(work, id, cancellation)
            : null;
    }

    /// <summary>The standing repayment that stands for the same money as the direct payment; null when there is none.</summary>
    public static async Task<RepaymentRow?> PartnerAsync(Work work, DirectPaymentRow payment, CancellationToken cancellation)
    {
        if (payment.SameAs is { } same && await Get.FindAsync(work, same, cancellation) is { State: RepaymentState.Confirmed or RepaymentState.Settled } confirmed)
        {
            return confirmed;
        }

        return await work.Db.FindAsync<Id?>(OfPayment, new { tenant = work.Tenant, payment.Id }, cancellation) is { } id
            ? await Get.FindAsync(work, id, cancellation)
            : null;
    }
}
