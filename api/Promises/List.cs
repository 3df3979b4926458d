using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Promises;

/// <summary>Either side lists the promises of a case.</summary>
internal static class List
{
    private static readonly Sql PageOfCase = new($"""
        SELECT TOP (@take) {PromiseRow.Columns}
        FROM {PromiseRow.Tables}
        WHERE p.bank_id = @bank AND p.case_id = @id AND p.id > @after
        ORDER BY p.id
        """);

    public static void MapOfCase(RouteGroupBuilder ofCase) => ofCase.MapGet("/", HandleOfCaseAsync)
        .Describe("Promises_ListOfCase", Scopes.PromisesRead, "List a case's promises", "The promises made under the case, in the order they were reported.")
        .Returns<Page<Promise>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, CaseProblems.NotFound);

    private static async Task<Answer<Page<Promise>>> HandleOfCaseAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var found = await Cases.Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var rows = await work.Db.ListAsync<PromiseRow>(PageOfCase, new { bank = found.Case.BankId, id, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View()));
    }
}
