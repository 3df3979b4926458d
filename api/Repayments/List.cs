using System.ComponentModel;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Repayments;

/// <summary>Either side lists repayments: all there are, those of one case, account or reference, or what changed.</summary>
internal static class List
{
    private static readonly SidedSql Page = new($$"""
        SELECT TOP (@take) {{RepaymentRow.Columns}}
        FROM {{RepaymentRow.Tables}}
        WHERE p.{side} = @tenant AND p.id > @after
        ORDER BY p.id
        """);

    private static readonly SidedSql Waiting = new($$"""
        SELECT TOP (@take) {{RepaymentRow.Columns}}
        FROM {{RepaymentRow.Tables}}
        WHERE p.{side} = @tenant AND p.id > @after
            AND w.repayment_id IS NULL AND x.repayment_id IS NULL
        ORDER BY p.id
        """);

    private static readonly SidedSql PageOfReference = new($$"""
        SELECT TOP (@take) {{RepaymentRow.Columns}}
        FROM {{RepaymentRow.Tables}}
        WHERE p.{side} = @tenant AND p.agency_reference = @reference AND p.id > @after
        ORDER BY p.id
        """);

    private static readonly Sql PageOfCase = new($"""
        SELECT TOP (@take) {RepaymentRow.Columns}
        FROM {RepaymentRow.Tables}
        WHERE p.bank_id = @bank AND p.case_id = @id AND p.id > @after
        ORDER BY p.id
        """);

    public static void Map(RouteGroupBuilder repayments) => repayments.MapGet("/", HandleAsync)
        .Describe("Repayments_List", Scopes.RepaymentsRead, "List repayments", "All repayments between the caller and its banks or agencies, in the order they were reported; with changed_after those that were reported or decided on since, as they are now.")
        .Returns<Page<Repayment>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, FeedProblems.Combined, RecordProblems.FiltersCombined, RecordProblems.AccountNumberAmbiguous);

    public static void MapOfCase(RouteGroupBuilder ofCase) => ofCase.MapGet("/", HandleOfCaseAsync)
        .Describe("Repayments_ListOfCase", Scopes.RepaymentsRead, "List a case's repayments", "The repayments reported under the case, in the order they were reported.")
        .Returns<Page<Repayment>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, CaseProblems.NotFound);

    private static async Task<Answer<Page<Repayment>>> HandleAsync(
        [AsParameters] PageQuery page, [AsParameters] RecordQuery query,
        [FromQuery(Name = "waiting"), Description("true for those alone that wait for the bank's answer.")] bool? waiting,
        Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        query.Check(waiting is true);
        if (query.ChangedAfter is not null && waiting is true)
        {
            throw FeedProblems.Combined.Refuse();
        }

        return Answer.Ok(query.ChangedAfter is { } place
            ? await Changes.ReadAsync(work, cursors, http, page, place, cancellation)
            : await RecordLists.ReadAsync<RepaymentRow, Repayment>(
                work, cursors, http, page, query, waiting is true ? Waiting : Page, PageOfReference, PageOfCase, row => (row.CaseId, row.Id), row => row.View(work), cancellation));
    }

    private static async Task<Answer<Page<Repayment>>> HandleOfCaseAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var found = await Cases.Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var rows = await work.Db.ListAsync<RepaymentRow>(PageOfCase, new { bank = found.Case.BankId, id, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(work)));
    }
}
