using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Teams;

/// <summary>An agency's manager renames a team, or says whether new cases are split over its collectors.</summary>
internal static class Change
{
    internal static readonly Sql Lock = new("SELECT id FROM team WITH (UPDLOCK, HOLDLOCK) WHERE agency_id = @tenant AND id = @id");
    private static readonly Sql Update = new("UPDATE team SET name = @name, splits_evenly = @splitsEvenly, changed_at = @now WHERE agency_id = @tenant AND id = @id");

    public static void Map(RouteGroupBuilder teams) => teams.MapPatch("/{id}", HandleAsync)
        .Describe("Teams_Update", Scopes.TeamsWrite, "Change a team", "Changes what is sent and leaves the rest, provided nobody changed the team since it was read. A team that begins to split evenly gets its share of the open cases that nobody has had yet.")
        .Returns<Team>()
        .On(Get.ReadAsync, TeamProblems.NotFound, Lock);

    private static async Task<Answer<Team>> HandleAsync(Id id, TeamChange change, Work work, EvenSplit split, CancellationToken cancellation)
    {
        var team = await Get.ReadAsync(work, id, cancellation) ?? throw TeamProblems.NotFound.Refuse();
        await work.Db.ExecuteAsync(Update, new { tenant = work.Tenant, id, name = change.Name ?? team.Name, splitsEvenly = change.SplitsEvenly ?? team.SplitsEvenly, now = work.Now }, cancellation);
        await work.AuditAsync("team.changed", id);
        work.AfterCommit(c => split.RunAsync(work.Tenant, default, c));
        return Answer.Ok((await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>What to change of a team.</summary>
/// <param name="Name">The new name, 1 to 200 characters; as it is when absent.</param>
/// <param name="SplitsEvenly">Whether new cases are split evenly over its collectors; as it is when absent.</param>
public sealed record TeamChange(string? Name = null, bool? SplitsEvenly = null)
{
    private sealed class Rules : AbstractValidator<TeamChange>
    {
        public Rules() => RuleFor(t => t.Name).MinimumLength(1).MaximumLength(200);
    }
}
