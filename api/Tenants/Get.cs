using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Tenants;

/// <summary>The operator reads a tenant.</summary>
internal static class Get
{
    private static readonly Sql Find = new($"SELECT {TenantRow.Columns} FROM tenant WHERE id = @id");

    public static void Map(RouteGroupBuilder tenants) => tenants.MapGet("/{id}", HandleAsync)
        .Describe("Tenants_Get", Scopes.TenantsRead, "Read a tenant", "One tenant of the service.")
        .Returns<Tenant>()
        .Refuses(HttpProblems.WrongTenantKind)
        .On(ReadAsync, TenantProblems.NotFound);

    internal static Task<TenantRow?> FindAsync(Work work, Id id, CancellationToken cancellation) =>
        work.Db.FindAsync<TenantRow>(Find, new { id }, cancellation);

    internal static async Task<Tenant?> ReadAsync(Work work, Id id, CancellationToken cancellation) =>
        (await FindAsync(work, id, cancellation))?.View;

    private static async Task<Answer<Tenant>> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Operator);
        return Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw TenantProblems.NotFound.Refuse());
    }
}
