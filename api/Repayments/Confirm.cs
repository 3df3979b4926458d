using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.SettlementProposals;
using Agency.Api.Tenancy;

namespace Agency.Api.Repayments;

/// <summary>
/// A bank confirms that it has the money: the balance falls by it, fees first, then interest, then principal. Nothing left
/// to pay, or an approved settlement paid, resolves the account and closes the case.
/// </summary>
internal static class Confirm
{
    public static void Map(RouteGroupBuilder repayments) => repayments.MapPost("/{id}/confirmation", HandleAsync)
        .Describe("Repayments_Confirm", Scopes.RepaymentsConfirm, "Confirm a repayment", "The bank has the money. It comes off fees, then interest, then principal. More than is owed is refused unless the overpayment is accepted.")
        .Returns<Repayment>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, RepaymentProblems.OverBalance, RepaymentProblems.IsConfirmed, RepaymentProblems.IsRejected, RepaymentProblems.IsReversed, RepaymentProblems.IsSettled)
        .On(Get.ReadAsync, RepaymentProblems.NotFound);

    private static async Task<Answer<Repayment>> HandleAsync(Id id, RepaymentConfirmation confirmation, Work work, CancellationToken cancellation)
    {
        var (repayment, account) = await Decision.OpenAsync(work, id, RepaymentState.Reported, cancellation);
        var paid = Allocation.Of(repayment.Amount, account.Owed);
        var overpaid = repayment.Amount - paid.Total;
        if (overpaid > 0 && !confirmation.AcceptOverpayment)
        {
            throw RepaymentProblems.OverBalance.Refuse();
        }

        var left = await Ledger.PostAsync(work, account, LedgerKind.Repayment, default(Allocation) - paid, id, repayment.PaidOn);
        var answer = await Decision.WriteAsync(work, repayment, RepaymentState.Confirmed, null, overpaid, cancellation);
        await Completion.ResolveIfPaidAsync(work, account with { Principal = left.Principal, Interest = left.Interest, Fees = left.Fees }, cancellation);
        return answer;
    }
}

/// <summary>How to confirm.</summary>
/// <param name="AcceptOverpayment">Take more than is owed; the excess is noted on the repayment, and the balance is zero.</param>
public sealed record RepaymentConfirmation(bool AcceptOverpayment = false);
