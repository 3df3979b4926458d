using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;

namespace Agency.Api.Promises;

/// <summary>Either side follows promises across all cases: what was promised, promised anew or taken back.</summary>
internal static class Changes
{
    private static readonly SidedSql Page = Feed.Of("promise");
    private static readonly Sql Things = Feed.Things(PromiseRow.Columns, PromiseRow.Tables, "p");

    public static Task<Page<Promise>> ReadAsync(Work work, Cursors cursors, HttpContext http, PageQuery page, string changedAfter, CancellationToken cancellation) =>
        Feed.ReadAsync(work, cursors, http, Page, page, changedAfter, events => FindAsync(work, events, cancellation), cancellation);

    /// <summary>Those that the events name, by id.</summary>
    public static async Task<IReadOnlyDictionary<Id, Promise>> FindAsync(Work work, IReadOnlyList<EventRow> events, CancellationToken cancellation) =>
        (await work.Db.ListAsync<PromiseRow>(Things, Feed.Keys(events), cancellation)).ToDictionary(row => row.Id, row => row.View());
}
