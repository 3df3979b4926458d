using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.SettlementProposals;
using Agency.Api.Tenancy;

namespace Agency.Api.EvidenceFiles;

/// <summary>Either side lists the evidence for a proposal; the agency while its case is open.</summary>
internal static class ListOfProposal
{
    // The range is one proposal: of an equal sign SQLite thinks that the bank's whole clustered key is as short a way.
    private static readonly Sql Page = new($"""
        SELECT TOP (@take) {EvidenceFileRow.Columns}
        FROM {EvidenceFileRow.Tables}
        WHERE e.bank_id = @bank AND e.settlement_proposal_id >= @id AND e.settlement_proposal_id <= @id AND e.id > @after
        ORDER BY e.settlement_proposal_id, e.id
        """);

    public static void Map(RouteGroupBuilder ofProposal) => ofProposal.MapGet("/", HandleAsync)
        .Describe("EvidenceFiles_ListOfProposal", Scopes.EvidenceFilesRead, "List a proposal's evidence", "What was sent as evidence for the proposal, in the order it was received.")
        .Returns<Page<EvidenceFile>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, SettlementProposalProblems.NotFound);

    /// <summary>All evidence for a proposal that the caller sees.</summary>
    internal static Task<IReadOnlyList<EvidenceFileRow>> AllAsync(Work work, int bank, Id proposal, CancellationToken cancellation) =>
        work.Db.ListAsync<EvidenceFileRow>(Page, new { bank, id = proposal, after = default(Id), take = int.MaxValue }, cancellation);

    private static async Task<Answer<Page<EvidenceFile>>> HandleAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var proposal = await SettlementProposals.Get.FindAsync(work, id, cancellation) ?? throw SettlementProposalProblems.NotFound.Refuse();
        var rows = await work.Db.ListAsync<EvidenceFileRow>(Page, new { bank = proposal.BankId, id, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(work)));
    }
}
