using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using Errors = OpenIddict.Abstractions.OpenIddictConstants.Errors;
using PromptValues = OpenIddict.Abstractions.OpenIddictConstants.PromptValues;

namespace Agency.Api.Identity;

/// <summary>Gives the portal a code for the person who is signed in, sending them to the sign-in page first when nobody is.</summary>
internal static class ConnectAuthorize
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("/connect/authorize", [HttpMethods.Get, HttpMethods.Post], HandleAsync).ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(HttpContext http, People people, Principals principals, CancellationToken cancellation)
    {
        var request = http.GetOpenIddictServerRequest() ?? throw new InvalidOperationException("OpenIddict did not see the request.");
        var person = await SignInSession.FindPersonAsync(http, people, cancellation);
        if (person is null || request.HasPromptValue(PromptValues.Login))
        {
            return request.HasPromptValue(PromptValues.None)
                ? ConnectToken.Refuse(Errors.LoginRequired, "Nobody is signed in.")
                : Results.Challenge(new AuthenticationProperties { RedirectUri = AddressWithoutPrompt(http, request) }, [SignInSession.Scheme]);
        }

        var principal = await principals.ForPersonAsync(person, request.GetScopes(), cancellation);
        return principal is null
            ? ConnectToken.Refuse(Errors.AccessDenied, "The person's tenant is no longer here.")
            : Results.SignIn(principal, authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    // Coming back from the sign-in page with prompt=login would ask again for ever.
    private static string AddressWithoutPrompt(HttpContext http, OpenIddictRequest request) =>
        http.Request.PathBase + http.Request.Path + QueryString.Create(request.GetParameters()
            .Where(parameter => parameter.Key != OpenIddictConstants.Parameters.Prompt)
            .Select(parameter => KeyValuePair.Create(parameter.Key, (string?)parameter.Value)));
}

/// <summary>Ends the session on this side and sends the browser back to the portal.</summary>
internal static class ConnectLogout
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("/connect/logout", [HttpMethods.Get, HttpMethods.Post], (Delegate)HandleAsync).ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(HttpContext http)
    {
        await http.SignOutAsync(SignInSession.Scheme);
        return Results.SignOut(new AuthenticationProperties { RedirectUri = "/sign-in" }, [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
    }
}
