using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Teams;

/// <summary>An agency's lead reads a team.</summary>
internal static class Get
{
    private static readonly Sql Find = new($"SELECT {TeamRow.Columns} FROM team WHERE agency_id = @tenant AND id = @id");

    public static void Map(RouteGroupBuilder teams) => teams.MapGet("/{id}", HandleAsync)
        .Describe("Teams_Get", Scopes.TeamsRead, "Read a team", "One team of the agency with its members.")
        .Returns<Team>()
        .On(ReadAsync, TeamProblems.NotFound);

    internal static async Task<Team?> ReadAsync(Work work, Id id, CancellationToken cancellation) =>
        await work.Db.FindAsync<TeamRow>(Find, new { tenant = work.Tenant, id }, cancellation) is { } row
            ? row.View(await Members.OfTeamsAsync(work, id, id, cancellation))
            : null;

    private static async Task<Answer<Team>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw TeamProblems.NotFound.Refuse());
}
