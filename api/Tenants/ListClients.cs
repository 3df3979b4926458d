using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Tenants;

/// <summary>The operator lists a tenant's clients.</summary>
internal static class ListClients
{
    private static readonly Sql Page = new("""
        SELECT TOP (@take) id, client_id, name, scopes, created_at, disabled_at
        FROM auth.client
        WHERE tenant_id = @tenant AND id > @after
        ORDER BY id
        """);

    public static void Map(RouteGroupBuilder clients) => clients.MapGet("/", HandleAsync)
        .Describe("Clients_List", Scopes.TenantsRead, "List a tenant's clients", "The clients of one tenant, oldest first, without their secrets: those are known to nobody.")
        .Returns<Page<ApiClient>>()
        .Refuses(HttpProblems.WrongTenantKind, HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid)
        .On(Get.ReadAsync, TenantProblems.NotFound);

    private static async Task<Answer<Page<ApiClient>>> HandleAsync(Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        work.Require(TenantKind.Operator);
        var tenant = await Get.FindAsync(work, id, cancellation) ?? throw TenantProblems.NotFound.Refuse();
        var rows = await work.Db.ListAsync<Standing.ClientRow>(Page, new { tenant = tenant.TenantId, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View));
    }
}
