using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Teams;

/// <summary>An agency's manager makes a team.</summary>
internal static class Create
{
    private static readonly Sql Insert = new("""
        INSERT INTO team (agency_id, id, name, splits_evenly, created_at, changed_at)
        VALUES (@tenant, @id, @name, @splitsEvenly, @now, @now)
        """);

    public static void Map(RouteGroupBuilder teams) => teams.MapPost("/", HandleAsync)
        .Describe("Teams_Create", Scopes.TeamsWrite, "Make a team", "Makes a team without members; choose them next.")
        .Returns<Team>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind);

    private static async Task<Answer<Team>> HandleAsync(NewTeam team, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        var id = work.NewId();
        await work.Db.ExecuteAsync(Insert, new { tenant = work.Tenant, id, name = team.Name, splitsEvenly = team.SplitsEvenly, now = work.Now }, cancellation);
        await work.AuditAsync("team.created", id);
        return Answer.Created($"/v1/teams/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>The team to make.</summary>
/// <param name="Name">What the agency calls it; 1 to 200 characters.</param>
/// <param name="SplitsEvenly">Whether new cases are split evenly over the collectors of this team and of the others that say so.</param>
public sealed record NewTeam(string Name, bool SplitsEvenly = false)
{
    private sealed class Rules : AbstractValidator<NewTeam>
    {
        public Rules() => RuleFor(t => t.Name).NotEmpty().MaximumLength(200);
    }
}
