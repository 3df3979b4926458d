using System.Globalization;
using Agency.Api.Data;

namespace Agency.Tests.Isolation;

/// <summary>
/// Who may do something to a row, said twice over: as the SQL Server function (and its arguments) that must guard it, and as
/// a plain decision that the SQLite matrix and the functions' own bodies are compared with.
/// </summary>
/// <param name="Function">The inline function in the schema rls.</param>
/// <param name="Columns">The row's columns it is asked about.</param>
internal sealed partial record Rule(string Function, string[] Columns, Func<Facts, TenantContext?, object?[], bool> Decide)
{
    /// <summary>The tenant itself, whatever it is; who only counts has nothing of its own.</summary>
    public static readonly Rule Own = new("self", ["tenant_id"], (_, who, a) => who is not { Kind: TenantKind.Counter } && Is(who?.Tenant, a[0]));

    /// <summary>The tenant itself, and the trigger that writes an event's deliveries.</summary>
    public static readonly Rule Addressee = Own with { Function = "addressee", Decide = (facts, who, a) => (facts.ByFanOut && a[0] is not null) || Own.Decide(facts, who, a) };

    public static readonly Rule Operator = new("operator", ["tenant_id"], (_, who, _) => who is { Kind: TenantKind.Operator });
    public static readonly Rule Bank = new("bank", ["bank_id"], (_, who, a) => IsBank(who, a[0]));
    public static readonly Rule System = new("system", ["bank_id"], (_, who, a) => who is { Kind: TenantKind.System } && Is(who.Tenant, a[0]));
    public static readonly Rule Agency = new("agency", ["agency_id"], (_, who, a) => IsAgency(who, a[0]));

    /// <summary>The bank, and the agency once it is offered.</summary>
    public static readonly Rule Offered = new("offered", ["bank_id", "agency_id", "placing"], (_, who, a) => IsBank(who, a[0]) || (IsAgency(who, a[1]) && Is(a[2], 0)));

    public static readonly Rule Either = new("bank_or_agency", ["bank_id", "agency_id"], (_, who, a) => IsBank(who, a[0]) || IsAgency(who, a[1]));

    /// <summary>The operator all, a bank the agencies it could mandate, an agency the banks that mandated it, everyone itself.</summary>
    public static readonly Rule Directory = new("tenant", ["tenant_id", "kind"], (facts, who, a) =>
        who is { Kind: TenantKind.Operator }
        || Is(who?.Tenant, a[0])
        || (who is { Kind: TenantKind.Bank or TenantKind.System } && Text(a[1]) == "agency")
        || (who is { Kind: TenantKind.Agency } && Text(a[1]) == "bank" && facts.Agreements.Any(g => g.Agency == who.Tenant && Is(g.Bank, a[0]))));

    /// <summary>The own log, and what the other side did in a case: for the bank always, for an agency that sees all its work while the case is open.</summary>
    public static readonly Rule SharedAudit = new("shared_audit", ["tenant_id", "shared_with", "case_id"], (facts, who, a) =>
        Own.Decide(facts, who, a)
        || (who is { Kind: TenantKind.Bank } && Is(who.Tenant, a[1]))
        || (IsAgency(who, a[1]) && who!.Sight == Sight.All && facts.Cases.Any(c => !c.HasEnded && c.Agency == who.Tenant && Is(c.Bank, a[0]) && c.Case == Text(a[2]))));

    /// <summary>In the own log alone, and shared with nobody but the other side of an agreement.</summary>
    public static readonly Rule SharingAudit = new("sharing_audit", ["tenant_id", "shared_with"], (facts, who, a) =>
        Own.Decide(facts, who, a)
        && (a[1] is null
            || (who is { Kind: TenantKind.Bank or TenantKind.System } && facts.Agreements.Any(g => Is(g.Bank, a[0]) && Is(g.Agency, a[1])))
            || (who is { Kind: TenantKind.Agency } && facts.Agreements.Any(g => Is(g.Agency, a[0]) && Is(g.Bank, a[1])))));

    public static Rule Nobody(string column) => new("nobody", [column], (_, _, _) => false);

    public bool Allows(Facts facts, TenantContext? who, IReadOnlyDictionary<string, object?> row) =>
        Decide(facts, who, [.. Columns.Select(column => row.GetValueOrDefault(column))]);

    /// <summary>A stored value in one comparable form.</summary>
    public static string Text(object? value) => value switch
    {
        null => "∅",
        byte[] bytes => Convert.ToHexString(bytes),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static bool IsBank(TenantContext? who, object? bank) => who is { Kind: TenantKind.Bank or TenantKind.System } && Is(who.Tenant, bank);

    private static bool IsAgency(TenantContext? who, object? agency) => who is { Kind: TenantKind.Agency } && Is(who.Tenant, agency);

    private static bool Is(object? left, object? right) => left is not null && right is not null && Text(left) == Text(right);
}
