using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Assignments;

/// <summary>Either side lists the assignments between them.</summary>
internal static class List
{
    private static readonly SidedSql Page = new($$"""
        SELECT TOP (@take) {{AssignmentRow.Columns}}
        FROM {{AssignmentRow.Tables}}
        WHERE s.{side} = @tenant AND s.id > @after
        ORDER BY s.id
        """);

    public static void Map(RouteGroupBuilder assignments) => assignments.MapGet("/", HandleAsync)
        .Describe("Assignments_List", Scopes.AssignmentsRead, "List assignments", "The caller's assignments, oldest first.")
        .Returns<Page<Assignment>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static async Task<Answer<Page<Assignment>>> HandleAsync([AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var rows = await work.Db.ListAsync<AssignmentRow>(work.Side(Page), new { tenant = work.Tenant, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(work)));
    }
}
