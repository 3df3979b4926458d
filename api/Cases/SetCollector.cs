using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Identity;
using Agency.Api.Teams;
using Agency.Api.Tenancy;

namespace Agency.Api.Cases;

/// <summary>A manager, or the supervisor of the team, says who works a case.</summary>
internal static class SetCollector
{
    internal static readonly Sql Lock = new("SELECT id FROM [case] WITH (UPDLOCK, HOLDLOCK) WHERE agency_id = @tenant AND id = @id");

    public static void Map(RouteGroupBuilder cases) => cases.MapPut("/{id}/collector", HandleAsync)
        .Describe("Cases_SetCollector", Scopes.CasesDistribute, "Say who works a case", "Puts the case on the desk of a collector and their team, of a team alone, or takes it off its collector's. A collector sees no case but the own, a supervisor the team's, a manager all.")
        .Returns<Case>()
        .Refuses(HttpProblems.WrongTenantKind, TeamProblems.PersonNotFound, TeamProblems.NotFound, DeskProblems.NoDesk, DeskProblems.NotInTeam, DeskProblems.NotOwnTeam)
        .On(Get.ReadAsync, CaseProblems.NotFound, Lock);

    private static async Task<Answer<Case>> HandleAsync(Id id, CaseCollector collector, Work work, People people, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        var @case = await Desks.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var receivers = new Receivers(work, people);
        await receivers.RequireOwnAsync(@case.TeamId, cancellation);
        var desk = collector switch
        {
            { PersonId: { } person } => await receivers.PersonAsync(person, cancellation),
            { TeamId: { } team } => await receivers.TeamAsync(team, cancellation),
            _ => new Desk(null, @case.TeamId),
        };
        if (collector.TeamId is { } named && named != desk.Team)
        {
            _ = await receivers.TeamAsync(named, cancellation);
            throw DeskProblems.NotInTeam.Refuse();
        }

        await Desks.PlaceAsync(work, [(@case, desk)]);
        return Answer.Ok(await Get.ReadAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse());
    }
}

/// <summary>Whose desk a case lies on.</summary>
/// <param name="PersonId">The collector; the case is then their team's too. Absent: nobody's, and the case stays with the team.</param>
/// <param name="TeamId">The team; when a person is named as well it must be theirs.</param>
public sealed record CaseCollector(Id? PersonId = null, Id? TeamId = null);
