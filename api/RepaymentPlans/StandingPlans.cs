using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.RepaymentPlans;

/// <summary>What binds the bank on an account, whichever agency proposed it.</summary>
internal static class StandingPlans
{
    private static readonly Sql OfAccount = new($"""
        SELECT {RepaymentPlanRow.Columns}
        FROM repayment_plan AS l
        WHERE l.bank_id = @bank AND l.account_id = @account
        ORDER BY l.settlement_proposal_id
        """);

    /// <summary>All plans of an account, oldest first.</summary>
    public static Task<IReadOnlyList<RepaymentPlanRow>> OfAccountAsync(Work work, int bank, Id account, CancellationToken cancellation) =>
        work.Db.ListAsync<RepaymentPlanRow>(OfAccount, new { bank, account }, cancellation);

    /// <summary>One of them is approved or in force.</summary>
    public static async Task<bool> AnyAsync(Work work, int bank, Id account, DateOnly today, CancellationToken cancellation) =>
        (await OfAccountAsync(work, bank, account, cancellation))
            .Any(plan => RepaymentPlanRow.Standing(plan.Standing(), plan.PayBy, today) is RepaymentPlanState.Approved or RepaymentPlanState.InForce);
}
