using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Agencies;

/// <summary>A bank lists the agencies.</summary>
internal static class List
{
    private static readonly Sql Page = new("""
        SELECT TOP (@take) id, code, name, agency_kind
        FROM tenant
        WHERE kind = 'agency' AND id > @after
        ORDER BY id
        """);

    public static void Map(RouteGroupBuilder agencies) => agencies.MapGet("/", HandleAsync)
        .Describe("Agencies_List", Scopes.AgenciesRead, "List agencies", "The agencies that the bank can mandate, oldest first.")
        .Returns<Page<AgencyProfile>>()
        .Refuses(HttpProblems.WrongTenantKind, HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static async Task<Answer<Page<AgencyProfile>>> HandleAsync([AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var rows = await work.Db.ListAsync<Get.Row>(Page, new { after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View));
    }
}
