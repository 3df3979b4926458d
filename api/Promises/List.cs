using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Promises;

/// <summary>Either side lists promises: all there are, those of one case, account or reference, or what changed.</summary>
internal static class List
{
    private static readonly SidedSql Page = new($$"""
        SELECT TOP (@take) {{PromiseRow.Columns}}
        FROM {{PromiseRow.Tables}}
        WHERE p.{side} = @tenant AND p.id > @after
        ORDER BY p.id
        """);

    private static readonly SidedSql PageOfReference = new($$"""
        SELECT TOP (@take) {{PromiseRow.Columns}}
        FROM {{PromiseRow.Tables}}
        WHERE p.{side} = @tenant AND p.agency_reference = @reference AND p.id > @after
        ORDER BY p.id
        """);

    private static readonly Sql PageOfCase = new($"""
        SELECT TOP (@take) {PromiseRow.Columns}
        FROM {PromiseRow.Tables}
        WHERE p.bank_id = @bank AND p.case_id = @id AND p.id > @after
        ORDER BY p.id
        """);

    public static void Map(RouteGroupBuilder promises) => promises.MapGet("/", HandleAsync)
        .Describe("Promises_List", Scopes.PromisesRead, "List promises", "All promises between the caller and its banks or agencies, in the order they were reported; with changed_after those that were reported, superseded, cancelled, kept or broken since, as they are now.")
        .Returns<Page<Promise>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, FeedProblems.Combined, RecordProblems.FiltersCombined, RecordProblems.AccountNumberAmbiguous);

    public static void MapOfCase(RouteGroupBuilder ofCase) => ofCase.MapGet("/", HandleOfCaseAsync)
        .Describe("Promises_ListOfCase", Scopes.PromisesRead, "List a case's promises", "The promises reported under the case, in the order they were reported.")
        .Returns<Page<Promise>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, CaseProblems.NotFound);

    private static async Task<Answer<Page<Promise>>> HandleAsync(
        [AsParameters] PageQuery page, [AsParameters] RecordQuery query, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        return Answer.Ok(query.ChangedAfter is { } place
            ? await Changes.ReadAsync(work, cursors, http, page, place, cancellation)
            : await RecordLists.ReadAsync<PromiseRow, Promise>(
                work, cursors, http, page, query, Page, PageOfReference, PageOfCase, row => (row.CaseId, row.Id), row => row.View(), cancellation));
    }

    private static async Task<Answer<Page<Promise>>> HandleOfCaseAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var found = await Cases.Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var rows = await work.Db.ListAsync<PromiseRow>(PageOfCase, new { bank = found.Case.BankId, id, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View()));
    }
}
