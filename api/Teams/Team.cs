using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Teams;

/// <summary>People of an agency who work cases together: its supervisors see and distribute the team's cases.</summary>
/// <param name="Id">The team.</param>
/// <param name="Name">What the agency calls it.</param>
/// <param name="SplitsEvenly">Whether new cases are split evenly over its collectors.</param>
/// <param name="Members">Who is in it, in the order they were added to the agency.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ChangedAt">When its name, its members or its split last changed.</param>
public sealed record Team(Id Id, string Name, bool SplitsEvenly, IReadOnlyList<TeamMember> Members, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt);

/// <summary>Someone in a team.</summary>
/// <param name="PersonId">The person.</param>
/// <param name="Role">Collector or supervisor.</param>
public sealed record TeamMember(Id PersonId, string Role);

/// <summary>What can be wrong with a team or the people named for it.</summary>
public static class TeamProblems
{
    public static readonly Problem NotFound = new("team.not_found", 404, "There is no such team.", "团队不存在。");
    public static readonly Problem PersonNotFound = new("person.not_found", 404, "There is no such person.", "人员不存在。");
    public static readonly Problem MemberElsewhere = new("team.member_elsewhere", 409, "A person is in another team already.", "有人员已在其他团队。");
    public static readonly Problem MemberRole = new("team.member_role", 409, "Only collectors and supervisors are in teams.", "只有催收员和催收主管可加入团队。");
}

internal static class TeamRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var teams = v1.MapGroup("/teams").WithTags("Teams");
        Create.Map(teams);
        List.Map(teams);
        Get.Map(teams);
        Change.Map(teams);
        ReplaceMembers.Map(teams);

        var people = v1.MapGroup("/people").WithTags("People");
        ListOwnPeople.Map(people);
    }
}

/// <summary>A team as stored, without its members.</summary>
internal sealed record TeamRow(Id Id, string Name, bool SplitsEvenly, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt)
{
    public const string Columns = "id, name, splits_evenly, created_at, changed_at";

    public Team View(IEnumerable<MemberRow> members) => new(
        Id, Name, SplitsEvenly, [.. members.Where(member => member.TeamId == Id).Select(member => new TeamMember(member.PersonId, member.Role))], CreatedAt, ChangedAt);
}

/// <summary>A member as stored.</summary>
internal sealed record MemberRow(Id TeamId, Id PersonId, string Role);

/// <summary>Who is in which team.</summary>
internal static class Members
{
    private static readonly Sql OfTeams = new("""
        SELECT team_id, person_id, role
        FROM team_member
        WHERE agency_id = @tenant AND team_id >= @first AND team_id <= @last
        ORDER BY team_id, person_id
        """);

    private static readonly Sql OfAgency = new("SELECT team_id, person_id, role FROM team_member WHERE agency_id = @tenant");
    private static readonly Sql OfPerson = new("SELECT team_id FROM team_member WITH (UPDLOCK, HOLDLOCK) WHERE agency_id = @tenant AND person_id = @person");

    /// <summary>The members of the teams between these two, both included.</summary>
    public static Task<IReadOnlyList<MemberRow>> OfTeamsAsync(Work work, Id first, Id last, CancellationToken cancellation) =>
        work.Db.ListAsync<MemberRow>(OfTeams, new { tenant = work.Tenant, first, last }, cancellation);

    /// <summary>Everybody who is in a team.</summary>
    public static Task<IReadOnlyList<MemberRow>> OfAgencyAsync(Work work, CancellationToken cancellation) =>
        work.Db.ListAsync<MemberRow>(OfAgency, new { tenant = work.Tenant }, cancellation);

    /// <summary>The team a person is in; null when in none.</summary>
    public static Task<Id?> TeamOfAsync(Work work, Id person, CancellationToken cancellation) =>
        work.Db.FindAsync<Id?>(OfPerson, new { tenant = work.Tenant, person }, cancellation);
}
