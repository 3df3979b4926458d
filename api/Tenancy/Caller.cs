using System.Security.Claims;
using Agency.Api.Data;

namespace Agency.Api.Tenancy;

/// <summary>The claims of an access token that say who is calling. Whoever issues tokens, these are all the service reads.</summary>
public static class Claims
{
    /// <summary>The tenant's id.</summary>
    public const string Tenant = "tenant";

    /// <summary>The person's id, absent for a client on its own.</summary>
    public const string Person = "person";

    /// <summary>The person's role within the tenant.</summary>
    public const string Role = "role";

    /// <summary>The client that the token was given to.</summary>
    public const string Client = "client_id";

    public const string Scope = "scope";

    /// <summary>The version of the credentials it was given by; only the service's own tokens have it. One given by an earlier version is worthless.</summary>
    public const string CredentialVersion = "credential_version";
}

/// <summary>A tenant, as a request knows it.</summary>
/// <param name="Number">The number that rows carry.</param>
/// <param name="Id">What the API shows.</param>
/// <param name="Code">The short name used to sign in and in addresses: <c>harbour</c>.</param>
public sealed record TenantInfo(int Number, Id Id, string Code, string Name, TenantKind Kind);

/// <summary>Who is calling: the tenant, and the client or the person of it.</summary>
public sealed record Caller(TenantInfo Tenant, string Client, Id? Person, string? Role)
{
    public TenantContext Context => new(Tenant.Number, Tenant.Kind, Person, Tenant.Kind == TenantKind.Agency ? Roles.SightOf(Role) : Sight.All);

    public bool IsBank => Tenant.Kind == TenantKind.Bank;
}

/// <summary>
/// Finds the caller of a request: the strategy is the token's claim, the store is <see cref="TenantStore"/>. Another tenancy
/// library would take the place of these two and nothing else.
/// </summary>
public sealed class CallerResolver(TenantStore tenants)
{
    /// <summary>The caller named by the token; null when it names no tenant that exists.</summary>
    public async ValueTask<Caller?> ResolveAsync(ClaimsPrincipal principal, CancellationToken cancellation)
    {
        if (!Id.TryRead(principal.FindFirstValue(Claims.Tenant), out var id) || await tenants.FindAsync(id, cancellation) is not { } tenant)
        {
            return null;
        }

        Id? person = Id.TryRead(principal.FindFirstValue(Claims.Person), out var personId) ? personId : null;
        return new Caller(tenant, principal.FindFirstValue(Claims.Client) ?? "", person, principal.FindFirstValue(Claims.Role));
    }
}
