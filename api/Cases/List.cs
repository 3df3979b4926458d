using System.ComponentModel;
using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Cases;

/// <summary>Either side lists cases: a bank all of its own, an agency its open ones.</summary>
internal static class List
{
    private static readonly SidedSql Page = new($$"""
        SELECT TOP (@take) {{CaseRow.Columns}}, {{AccountRow.Columns}}
        FROM {{CaseRow.Tables}}
        WHERE c.{side} = @tenant AND c.id > @after
        ORDER BY c.id
        """);

    private static readonly SidedSql PageOfAssignment = new($$"""
        SELECT TOP (@take) {{CaseRow.Columns}}, {{AccountRow.Columns}}
        FROM {{CaseRow.Tables}}
        WHERE c.{side} = @tenant AND c.assignment_id = @assignmentId AND c.id > @after
        ORDER BY c.id
        """);

    public static void Map(RouteGroupBuilder cases) => cases.MapGet("/", HandleAsync)
        .Describe("Cases_List", Scopes.CasesRead, "List cases", "The bank's cases, or an agency's open ones, oldest first; with changed_after those that were made, moved or ended since, in that order and as they are now. An agency learns of an end by the events.")
        .Returns<Page<Case>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, FeedProblems.Combined);

    private static async Task<Answer<Page<Case>>> HandleAsync(
        [AsParameters] PageQuery page,
        [FromQuery(Name = "assignment_id"), Description("Only the cases of this assignment.")] Id? assignmentId,
        [FromQuery(Name = "changed_after"), Description("Only what changed since: start, or the changedAfter of the answer before. Ask again until it stays the same; one item may come twice.")] string? changedAfter,
        Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        if (changedAfter is not null)
        {
            return Answer.Ok(await Changes.ReadAsync(work, cursors, http, page, changedAfter, cancellation));
        }

        var sql = work.Side(assignmentId is null ? Page : PageOfAssignment);
        var rows = await CaseWithAccount.ListAsync(work, sql, new { tenant = work.Tenant, assignmentId, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Case.CaseId, row => row.View(work)));
    }
}
