using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Assignments;

/// <summary>Either side reads an assignment between them.</summary>
internal static class Get
{
    private static readonly SidedSql Find = new($"SELECT {AssignmentRow.Columns} FROM {AssignmentRow.Tables} WHERE s.{{side}} = @tenant AND s.id = @id");

    public static void Map(RouteGroupBuilder assignments) => assignments.MapGet("/{id}", HandleAsync)
        .Describe("Assignments_Get", Scopes.AssignmentsRead, "Read an assignment", "One assignment of the caller's: its figures, term and state.")
        .Returns<Assignment>()
        .On(ReadAsync, AssignmentProblems.NotFound);

    internal static async Task<Assignment?> ReadAsync(Work work, Id id, CancellationToken cancellation) =>
        (await FindAsync(work, id, cancellation))?.View(work);

    internal static Task<AssignmentRow?> FindAsync(Work work, Id id, CancellationToken cancellation) =>
        work.Db.FindAsync<AssignmentRow>(work.Side(Find), new { tenant = work.Tenant, id }, cancellation);

    private static async Task<Answer<Assignment>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw AssignmentProblems.NotFound.Refuse());
}
