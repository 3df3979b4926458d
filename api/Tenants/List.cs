using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Tenants;

/// <summary>The operator lists the tenants.</summary>
internal static class List
{
    private static readonly Sql Page = new($"""
        SELECT TOP (@take) {TenantRow.Columns}
        FROM tenant
        WHERE id > @after
        ORDER BY id
        """);

    public static void Map(RouteGroupBuilder tenants) => tenants.MapGet("/", HandleAsync)
        .Describe("Tenants_List", Scopes.TenantsRead, "List tenants", "All tenants of the service, oldest first.")
        .Returns<Page<Tenant>>()
        .Refuses(HttpProblems.WrongTenantKind, HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static async Task<Answer<Page<Tenant>>> HandleAsync([AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        work.Require(TenantKind.Operator);
        var rows = await work.Db.ListAsync<TenantRow>(Page, new { after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View));
    }
}
