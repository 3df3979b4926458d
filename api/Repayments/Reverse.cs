using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Repayments;

/// <summary>Confirmed money went back: each bucket gets back what the repayment took off it.</summary>
internal static class Reverse
{
    private static readonly Sql TakenOff = new("""
        SELECT bucket, SUM(amount) AS amount
        FROM ledger_entry
        WHERE bank_id = @tenant AND account_id = @account AND cause_id = @id
        GROUP BY bucket
        """);

    private static readonly Sql FindResolution = new("SELECT resolution FROM account WHERE bank_id = @tenant AND id = @account");

    public static void Map(RouteGroupBuilder repayments) => repayments.MapPost("/{id}/reversal", HandleAsync)
        .Describe("Repayments_Reverse", Scopes.RepaymentsConfirm, "Reverse a repayment", "Confirmed money went back: a bounced payment, a mistake. The balance is restored bucket by bucket; an account that was paid in full can be assigned again.")
        .Returns<Repayment>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, RepaymentProblems.IsReported, RepaymentProblems.IsRejected, RepaymentProblems.IsReversed, RepaymentProblems.Settled)
        .On(Get.ReadAsync, RepaymentProblems.NotFound);

    private static async Task<Answer<Repayment>> HandleAsync(Id id, RejectionReason reversal, Work work, CancellationToken cancellation)
    {
        var (repayment, account) = await Decision.OpenAsync(work, id, RepaymentState.Confirmed, cancellation);
        var key = new { tenant = work.Tenant, account = account.Id, id };
        var resolution = Words.ReadOrNull<Resolution>(await work.Db.FindAsync<string>(FindResolution, key, cancellation));
        if (resolution == Resolution.SettledInFull)
        {
            throw RepaymentProblems.Settled.Refuse();
        }

        var taken = (await work.Db.ListAsync<Part>(TakenOff, key, cancellation)).ToDictionary(part => Words.Read<Bucket>(part.Bucket), part => part.Amount);
        var back = default(Allocation) - new Allocation(taken.GetValueOrDefault(Bucket.Principal), taken.GetValueOrDefault(Bucket.Interest), taken.GetValueOrDefault(Bucket.Fees));
        var owed = await Ledger.PostAsync(work, account, LedgerKind.Reversal, back, id, repayment.PaidOn);

        // Money that was all overpayment took nothing off the debt, so nothing is owed now either.
        if (resolution == Resolution.PaidInFull && owed.Total > 0)
        {
            await Ledger.ReleaseAsync(work, account.Id);
        }

        return await Decision.WriteAsync(work, repayment, RepaymentState.Reversed, reversal.Reason, overpaid: 0, cancellation);
    }

    private sealed record Part(string Bucket, long Amount);
}
