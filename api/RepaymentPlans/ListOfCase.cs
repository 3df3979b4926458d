using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.RepaymentPlans;

/// <summary>Whoever works a case reads what the bank has agreed on its account, whichever agency proposed it.</summary>
internal static class ListOfCase
{
    private static readonly Sql Page = new($"""
        SELECT TOP (@take) {RepaymentPlanRow.Columns}
        FROM repayment_plan AS l
        WHERE l.bank_id = @bank AND l.account_id = @account AND l.settlement_proposal_id > @after
        ORDER BY l.settlement_proposal_id
        """);

    public static void Map(RouteGroupBuilder ofCase) => ofCase.MapGet("/", HandleAsync)
        .Describe("RepaymentPlans_ListOfCase", Scopes.SettlementProposalsRead, "List the repayment plans of a case's account", "All that the bank has agreed on the account, oldest first, also under earlier cases and with other agencies: it binds whoever works the account now.")
        .Returns<Page<RepaymentPlan>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, CaseProblems.NotFound);

    private static async Task<Answer<Page<RepaymentPlan>>> HandleAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var found = await Cases.Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var rows = await work.Db.ListAsync<RepaymentPlanRow>(
            Page, new { bank = found.Case.BankId, account = found.Case.AccountId, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.SettlementProposalId, row => row.View(work)));
    }
}
