using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;

namespace Agency.Api.Repayments;

/// <summary>Either side follows repayments across all cases: what was reported, and what the bank decided.</summary>
internal static class Changes
{
    private static readonly SidedSql Page = Feed.Of("repayment");
    private static readonly Sql Things = Feed.Things(RepaymentRow.Columns, RepaymentRow.Tables, "p");

    public static Task<Page<Repayment>> ReadAsync(Work work, Cursors cursors, HttpContext http, PageQuery page, string changedAfter, CancellationToken cancellation) =>
        Feed.ReadAsync(work, cursors, http, Page, page, changedAfter, events => FindAsync(work, events, cancellation), cancellation);

    /// <summary>Those that the events name, by id.</summary>
    public static async Task<IReadOnlyDictionary<Id, Repayment>> FindAsync(Work work, IReadOnlyList<EventRow> events, CancellationToken cancellation) =>
        (await work.Db.ListAsync<RepaymentRow>(Things, Feed.Keys(events), cancellation)).ToDictionary(row => row.Id, row => row.View(work));
}
