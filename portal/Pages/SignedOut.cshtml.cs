using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Agency.Portal.Pages;

/// <summary>Where people land after signing out, after a session ended by itself, and when a sign-in came to nothing.</summary>
[AllowAnonymous]
public sealed class SignedOutModel : PageModel
{
    [FromQuery]
    public bool Failed { get; set; }

    [FromQuery]
    public bool Expired { get; set; }
}
