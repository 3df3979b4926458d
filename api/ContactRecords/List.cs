using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.ContactRecords;

/// <summary>Either side lists contact records: all there are, those of one case, account or reference, or what changed.</summary>
internal static class List
{
    private static readonly SidedSql Page = new($$"""
        SELECT TOP (@take) {{ContactRecordRow.Columns}}
        FROM {{ContactRecordRow.Tables}}
        WHERE r.{side} = @tenant AND r.id > @after
        ORDER BY r.id
        """);

    private static readonly SidedSql PageOfReference = new($$"""
        SELECT TOP (@take) {{ContactRecordRow.Columns}}
        FROM {{ContactRecordRow.Tables}}
        WHERE r.{side} = @tenant AND r.agency_reference = @reference AND r.id > @after
        ORDER BY r.id
        """);

    private static readonly Sql PageOfCase = new($"""
        SELECT TOP (@take) {ContactRecordRow.Columns}
        FROM {ContactRecordRow.Tables}
        WHERE r.bank_id = @bank AND r.case_id = @id AND r.id > @after
        ORDER BY r.id
        """);

    public static void Map(RouteGroupBuilder records) => records.MapGet("/", HandleAsync)
        .Describe("ContactRecords_List", Scopes.ContactRecordsRead, "List contact records", "All contact records between the caller and its banks or agencies, in the order they were reported; with changed_after those reported since.")
        .Returns<Page<ContactRecord>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, FeedProblems.Combined, RecordProblems.FiltersCombined, RecordProblems.AccountNumberAmbiguous);

    public static void MapOfCase(RouteGroupBuilder ofCase) => ofCase.MapGet("/", HandleOfCaseAsync)
        .Describe("ContactRecords_ListOfCase", Scopes.ContactRecordsRead, "List a case's contact records", "All contact records of the case, in the order they were reported.")
        .Returns<Page<ContactRecord>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, CaseProblems.NotFound);

    private static async Task<Answer<Page<ContactRecord>>> HandleAsync(
        [AsParameters] PageQuery page, [AsParameters] RecordQuery query, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        return Answer.Ok(query.ChangedAfter is { } place
            ? await Changes.ReadAsync(work, cursors, http, page, place, cancellation)
            : await RecordLists.ReadAsync<ContactRecordRow, ContactRecord>(
                work, cursors, http, page, query, Page, PageOfReference, PageOfCase, row => (row.CaseId, row.Id), row => row.View(work.PrivateFields), cancellation));
    }

    private static async Task<Answer<Page<ContactRecord>>> HandleOfCaseAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var found = await Cases.Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var rows = await work.Db.ListAsync<ContactRecordRow>(PageOfCase, new { bank = found.Case.BankId, id, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(work.PrivateFields)));
    }
}
