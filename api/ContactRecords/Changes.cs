using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;

namespace Agency.Api.ContactRecords;

/// <summary>Either side follows contact records across all cases: every record as it is reported.</summary>
internal static class Changes
{
    private static readonly SidedSql Page = Feed.Of("contact_record");
    private static readonly Sql Things = Feed.Things(ContactRecordRow.Columns, ContactRecordRow.Tables, "r");

    public static Task<Page<ContactRecord>> ReadAsync(Work work, Cursors cursors, HttpContext http, PageQuery page, string changedAfter, CancellationToken cancellation) =>
        Feed.ReadAsync(work, cursors, http, Page, page, changedAfter, events => FindAsync(work, events, cancellation), cancellation);

    /// <summary>Those that the events name, by id.</summary>
    public static async Task<IReadOnlyDictionary<Id, ContactRecord>> FindAsync(Work work, IReadOnlyList<EventRow> events, CancellationToken cancellation) =>
        (await work.Db.ListAsync<ContactRecordRow>(Things, Feed.Keys(events), cancellation)).ToDictionary(row => row.Id, row => row.View(work.PrivateFields));
}
