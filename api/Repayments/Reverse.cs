using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.SettlementProposals;
using Agency.Api.Tenancy;

namespace Agency.Api.Repayments;

/// <summary>
/// Confirmed money went back: each bucket gets back what the repayment took off it. Where a direct payment stands for the same money,
/// that counts from now on, and the balance stays.
/// </summary>
internal static class Reverse
{
    private static readonly Sql FindResolution = new("SELECT resolution FROM account WHERE bank_id = @tenant AND id = @account");

    public static void Map(RouteGroupBuilder repayments) => repayments.MapPost("/{id}/reversal", HandleAsync)
        .Describe("Repayments_Reverse", Scopes.RepaymentsConfirm, "Reverse a repayment", "Confirmed money went back: a bounced payment, a mistake. The balance is restored bucket by bucket; an account that was paid in full can be assigned again. While a direct payment stands for the same money the balance stays: reverse that too.")
        .Returns<Repayment>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, RepaymentProblems.IsReported, RepaymentProblems.IsRejected, RepaymentProblems.IsReversed, RepaymentProblems.IsWithdrawn, RepaymentProblems.Settled)
        .On(Get.ReadAsync, RepaymentProblems.NotFound);

    private static async Task<Answer<Repayment>> HandleAsync(Id id, RejectionReason reversal, Work work, CancellationToken cancellation)
    {
        var (repayment, account) = await Decision.OpenAsync(work, id, RepaymentState.Confirmed, cancellation);
        // What was matched with a payment that stands counts nothing; what the payment was matched with hands over to it.
        var payment = await Matching.PartnerAsync(work, repayment, cancellation);
        if (payment is null || repayment.SameAs != payment.Id)
        {
            var instead = payment is null ? null : await DirectPayments.Book.ReceiptAsync(work, payment);
            await TakeBackAsync(work, account, await Confirm.ReceiptAsync(work, repayment), instead, cancellation);
        }

        await BankReferences.ReleaseAsync(work, id, cancellation);
        return await Decision.WriteAsync(work, repayment, RepaymentState.Reversed, reversal.Reason, overpaid: 0, cancellation);
    }

    /// <summary>Money leaves the ledger; an account that was paid in full by it can be assigned again.</summary>
    /// <param name="instead">What stands for the same money, and counts from now on.</param>
    internal static async Task TakeBackAsync(Work work, LockedAccount account, Receipt gone, Receipt? instead, CancellationToken cancellation)
    {
        var resolution = Words.ReadOrNull<Resolution>(await work.Db.FindAsync<string>(FindResolution, new { tenant = work.Tenant, account = account.Id }, cancellation));
        if (resolution == Resolution.SettledInFull)
        {
            throw RepaymentProblems.Settled.Refuse();
        }

        var after = await Receipts.TakeBackAsync(work, account, gone);
        if (instead is not null)
        {
            after = await Receipts.PutAsync(work, after, instead);
        }

        after = await Receipts.UseExcessAsync(work, after, gone.Cause.Id, cancellation);

        // Money that was all overpayment took nothing off the debt, so nothing is owed now either.
        if (resolution == Resolution.PaidInFull && after.Owed.Total > 0)
        {
            await Ledger.ReleaseAsync(work, account.Id);
        }
        else
        {
            await Completion.ResolveIfPaidAsync(work, after, cancellation);
        }
    }
}
