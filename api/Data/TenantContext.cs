namespace Agency.Api.Data;

/// <summary>What a tenant is; <see cref="System"/> is background work done for one bank.</summary>
public enum TenantKind
{
    Operator,
    Bank,
    Agency,
    System,
}

/// <summary>For whom a connection works. The database compares every row with it; nothing is visible without it.</summary>
/// <param name="Tenant">The tenant's number, the one that rows carry.</param>
/// <param name="Kind">Decides which of a row's two tenants the number is compared with.</param>
/// <param name="Person">The person behind the request, when there is one.</param>
public sealed record TenantContext(int Tenant, TenantKind Kind, Id? Person = null)
{
    public static TenantContext SystemFor(int bank) => new(bank, TenantKind.System);

    internal string KindName => Kind switch
    {
        TenantKind.Operator => "operator",
        TenantKind.Bank => "bank",
        TenantKind.Agency => "agency",
        TenantKind.System => "system",
        _ => throw new InvalidOperationException($"No tenant kind {Kind}."),
    };
}

/// <summary>Which tables a connection reaches. Each is a role of its own on SQL Server, an authorizer of its own on SQLite.</summary>
public enum Door
{
    /// <summary>The business tables, row by row as the tenant context allows.</summary>
    Application,

    /// <summary>Sign-in, before a tenant is known: people, clients and tokens, and nothing of the business.</summary>
    Identity,

    /// <summary>The operator: tenants, people and clients. No debtor's data: the row rules give an operator none.</summary>
    Operator,
}
