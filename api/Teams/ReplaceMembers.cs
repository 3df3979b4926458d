using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Identity;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Teams;

/// <summary>
/// An agency's manager says who is in a team. A person is in one team at most. Cases stay where they are: on the desk of their
/// collector and with the team that had them, until they are distributed again.
/// </summary>
internal static class ReplaceMembers
{
    private static readonly Sql Insert = new("""
        INSERT INTO team_member (agency_id, team_id, person_id, role, added_at)
        VALUES (@tenant, @id, @person, @role, @now)
        """);

    private static readonly Sql Delete = new("DELETE FROM team_member WHERE agency_id = @tenant AND team_id = @id AND person_id = @person");
    private static readonly Sql Touch = new("UPDATE team SET changed_at = @now WHERE agency_id = @tenant AND id = @id");

    public static void Map(RouteGroupBuilder teams) => teams.MapPut("/{id}/members", HandleAsync)
        .Describe("Teams_ReplaceMembers", Scopes.TeamsWrite, "Replace a team's members", "Says who is in the team from now on, provided nobody changed it since it was read. Cases stay with the team and the collector that have them.")
        .Returns<Team>()
        .Refuses(TeamProblems.PersonNotFound, TeamProblems.MemberElsewhere, TeamProblems.MemberRole)
        .On(Get.ReadAsync, TeamProblems.NotFound, Change.Lock);

    private static async Task<Answer<Team>> HandleAsync(Id id, TeamMembers members, Work work, People people, EvenSplit split, CancellationToken cancellation)
    {
        var team = await Get.ReadAsync(work, id, cancellation) ?? throw TeamProblems.NotFound.Refuse();
        var present = team.Members.Select(member => member.PersonId).ToHashSet();
        var wanted = members.PersonIds.ToHashSet();
        if (wanted.SetEquals(present))
        {
            return Answer.Ok(team);
        }

        foreach (var person in present.Except(wanted))
        {
            await work.Db.ExecuteAsync(Delete, new { tenant = work.Tenant, id, person }, cancellation);
        }

        foreach (var (index, person) in members.PersonIds.Index().Where(one => !present.Contains(one.Item)))
        {
            var role = await RoleOfAsync(work, people, person, index, cancellation);
            await work.Db.ExecuteAsync(Insert, new { tenant = work.Tenant, id, person, role, now = work.Now }, cancellation);
        }

        await work.Db.ExecuteAsync(Touch, new { tenant = work.Tenant, id, now = work.Now }, cancellation);
        await work.AuditAsync("team.members_replaced", id);
        work.AfterCommit(c => split.RunAsync(work.Tenant, default, c));
        return Answer.Ok((await Get.ReadAsync(work, id, cancellation))!);
    }

    private static async Task<string> RoleOfAsync(Work work, People people, Id person, int index, CancellationToken cancellation)
    {
        var pointer = $"/personIds/{index}";
        var found = await people.FindOfTenantAsync(work.Tenant, person, cancellation)
            ?? throw TeamProblems.PersonNotFound.Refuse(new FieldError(pointer, "not_found", TeamProblems.PersonNotFound.Title));
        if (found.Role is not ("collector" or "supervisor"))
        {
            throw TeamProblems.MemberRole.Refuse(new FieldError(pointer, "role", TeamProblems.MemberRole.Title));
        }

        return await Members.TeamOfAsync(work, person, cancellation) is null
            ? found.Role
            : throw TeamProblems.MemberElsewhere.Refuse(new FieldError(pointer, "elsewhere", $"{person} is in another team."));
    }
}

/// <summary>Who is in a team.</summary>
/// <param name="PersonIds">Up to 500 collectors and supervisors of the agency, each once; empty for nobody.</param>
public sealed record TeamMembers(IReadOnlyList<Id> PersonIds)
{
    private sealed class Rules : AbstractValidator<TeamMembers>
    {
        public Rules() => RuleFor(m => m.PersonIds)
            .Must(ids => ids.Count <= 500).WithMessage("At most 500 people.")
            .Must(ids => ids.Distinct().Count() == ids.Count).WithMessage("Each person once.");
    }
}
