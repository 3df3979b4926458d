using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Identity;
using Agency.Api.Teams;

namespace Agency.Api.Cases;

/// <summary>What can be wrong with a desk that a case is to lie on.</summary>
public static class DeskProblems
{
    public static readonly Problem NoDesk = new("person.has_no_desk", 409, "Only collectors and supervisors work cases.", "只有催收员和催收主管可办理案件。");
    public static readonly Problem NotInTeam = new("person.not_in_team", 409, "The person is not in this team.", "该人员不在此团队。");
    public static readonly Problem NoCollector = new("team.has_no_collector", 409, "The team has no collector.", "该团队没有催收员。");
    public static readonly Problem NotOwnTeam = new("team.not_own", 403, "A supervisor distributes within the own team.", "催收主管只能在本团队内分配案件。");
}

/// <summary>Who may be given cases by the caller: people of the agency who work cases; for a supervisor, those of the own team.</summary>
internal sealed class Receivers(Work work, People people)
{
    private static readonly Sql FindTeam = new("SELECT id FROM team WHERE agency_id = @tenant AND id = @id");

    private static readonly Sql Collectors = new("""
        SELECT person_id
        FROM team_member
        WHERE agency_id = @tenant AND team_id = @id AND role = 'collector'
        ORDER BY person_id
        """);

    /// <summary>The desk of a person, in the team they are in.</summary>
    public async Task<Desk> PersonAsync(Id person, CancellationToken cancellation)
    {
        var found = await people.FindOfTenantAsync(work.Tenant, person, cancellation) ?? throw TeamProblems.PersonNotFound.Refuse();
        if (found.Role is not ("collector" or "supervisor"))
        {
            throw DeskProblems.NoDesk.Refuse();
        }

        var team = await Members.TeamOfAsync(work, person, cancellation);
        await RequireOwnAsync(team, cancellation);
        return new Desk(person, team);
    }

    /// <summary>The desks of a team's collectors.</summary>
    public async Task<IReadOnlyList<Desk>> CollectorsAsync(Id team, CancellationToken cancellation)
    {
        await TeamAsync(team, cancellation);
        var collectors = await work.Db.ListAsync<Id>(Collectors, new { tenant = work.Tenant, id = team }, cancellation);
        return collectors.Count == 0 ? throw DeskProblems.NoCollector.Refuse() : [.. collectors.Select(person => new Desk(person, team))];
    }

    /// <summary>The desk of a team as a whole, with no collector yet.</summary>
    public async Task<Desk> TeamAsync(Id team, CancellationToken cancellation)
    {
        _ = await work.Db.FindAsync<Id?>(FindTeam, new { tenant = work.Tenant, id = team }, cancellation) ?? throw TeamProblems.NotFound.Refuse();
        await RequireOwnAsync(team, cancellation);
        return new Desk(null, team);
    }

    /// <summary>A supervisor takes from the own team and gives to it. The database refuses the rest too; this says so in words.</summary>
    public async Task RequireOwnAsync(Id? team, CancellationToken cancellation)
    {
        if (work.Caller is { Context.Sight: not Sight.All, Person: var me }
            && (team is null || me is null || await Members.TeamOfAsync(work, me.Value, cancellation) != team))
        {
            throw DeskProblems.NotOwnTeam.Refuse();
        }
    }
}
