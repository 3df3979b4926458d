using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;

namespace Agency.Api.Holds;

/// <summary>Either side follows holds across all cases: raised and lifted; an agency those of its cases.</summary>
internal static class Changes
{
    private static readonly SidedSql Page = Feed.Of("hold");
    private static readonly Sql Things = Feed.Things(HoldRow.Columns, HoldRow.Tables, "h");

    public static Task<Page<Hold>> ReadAsync(Work work, Cursors cursors, HttpContext http, PageQuery page, string changedAfter, CancellationToken cancellation) =>
        Feed.ReadAsync(work, cursors, http, Page, page, changedAfter, events => FindAsync(work, events, cancellation), cancellation);

    /// <summary>Those that the events name, by id.</summary>
    public static async Task<IReadOnlyDictionary<Id, Hold>> FindAsync(Work work, IReadOnlyList<EventRow> events, CancellationToken cancellation) =>
        (await work.Db.ListAsync<HoldRow>(Things, Feed.Keys(events), cancellation)).ToDictionary(row => row.Id, row => row.View(work));
}
