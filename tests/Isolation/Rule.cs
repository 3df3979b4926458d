using System.Globalization;
using Agency.Api.Data;

namespace Agency.Tests.Isolation;

/// <summary>An open case, as the read rules see it: whose work it is, on whose account and debtor.</summary>
internal sealed record OpenCase(long Bank, long Agency, string Case, string Account, string Debtor);

/// <summary>What the rules ask of the stored rows: which cases are open, which banks mandated which agencies.</summary>
internal sealed record Facts(IReadOnlyList<OpenCase> OpenCases, IReadOnlyList<(long Bank, long Agency)> Agreements);

/// <summary>
/// Who may do something to a row, said twice over: as the SQL Server function (and its arguments) that must guard it, and as
/// a plain decision that the SQLite matrix and the functions' own bodies are compared with.
/// </summary>
/// <param name="Function">The inline function in the schema rls.</param>
/// <param name="Columns">The row's columns it is asked about.</param>
internal sealed record Rule(string Function, string[] Columns, Func<Facts, TenantContext?, object?[], bool> Decide)
{
    public static readonly Rule Own = new("own", ["tenant_id"], (_, who, a) => Is(who?.Tenant, a[0]));
    public static readonly Rule Operator = new("operator", ["tenant_id"], (_, who, _) => who is { Kind: TenantKind.Operator });
    public static readonly Rule Bank = new("bank", ["bank_id"], (_, who, a) => IsBank(who, a[0]));
    public static readonly Rule System = new("system", ["bank_id"], (_, who, a) => who is { Kind: TenantKind.System } && Is(who.Tenant, a[0]));
    public static readonly Rule Agency = new("agency", ["agency_id"], (_, who, a) => IsAgency(who, a[0]));
    public static readonly Rule Either = new("bank_or_agency", ["bank_id", "agency_id"], (_, who, a) => IsBank(who, a[0]) || IsAgency(who, a[1]));

    /// <summary>The agency of the row while the case is open, and nobody else: reports.</summary>
    public static readonly Rule AgencyWithOpenCase = new("agency_with_open_case", ["bank_id", "agency_id", "case_id"], (facts, who, a) =>
        HasOpenCase(facts, who, a));

    /// <summary>The bank always, the agency of the row while the case is open: what it wrote down about the debtor.</summary>
    public static readonly Rule EitherWhileOpen = new("case_note", ["bank_id", "agency_id", "case_id"], (facts, who, a) =>
        IsBank(who, a[0]) || HasOpenCase(facts, who, a));

    /// <summary>The operator all, a bank the agencies it could mandate, an agency the banks that mandated it, everyone itself.</summary>
    public static readonly Rule Directory = new("tenant", ["tenant_id", "kind"], (facts, who, a) =>
        who is { Kind: TenantKind.Operator }
        || Is(who?.Tenant, a[0])
        || (who is { Kind: TenantKind.Bank or TenantKind.System } && Text(a[1]) == "agency")
        || (who is { Kind: TenantKind.Agency } && Text(a[1]) == "bank" && facts.Agreements.Any(g => g.Agency == who.Tenant && Is(g.Bank, a[0]))));

    public static Rule Nobody(string column) => new("nobody", [column], (_, _, _) => false);

    /// <summary>The bank, and the agency while it has an open case for that account.</summary>
    public static Rule Account(string column) => new("account", ["bank_id", column], (facts, who, a) =>
        IsBank(who, a[0]) || facts.OpenCases.Any(c => IsAgency(who, c.Agency) && Is(c.Bank, a[0]) && c.Account == Text(a[1])));

    /// <summary>The bank, and an agency while it has an open case for any account of that debtor.</summary>
    public static Rule Debtor(string column) => new("debtor", ["bank_id", column], (facts, who, a) =>
        IsBank(who, a[0]) || facts.OpenCases.Any(c => IsAgency(who, c.Agency) && Is(c.Bank, a[0]) && c.Debtor == Text(a[1])));

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

    private static bool HasOpenCase(Facts facts, TenantContext? who, object?[] a) =>
        IsAgency(who, a[1]) && facts.OpenCases.Any(c => Is(c.Agency, a[1]) && Is(c.Bank, a[0]) && c.Case == Text(a[2]));

    private static bool IsAgency(TenantContext? who, object? agency) => who is { Kind: TenantKind.Agency } && Is(who.Tenant, agency);

    private static bool Is(object? left, object? right) => left is not null && right is not null && Text(left) == Text(right);
}
