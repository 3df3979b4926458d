using System.Security.Claims;

namespace Agency.Portal.SignIn;

/// <summary>Who is signed in, as the authority said. Decides what is offered; what is allowed the API decides.</summary>
public static class Person
{
    private static readonly string[] OfAgency = ["collector", "supervisor", "manager"];
    private static readonly string[] OfBank = ["analyst", "approver", "admin"];

    /// <summary>The role; empty where the authority gave none.</summary>
    public static string Role(this ClaimsPrincipal user) => user.FindFirstValue("role") ?? "";

    /// <summary>The person's id; empty where the authority gave another kind of name.</summary>
    public static Guid Id(this ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue("sub"), out var id) ? id : Guid.Empty;

    public static bool IsOfAgency(this ClaimsPrincipal user) => OfAgency.Contains(user.Role(), StringComparer.Ordinal);

    public static bool IsOfBank(this ClaimsPrincipal user) => OfBank.Contains(user.Role(), StringComparer.Ordinal);

    /// <summary>Whether the person has one of these roles.</summary>
    public static bool Is(this ClaimsPrincipal user, params ReadOnlySpan<string> roles) => roles.Contains(user.Role());
}
