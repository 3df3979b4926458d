using System.Collections.Concurrent;
using Agency.Api.Data;

namespace Agency.Api.Tenancy;

/// <summary>
/// The tenants there are. It crosses tenants, so it goes through the operator's door and hands out nothing but the tenant
/// itself. What a tenant is never changes, so what was read once stays true.
/// </summary>
public sealed class TenantStore(Database database)
{
    private static readonly TenantContext AnyTenant = new(0, TenantKind.Operator);

    private static readonly Sql ById = new("SELECT tenant_id AS number, id, code, name, kind FROM tenant WHERE id = @id");
    private static readonly Sql ByNumber = new("SELECT tenant_id AS number, id, code, name, kind FROM tenant WHERE tenant_id = @number");
    private static readonly Sql All = new("SELECT tenant_id AS number, id, code, name, kind FROM tenant ORDER BY tenant_id");

    private readonly ConcurrentDictionary<Id, TenantInfo> known = new();
    private readonly ConcurrentDictionary<int, TenantInfo> knownByNumber = new();

    public async ValueTask<TenantInfo?> FindAsync(Id id, CancellationToken cancellation) =>
        known.TryGetValue(id, out var tenant) ? tenant : Remember(await ReadAsync(ById, new { id }, cancellation));

    public async ValueTask<TenantInfo?> FindAsync(int number, CancellationToken cancellation) =>
        knownByNumber.TryGetValue(number, out var tenant) ? tenant : Remember(await ReadAsync(ByNumber, new { number }, cancellation));

    /// <summary>Every tenant, for work in the background that goes through them one by one.</summary>
    public async Task<IReadOnlyList<TenantInfo>> AllAsync(CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(AnyTenant, write: false, cancellation);
        var rows = await session.ListAsync<Row>(All, null, cancellation);
        return [.. rows.Select(row => Remember(row)!)];
    }

    public async Task<IEnumerable<TenantInfo>> BanksAsync(CancellationToken cancellation) =>
        (await AllAsync(cancellation)).Where(tenant => tenant.Kind == TenantKind.Bank);

    /// <summary>The operator; null in a service that has none yet.</summary>
    public async Task<TenantInfo?> OperatorAsync(CancellationToken cancellation) =>
        (await AllAsync(cancellation)).FirstOrDefault(tenant => tenant.Kind == TenantKind.Operator);

    private async Task<Row?> ReadAsync(Sql sql, object parameters, CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(AnyTenant, write: false, cancellation);
        return await session.FindAsync<Row>(sql, parameters, cancellation);
    }

    private TenantInfo? Remember(Row? row)
    {
        if (row is null)
        {
            return null;
        }

        var tenant = new TenantInfo(row.Number, row.Id, row.Code, row.Name, Enum.Parse<TenantKind>(row.Kind, ignoreCase: true));
        knownByNumber[tenant.Number] = tenant;
        return known[tenant.Id] = tenant;
    }

    private sealed record Row(int Number, Id Id, string Code, string Name, string Kind);
}
