using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using Agency.Api.Tenancy;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using Claims = Agency.Api.Tenancy.Claims;
using Names = OpenIddict.Abstractions.OpenIddictConstants;

namespace Agency.Api.Identity;

/// <summary>Makes the claims of a token, exactly those that <see cref="Claims"/> names.</summary>
public sealed class Principals(TenantStore tenants)
{
    // For the portal to show; nothing is decided by it.
    private const string TenantName = "tenant_name";

    /// <summary>A client on its own; null when it belongs to no tenant.</summary>
    public async ValueTask<ClaimsPrincipal?> ForClientAsync(Client client, IEnumerable<string> scopes, CancellationToken cancellation)
    {
        if (client.TenantId is not { } number || await tenants.FindAsync(number, cancellation) is not { } tenant)
        {
            return null;
        }

        var identity = NewIdentity(client.ClientId, tenant, client.CredentialVersion, scopes);
        identity.SetDestinations(static _ => [Names.Destinations.AccessToken]);
        return new ClaimsPrincipal(identity);
    }

    /// <summary>
    /// A person, with those of their role's scopes that were asked for: all of them when none was. Null when their tenant is gone.
    /// </summary>
    /// <param name="asked">The scopes asked for, those of the sign-in itself (openid, offline_access) among them.</param>
    public async ValueTask<ClaimsPrincipal?> ForPersonAsync(PersonAccount person, ImmutableArray<string> asked, CancellationToken cancellation)
    {
        if (await tenants.FindAsync(person.TenantId, cancellation) is not { } tenant)
        {
            return null;
        }

        var own = Roles.ScopesOf(tenant.Kind, person.Role) ?? [];
        var wanted = asked.Any(Scopes.All.ContainsKey) ? own.Where(scope => asked.Contains(scope, StringComparer.Ordinal)) : own;
        var identity = NewIdentity(person.Id.ToString(), tenant, person.CredentialVersion, [.. asked.Where(scope => !Scopes.All.ContainsKey(scope)), .. wanted]);
        identity.SetClaim(Claims.Person, person.Id.ToString());
        identity.SetClaim(Claims.Role, person.Role);
        identity.SetClaim(Names.Claims.Name, person.Name);
        identity.SetClaim(Names.Claims.Email, person.Email);
        identity.SetClaim(TenantName, tenant.Name);
        identity.SetDestinations(static claim => claim.Type switch
        {
            Names.Claims.Name or Names.Claims.Email or TenantName => [Names.Destinations.IdentityToken],
            Claims.Tenant or Claims.Role => [Names.Destinations.AccessToken, Names.Destinations.IdentityToken],
            _ => [Names.Destinations.AccessToken],
        });
        return new ClaimsPrincipal(identity);
    }

    private static ClaimsIdentity NewIdentity(string subject, TenantInfo tenant, int credentialVersion, IEnumerable<string> scopes)
    {
        var identity = new ClaimsIdentity(TokenValidationParameters.DefaultAuthenticationType, Names.Claims.Name, Claims.Role);
        identity.SetClaim(Names.Claims.Subject, subject);
        identity.SetClaim(Claims.Tenant, tenant.Id.ToString());
        identity.SetClaim(Claims.CredentialVersion, credentialVersion.ToString(CultureInfo.InvariantCulture));
        identity.SetScopes(scopes);
        return identity;
    }
}
