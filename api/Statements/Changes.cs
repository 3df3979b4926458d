using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;

namespace Agency.Api.Statements;

/// <summary>Either side follows statements from draft to lock.</summary>
internal static class Changes
{
    private static readonly SidedSql Page = Feed.Of("statement");
    private static readonly Sql Things = Feed.Things(StatementRow.Columns, StatementRow.Tables, "s");

    public static Task<Page<Statement>> ReadAsync(Work work, Cursors cursors, HttpContext http, PageQuery page, string changedAfter, CancellationToken cancellation) =>
        Feed.ReadAsync(work, cursors, http, Page, page, changedAfter, events => FindAsync(work, events, cancellation), cancellation);

    private static async Task<IReadOnlyDictionary<Id, Statement>> FindAsync(Work work, IReadOnlyList<EventRow> events, CancellationToken cancellation) =>
        (await work.Db.ListAsync<StatementRow>(Things, Feed.Keys(events), cancellation)).ToDictionary(row => row.Id, row => row.View());
}
