using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Assignments;

/// <summary>Either side lists what was asked and answered about keeping an assignment's cases beyond its term.</summary>
internal static class ListRetentions
{
    private static readonly SidedSql Page = new($$"""
        SELECT TOP (@take) {{Retention.Columns}}
        FROM assignment_retention AS t
        WHERE t.{side} = @tenant AND t.assignment_id = @id AND t.id > @after
        ORDER BY t.id
        """);

    public static void Map(RouteGroupBuilder assignments) => assignments.MapGet("/{id}/retentions", HandleAsync)
        .Describe("Assignments_ListRetentions", Scopes.AssignmentsRead, "List an assignment's retentions", "What was asked and answered for all its cases at once, oldest first. What was asked and answered case by case is among each case's motions.")
        .Returns<Page<AssignmentRetention>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, AssignmentProblems.NotFound);

    private static async Task<Answer<Page<AssignmentRetention>>> HandleAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        _ = await Get.FindAsync(work, id, cancellation) ?? throw AssignmentProblems.NotFound.Refuse();
        var rows = await work.Db.ListAsync<Retention>(work.Side(Page), new { tenant = work.Tenant, id, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View()));
    }
}
