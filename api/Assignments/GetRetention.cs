using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Assignments;

/// <summary>Either side reads how far a retention of an assignment has come.</summary>
internal static class GetRetention
{
    private static readonly SidedSql Find = new($"SELECT {Retention.Columns} FROM assignment_retention AS t WHERE t.{{side}} = @tenant AND t.id = @id");

    public static void Map(RouteGroupBuilder retentions) => retentions.MapGet("/{id}", HandleAsync)
        .Describe("Assignments_GetRetention", Scopes.AssignmentsRead, "Read a retention of an assignment", "How far it has come: `running` while it is asked for, or answered, case after case in the background.")
        .Returns<AssignmentRetention>()
        .On(ReadAsync, AssignmentProblems.RetentionNotFound);

    internal static async Task<AssignmentRetention?> ReadAsync(Work work, Id id, CancellationToken cancellation) =>
        (await work.Db.FindAsync<Retention>(work.Side(Find), new { tenant = work.Tenant, id }, cancellation))?.View();

    private static async Task<Answer<AssignmentRetention>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw AssignmentProblems.RetentionNotFound.Refuse());
}
