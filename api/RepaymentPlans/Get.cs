using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.RepaymentPlans;

/// <summary>The bank, the agency that proposed it, and the one that has the account now, read a plan.</summary>
internal static class Get
{
    private static readonly Sql Find = new($"SELECT {RepaymentPlanRow.Columns} FROM repayment_plan AS l WHERE l.bank_id = @bank AND l.settlement_proposal_id = @id");
    private static readonly Sql Banks = new("SELECT DISTINCT bank_id FROM agreement WHERE agency_id = @tenant");

    public static void Map(RouteGroupBuilder plans) => plans.MapGet("/{id}", HandleAsync)
        .Describe("RepaymentPlans_Get", Scopes.SettlementProposalsRead, "Read a repayment plan", "What was agreed, and which of its payments are due, late and paid. The plan has the id of the settlement proposal it comes from.")
        .Returns<RepaymentPlan>()
        .On(ReadAsync, RepaymentPlanProblems.NotFound);

    internal static async Task<RepaymentPlan?> ReadAsync(Work work, Id id, CancellationToken cancellation)
    {
        // An agency knows a plan that another proposed by the account alone, so each of its banks is asked: they are few.
        IReadOnlyList<int> banks = work.Caller.IsBank ? [work.Tenant] : await work.Db.ListAsync<int>(Banks, new { tenant = work.Tenant }, cancellation);
        foreach (var bank in banks)
        {
            if (await FindAsync(work, bank, id, cancellation) is { } plan)
            {
                return plan.View(work);
            }
        }

        return null;
    }

    internal static Task<RepaymentPlanRow?> FindAsync(Work work, int bank, Id id, CancellationToken cancellation) =>
        work.Db.FindAsync<RepaymentPlanRow>(Find, new { bank, id }, cancellation);

    private static async Task<Answer<RepaymentPlan>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw RepaymentPlanProblems.NotFound.Refuse());
}
