using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Figures;
using Agency.Api.Http;
using Agency.Api.RepaymentPlans;
using Agency.Api.SettlementProposals;
using Agency.Api.Tenancy;
using Agency.Api.Waivers;

namespace Agency.Api.Repayments;

/// <summary>
/// Confirmed money went back: each bucket gets back what the repayment took off it. Where a direct payment stands for the same money,
/// that counts from now on, and the balance stays.
/// </summary>
internal static class Reverse
{
    public static void Map(RouteGroupBuilder repayments) => repayments.MapPost("/{id}/reversal", HandleAsync)
        .Describe("Repayments_Reverse", Scopes.RepaymentsConfirm, "Reverse a repayment", "Confirmed money went back: a bounced payment, a mistake. The balance is restored bucket by bucket; an account that was paid in full can be assigned again, and a settlement that the money completed is open again. While a direct payment stands for the same money the balance stays: reverse that too.")
        .Returns<Repayment>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, RepaymentProblems.IsReported, RepaymentProblems.IsRejected, RepaymentProblems.IsReversed, RepaymentProblems.IsWithdrawn)
        .On(Get.ReadAsync, RepaymentProblems.NotFound);

    private static async Task<Answer<Repayment>> HandleAsync(Id id, RejectionReason reversal, Work work, CancellationToken cancellation)
    {
        var (repayment, account) = await Decision.OpenAsync(work, id, RepaymentState.Confirmed, cancellation);
        await BankReferences.ReleaseAsync(work, id, cancellation);
        var answer = await Decision.WriteAsync(work, repayment, RepaymentState.Reversed, reversal.Reason, overpaid: 0, cancellation);
        await Recoveries.ReversedAsync(work, isRepayment: true, id, cancellation);

        // What was matched with a payment that stands counts nothing; what the payment was matched with hands over to it.
        var payment = await Matching.PartnerAsync(work, repayment, cancellation);
        if (payment is null || repayment.SameAs != payment.Id)
        {
            var instead = payment is null ? null : await DirectPayments.Book.ReceiptAsync(work, payment);
            await TakeBackAsync(work, account, await Confirm.ReceiptAsync(work, repayment), instead, cancellation);
        }

        return answer;
    }

    /// <summary>Money that was reversed leaves the ledger; an account that was paid or settled by it can be assigned again.</summary>
    /// <param name="instead">What stands for the same money, and counts from now on.</param>
    internal static async Task TakeBackAsync(Work work, LockedAccount account, Receipt gone, Receipt? instead, CancellationToken cancellation)
    {
        var after = await Receipts.TakeBackAsync(work, account, gone);
        if (instead is not null)
        {
            after = await Receipts.PutAsync(work, after, instead);
        }

        await SettleAgainAsync(work, after, cancellation);
    }

    /// <summary>Something is owed again.</summary>
    internal static async Task SettleAgainAsync(Work work, LockedAccount account, CancellationToken cancellation)
    {
        // A plan that was completed is completed no longer, and what was forgiven for it is owed: other money may have exceeded the balance.
        var after = await Performance.LookAgainAsync(work, account, cancellation);
        after = await StandingWaivers.UseRestAsync(work, after, cancellation);
        after = await Receipts.UseExcessAsync(work, after, cancellation);
        await Completion.ResolveIfPaidAsync(work, after, cancellation);
    }
}
