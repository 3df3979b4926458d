using System.Security.Claims;
using Agency.Api.Data;
using Microsoft.AspNetCore.Authentication;
using Claims = Agency.Api.Tenancy.Claims;

namespace Agency.Api.Identity;

/// <summary>The browser's session with the sign-in page: a cookie that names the person and opens nothing but /connect/authorize.</summary>
internal static class SignInSession
{
    public const string Scheme = "sign-in";

    public static Task BeginAsync(HttpContext http, PersonAccount person) =>
        http.SignInAsync(Scheme, new ClaimsPrincipal(new ClaimsIdentity([new Claim(Claims.Person, person.Id.ToString())], Scheme)));

    public static Id? PersonOf(ClaimsPrincipal? principal) =>
        Id.TryRead(principal?.FindFirstValue(Claims.Person), out var id) ? id : null;
}
