using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Teams;

/// <summary>An agency's lead lists its teams.</summary>
internal static class List
{
    private static readonly Sql Page = new($"""
        SELECT TOP (@take) {TeamRow.Columns}
        FROM team
        WHERE agency_id = @tenant AND id > @after
        ORDER BY id
        """);

    public static void Map(RouteGroupBuilder teams) => teams.MapGet("/", HandleAsync)
        .Describe("Teams_List", Scopes.TeamsRead, "List teams", "The agency's teams with their members, oldest first.")
        .Returns<Page<Team>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static async Task<Answer<Page<Team>>> HandleAsync([AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var rows = await work.Db.ListAsync<TeamRow>(Page, new { tenant = work.Tenant, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        var members = rows.Count == 0 ? [] : await Members.OfTeamsAsync(work, rows[0].Id, rows[^1].Id, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(members)));
    }
}
