using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Identity;
using Agency.Api.Tenancy;

namespace Agency.Api.Teams;

/// <summary>Someone who works for the caller's agency.</summary>
/// <param name="Id">The person.</param>
/// <param name="Name">What they are called.</param>
/// <param name="Role">Collector, supervisor or manager.</param>
/// <param name="TeamId">The team they are in.</param>
public sealed record Colleague(Id Id, string Name, string Role, Id? TeamId);

/// <summary>An agency's lead lists its people, to put them into teams and cases on their desks.</summary>
internal static class ListOwnPeople
{
    public static void Map(RouteGroupBuilder people) => people.MapGet("/", HandleAsync)
        .Describe("People_ListOwn", Scopes.TeamsRead, "List the agency's people", "Everybody who works for the caller's agency, in the order they were added, with the team they are in.")
        .Returns<Page<Colleague>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static async Task<Answer<Page<Colleague>>> HandleAsync(
        [AsParameters] PageQuery page, Work work, People people, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var rows = await people.ListOfTenantAsync(work.Tenant, cursors.After(http, work, page), page.Take, cancellation);
        var teams = (await Members.OfAgencyAsync(work, cancellation)).ToDictionary(member => member.PersonId, member => member.TeamId);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => new Colleague(row.Id, row.Name, row.Role, teams.TryGetValue(row.Id, out var team) ? team : null)));
    }
}
