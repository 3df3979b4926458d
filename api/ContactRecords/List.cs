using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.ContactRecords;

/// <summary>Either side lists the contact records of a case.</summary>
internal static class List
{
    private static readonly Sql Page = new($"""
        SELECT TOP (@take) {ContactRecordRow.Columns}
        FROM {ContactRecordRow.Tables}
        WHERE r.bank_id = @bank AND r.case_id = @id AND r.id > @after
        ORDER BY r.id
        """);

    public static void Map(RouteGroupBuilder ofCase) => ofCase.MapGet("/", HandleAsync)
        .Describe("ContactRecords_List", Scopes.ContactRecordsRead, "List a case's contact records", "All contact records of the case, in the order they were reported.")
        .Returns<Page<ContactRecord>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, CaseProblems.NotFound);

    private static async Task<Answer<Page<ContactRecord>>> HandleAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var found = await Cases.Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var rows = await work.Db.ListAsync<ContactRecordRow>(Page, new { bank = found.Case.BankId, id, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(work.PrivateFields)));
    }
}
