using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using Errors = OpenIddict.Abstractions.OpenIddictConstants.Errors;

namespace Agency.Api.Identity;

/// <summary>
/// A client trades its secret, a person's authorization code or a refresh token for an access token. OpenIddict has checked
/// all of those by now; what is left is who it is for and what it may do.
/// </summary>
internal static class ConnectToken
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/connect/token", HandleAsync).ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(HttpContext http, ClientStore clients, People people, Principals principals, CancellationToken cancellation)
    {
        var request = http.GetOpenIddictServerRequest() ?? throw new InvalidOperationException("OpenIddict did not see the request.");
        return request.IsClientCredentialsGrantType()
            ? await ForClientAsync(request, clients, principals, cancellation)
            : await ForPersonAsync(http, people, principals, cancellation);
    }

    private static async Task<IResult> ForClientAsync(OpenIddictRequest request, ClientStore clients, Principals principals, CancellationToken cancellation)
    {
        var client = await clients.FindByClientIdAsync(request.ClientId!, cancellation);
        if (client is null)
        {
            return Refuse(Errors.InvalidClient, "There is no such client.");
        }

        var asked = request.GetScopes();
        if (asked.FirstOrDefault(scope => !client.GrantedScopes.Contains(scope, StringComparer.Ordinal)) is { } lacked)
        {
            return Refuse(Errors.InvalidScope, $"The client was not granted {lacked}.");
        }

        var principal = await principals.ForClientAsync(client, asked.IsEmpty ? client.GrantedScopes : asked, cancellation);
        return principal is null
            ? Refuse(Errors.UnauthorizedClient, "The client belongs to no tenant and acts only for people.")
            : Results.SignIn(principal, authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    // A code or a refresh token: the person is read again, so that rights taken away are gone within the life of one access token; new ones come with the next sign-in.
    private static async Task<IResult> ForPersonAsync(HttpContext http, People people, Principals principals, CancellationToken cancellation)
    {
        var earlier = (await http.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal;
        if (SignInSession.Read(earlier) is not { } who || await people.FindStandingAsync(who.Person, who.CredentialVersion, cancellation) is not { } person)
        {
            return Refuse(Errors.InvalidGrant, "The person may no longer sign in, or has to do so again.");
        }

        var principal = await principals.ForPersonAsync(person, earlier!.GetScopes(), cancellation);
        return principal is null
            ? Refuse(Errors.InvalidGrant, "The person's tenant is no longer here.")
            : Results.SignIn(principal, authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    /// <summary>A refusal as OAuth words it.</summary>
    internal static IResult Refuse(string error, string description) => Results.Forbid(
        new AuthenticationProperties(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
        }),
        [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
}
