using Agency.Sdk;

namespace Agency.Portal.Pages.Tenants;

/// <summary>What a client can be granted, by the kind of its tenant. What it really gets the API decides.</summary>
public static class ClientScopes
{
    private static readonly string[] Operator = ["audit-log:read", "tenants:read", "tenants:write"];

    private static readonly string[] Bank =
    [
        "accounts:read", "agencies:read", "agreements:read", "agreements:write", "assignments:read", "assignments:write", "audit-log:read",
        "cases:read", "cases:recall", "contact-points:write", "contact-records:read", "debtors:erase", "events:read", "evidence-files:read",
        "holds:lift", "holds:read", "holds:write", "pii:read", "portfolios:read", "portfolios:write", "promises:read", "reconciliations:read",
        "repayments:confirm", "repayments:read", "settlement-proposals:approve", "settlement-proposals:read", "settlement-proposals:review",
        "statements:approve", "statements:read", "statements:write", "waivers:read", "waivers:write", "webhooks:read", "webhooks:write",
    ];

    private static readonly string[] Agency =
    [
        "accounts:read", "agreements:read", "assignments:answer", "assignments:read", "audit-log:read", "cases:distribute", "cases:read",
        "cases:return", "contact-points:write", "contact-records:read", "contact-records:write", "events:read", "evidence-files:read", "holds:read",
        "holds:write", "pii:read", "promises:read", "promises:write", "reconciliations:read", "repayments:read", "repayments:write",
        "settlement-proposals:read", "settlement-proposals:write", "statements:read", "statements:write", "teams:read", "teams:write",
        "webhooks:read", "webhooks:write",
    ];

    /// <summary>Every scope there is.</summary>
    public static IEnumerable<string> All => Operator.Concat(Bank).Concat(Agency).Distinct(StringComparer.Ordinal);

    public static IReadOnlyList<string> Of(TenantType kind) => kind.Value switch
    {
        "bank" => Bank,
        "agency" => Agency,
        _ => Operator,
    };

    /// <summary>The roles that people of such a tenant can have.</summary>
    public static IReadOnlyList<string> RolesOf(TenantType kind) => kind.Value switch
    {
        "bank" => ["analyst", "approver", "admin"],
        "agency" => ["collector", "supervisor", "manager"],
        _ => ["operator"],
    };
}
