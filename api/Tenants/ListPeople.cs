using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Tenants;

/// <summary>The operator lists a tenant's people.</summary>
internal static class ListPeople
{
    private static readonly Sql Page = new("""
        SELECT TOP (@take) id, email, name, role, created_at, disabled_at
        FROM auth.person
        WHERE tenant_id = @tenant AND id > @after
        ORDER BY id
        """);

    public static void Map(RouteGroupBuilder people) => people.MapGet("/", HandleAsync)
        .Describe("People_List", Scopes.TenantsRead, "List a tenant's people", "The people of one tenant, in the order they were added.")
        .Returns<Page<Person>>()
        .Refuses(HttpProblems.WrongTenantKind, HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid)
        .On(Get.ReadAsync, TenantProblems.NotFound);

    private static async Task<Answer<Page<Person>>> HandleAsync(Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        work.Require(TenantKind.Operator);
        var tenant = await Get.FindAsync(work, id, cancellation) ?? throw TenantProblems.NotFound.Refuse();
        var rows = await work.Db.ListAsync<Person>(Page, new { tenant = tenant.TenantId, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row));
    }
}
