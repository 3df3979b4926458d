using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;

namespace Agency.Api.SettlementProposals;

/// <summary>Either side follows settlement proposals across all cases: what was proposed, and what the bank decided.</summary>
internal static class Changes
{
    private static readonly SidedSql Page = Feed.Of("settlement_proposal");
    private static readonly Sql Things = Feed.Things(SettlementProposalRow.Columns, SettlementProposalRow.Tables, "p");

    public static Task<Page<SettlementProposal>> ReadAsync(Work work, Cursors cursors, HttpContext http, PageQuery page, string changedAfter, CancellationToken cancellation) =>
        Feed.ReadAsync(work, cursors, http, Page, page, changedAfter, events => FindAsync(work, events, cancellation), cancellation);

    /// <summary>Those that the events name, by id.</summary>
    public static async Task<IReadOnlyDictionary<Id, SettlementProposal>> FindAsync(Work work, IReadOnlyList<EventRow> events, CancellationToken cancellation) =>
        (await work.Db.ListAsync<SettlementProposalRow>(Things, Feed.Keys(events), cancellation)).ToDictionary(row => row.Id, row => row.View(work));
}
