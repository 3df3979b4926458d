using System.Globalization;
using System.Security.Claims;
using Agency.Api.Data;
using Microsoft.AspNetCore.Authentication;
using Claims = Agency.Api.Tenancy.Claims;

namespace Agency.Api.Identity;

/// <summary>Who proved what: the person, and the version of their credentials that they proved it by.</summary>
public sealed record SignedIn(Id Person, int CredentialVersion);

/// <summary>The browser's session with the sign-in page: a cookie that names the person and opens nothing but /connect/authorize and their own account's pages.</summary>
internal static class SignInSession
{
    public const string Scheme = "sign-in";

    public static Task BeginAsync(HttpContext http, SignedIn who) => http.SignInAsync(Scheme, new ClaimsPrincipal(new ClaimsIdentity(
        [new Claim(Claims.Person, who.Person.ToString()), new Claim(Claims.CredentialVersion, who.CredentialVersion.ToString(CultureInfo.InvariantCulture))], Scheme)));

    /// <summary>Whoever is signed in in this browser, when that is still good.</summary>
    public static async Task<PersonAccount?> FindPersonAsync(HttpContext http, People people, CancellationToken cancellation) =>
        Read((await http.AuthenticateAsync(Scheme)).Principal) is { } who ? await people.FindStandingAsync(who.Person, who.CredentialVersion, cancellation) : null;

    /// <summary>Whom a session, a code or a refresh token was given to.</summary>
    public static SignedIn? Read(ClaimsPrincipal? principal) =>
        principal is not null && Id.TryRead(principal.FindFirstValue(Claims.Person), out var id)
        && int.TryParse(principal.FindFirstValue(Claims.CredentialVersion), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? new SignedIn(id, version)
            : null;
}
