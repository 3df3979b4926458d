using System.Security.Claims;
using Agency.Portal.SignIn;

namespace Agency.Portal.Http;

/// <summary>A page of the main navigation.</summary>
/// <param name="Section">What pages under it name themselves by; its text is <c>nav.{Section}</c>.</param>
/// <param name="Page">The page it leads to.</param>
/// <param name="Roles">Who has a use for it.</param>
public sealed record NavigationEntry(string Section, string Page, IReadOnlyList<string> Roles);

/// <summary>Where people can go, by role, the most needed first: the first is where they land.</summary>
public static class Navigation
{
    private static readonly string[] Agency = ["collector", "supervisor", "manager"];
    private static readonly string[] Supervisors = ["supervisor", "manager"];
    private static readonly string[] Bank = ["analyst", "approver", "admin"];

    public static IReadOnlyList<NavigationEntry> All { get; } =
    [
        new("worklist", "/Worklist/List", Agency),
        new("repayments", "/Repayments/List", ["analyst"]),
        new("settlement_proposals", "/SettlementProposals/List", ["analyst", "approver"]),
        new("cases", "/Cases/List", [.. Agency, .. Bank]),
        new("portfolios", "/Portfolios/List", Bank),
        new("assignments", "/Assignments/List", Bank),
        new("agreements", "/Agreements/List", Bank),
        new("figures", "/Figures/Show", [.. Agency, .. Bank]),
        new("assignments", "/Assignments/ListReceived", Supervisors),
        new("waiting", "/Cases/Waiting", [.. Supervisors, "analyst"]),
        new("teams", "/Teams/List", Supervisors),
        new("tenants", "/Tenants/List", ["operator"]),
        new("webhooks", "/Webhooks/List", ["manager", "admin"]),
        new("audit", "/AuditLog/List", ["manager", "admin", "operator"]),
        new("me", "/People/Me", [.. Agency, .. Bank, "operator"]),
    ];

    public static IEnumerable<NavigationEntry> Of(ClaimsPrincipal user) => All.Where(entry => entry.Roles.Contains(user.Role(), StringComparer.Ordinal));
}
