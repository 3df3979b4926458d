using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;

namespace Agency.Api.Accounts;

/// <summary>
/// Either side follows what moves balances. An import's opening entries are no movements and not told here: they come with the
/// account, in the lists.
/// </summary>
internal static class LedgerChanges
{
    private static readonly SidedSql Page = Feed.Of("ledger_entry");
    private static readonly Sql Things = Feed.Things(LedgerEntryRow.Columns, LedgerEntryRow.Tables, "l", underAccount: true);

    public static Task<Page<LedgerEntry>> ReadAsync(Work work, Cursors cursors, HttpContext http, PageQuery page, string changedAfter, CancellationToken cancellation) =>
        Feed.ReadAsync(work, cursors, http, Page, page, changedAfter, events => FindAsync(work, events, cancellation), cancellation);

    /// <summary>Those that the events name, by id.</summary>
    public static async Task<IReadOnlyDictionary<Id, LedgerEntry>> FindAsync(Work work, IReadOnlyList<EventRow> events, CancellationToken cancellation) =>
        (await work.Db.ListAsync<LedgerEntryRow>(Things, Feed.Keys(events), cancellation)).ToDictionary(row => row.Id, row => row.View());
}
