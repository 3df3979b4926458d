namespace Agency.Api.Data;

/// <summary>What a tenant is; <see cref="System"/> is background work done for one bank.</summary>
public enum TenantKind
{
    Operator,
    Bank,
    Agency,
    System,

    /// <summary>Counts a bank's contact records, whoever wrote them, and can do nothing else: the narrow door of the frequency rules.</summary>
    Counter,
}

/// <summary>How much of its agency's work a person sees. Whoever is no person of an agency sees all that its tenant does.</summary>
public enum Sight
{
    All,

    /// <summary>The cases of the person's team, and the own.</summary>
    Team,

    /// <summary>The cases on the person's own desk.</summary>
    Own,

    /// <summary>None of the work, but the notes of contact records: the narrow door of whoever reveals one after its case's end.</summary>
    Reveal,
}

/// <summary>For whom a connection works. The database compares every row with it; nothing is visible without it.</summary>
/// <param name="Tenant">The tenant's number, the one that rows carry.</param>
/// <param name="Kind">Decides which of a row's two tenants the number is compared with.</param>
/// <param name="Person">The person behind the request, when there is one.</param>
/// <param name="Sight">How much of the tenant's work that person sees.</param>
public sealed record TenantContext(int Tenant, TenantKind Kind, Id? Person = null, Sight Sight = Sight.All)
{
    public static TenantContext SystemFor(int bank) => new(bank, TenantKind.System);

    public static TenantContext CounterFor(int bank) => new(bank, TenantKind.Counter);

    internal string SightName => Sight switch
    {
        Sight.All => "all",
        Sight.Team => "team",
        Sight.Reveal => "reveal",
        _ => "own",
    };

    internal string KindName => Kind switch
    {
        TenantKind.Operator => "operator",
        TenantKind.Bank => "bank",
        TenantKind.Agency => "agency",
        TenantKind.System => "system",
        TenantKind.Counter => "counter",
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
