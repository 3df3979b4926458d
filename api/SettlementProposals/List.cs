using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.SettlementProposals;

/// <summary>Either side lists settlement proposals: of one case, or all there are.</summary>
internal static class List
{
    private static readonly SidedSql Page = new($$"""
        SELECT TOP (@take) {{SettlementProposalRow.Columns}}
        FROM {{SettlementProposalRow.Tables}}
        WHERE p.{side} = @tenant AND p.id > @after
        ORDER BY p.id
        """);

    private static readonly Sql PageOfCase = new($"""
        SELECT TOP (@take) {SettlementProposalRow.Columns}
        FROM {SettlementProposalRow.Tables}
        WHERE p.bank_id = @bank AND p.case_id = @id AND p.id > @after
        ORDER BY p.id
        """);

    public static void Map(RouteGroupBuilder proposals) => proposals.MapGet("/", HandleAsync)
        .Describe("SettlementProposals_List", Scopes.SettlementProposalsRead, "List settlement proposals", "All proposals between the caller and its banks or agencies, in the order they were made.")
        .Returns<Page<SettlementProposal>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    public static void MapOfCase(RouteGroupBuilder ofCase) => ofCase.MapGet("/", HandleOfCaseAsync)
        .Describe("SettlementProposals_ListOfCase", Scopes.SettlementProposalsRead, "List a case's settlement proposals", "The proposals made under the case, in the order they were made.")
        .Returns<Page<SettlementProposal>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, CaseProblems.NotFound);

    private static async Task<Answer<Page<SettlementProposal>>> HandleAsync([AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var rows = await work.Db.ListAsync<SettlementProposalRow>(work.Side(Page), new { tenant = work.Tenant, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(work)));
    }

    private static async Task<Answer<Page<SettlementProposal>>> HandleOfCaseAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var found = await Cases.Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var rows = await work.Db.ListAsync<SettlementProposalRow>(PageOfCase, new { bank = found.Case.BankId, id, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(work)));
    }
}
