using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;

namespace Agency.Api.Cases;

/// <summary>
/// Either side follows its cases: made, moved to another state or desk, ended. To an agency a case that has ended is no longer
/// there, so it is left out here; that it ended is told by its event. A balance moves by the entries of its ledger.
/// </summary>
internal static class Changes
{
    private static readonly SidedSql Page = Feed.Of("case");
    private static readonly Sql Things = Feed.Things($"{CaseRow.Columns}, {AccountRow.Columns}", CaseRow.Tables, "c");

    public static Task<Page<Case>> ReadAsync(Work work, Cursors cursors, HttpContext http, PageQuery page, string changedAfter, bool inFull, CancellationToken cancellation) =>
        Feed.ReadAsync(work, cursors, http, Page, page, changedAfter, events => FindAsync(work, events, inFull, cancellation), cancellation);

    private static async Task<IReadOnlyDictionary<Id, Case>> FindAsync(Work work, IReadOnlyList<EventRow> events, bool inFull, CancellationToken cancellation)
    {
        var rows = (await CaseWithAccount.ListAsync(work, Things, Feed.Keys(events), cancellation)).Where(row => row.IsShownTo(work)).ToList();
        var holds = await CaseWithAccount.HoldsAsync(work, rows, cancellation);
        return rows.ToDictionary(row => row.Case.CaseId, row => row.View(work, holds, inFull));
    }
}
