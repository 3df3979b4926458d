using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Assignments;

/// <summary>A bank closes an assignment whose cases have all ended.</summary>
internal static class Close
{
    private static readonly Sql HasOpenCase = new("""
        SELECT CASE WHEN EXISTS (SELECT 1 FROM [case] AS c WHERE c.bank_id = @tenant AND c.assignment_id = @id AND c.ended_at IS NULL) THEN 1 ELSE 0 END AS has_open_case
        """);

    private static readonly Sql End = new("UPDATE assignment SET ended_at = @now, ending = 'closed', released_at = @now WHERE bank_id = @tenant AND id = @id");

    public static void Map(RouteGroupBuilder assignments) => assignments.MapPost("/{id}/closure", HandleAsync)
        .Describe("Assignments_Close", Scopes.AssignmentsWrite, "Close an assignment", "Says that the assignment is over. Every case of it must have ended.")
        .Returns<Assignment>(StatusCodes.Status201Created)
        .Refuses(
            HttpProblems.WrongTenantKind, AssignmentProblems.IsPlacing, AssignmentProblems.IsSubmitted, AssignmentProblems.IsAcknowledged, AssignmentProblems.IsRejected,
            AssignmentProblems.IsVoided, AssignmentProblems.IsRecalled, AssignmentProblems.IsClosed, AssignmentProblems.HasOpenCases)
        .On(Get.ReadAsync, AssignmentProblems.NotFound);

    private static async Task<Answer<Assignment>> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        var row = await AssignmentEnd.OpenAsync(work, id, cancellation);
        row.Require(AssignmentState.Active);
        if (await work.Db.FindAsync<int>(HasOpenCase, new { tenant = work.Tenant, id }, cancellation) != 0)
        {
            throw AssignmentProblems.HasOpenCases.Refuse();
        }

        await work.Db.ExecuteAsync(End, new { tenant = work.Tenant, id, now = work.Now }, cancellation);
        await work.AuditAsync("assignment.closed", id);
        await work.EmitAsync(new("assignment.closed", id, work.Tenant, row.AgencyId));
        return Answer.Created($"/v1/assignments/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}
