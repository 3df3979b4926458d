using System.Security.Claims;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Agency.Portal.Pages.People;

/// <summary>Who is signed in, as the authority said, and how they want the portal to look.</summary>
public sealed class MeModel : PageModel
{
    public string? Name => User.FindFirstValue("name");

    public string? Email => User.FindFirstValue("email");

    public string? Role => User.FindFirstValue("role");

    /// <summary>The tenant's name, or its id where the authority gives no name.</summary>
    public string? Tenant => User.FindFirstValue("tenant_name") ?? User.FindFirstValue("tenant");
}
