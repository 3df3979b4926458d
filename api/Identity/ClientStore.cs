using System.Collections.Immutable;
using Agency.Api.Data;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Agency.Api.Identity;

/// <summary>A program that may ask for tokens: a tenant's own system, or the portal, which is nobody's and acts for people.</summary>
public sealed class Client
{
    public Id Id { get; init; }

    /// <summary>The number of the tenant it belongs to; null for the portal.</summary>
    public int? TenantId { get; init; }

    public string ClientId { get; init; } = "";

    /// <summary>The hash of its secret; a public client has none.</summary>
    public string? ClientSecret { get; init; }

    public string ClientType { get; init; } = ClientTypes.Confidential;

    public string DisplayName { get; init; } = "";

    /// <summary>What it was granted, in one string.</summary>
    public string Scopes { get; init; } = "";

    public string RedirectUriText { get; init; } = "";

    public string PostLogoutRedirectUriText { get; init; } = "";

    /// <summary>What was given under an earlier one is worthless.</summary>
    public int CredentialVersion { get; init; }

    public ImmutableArray<string> RedirectUris => Words(RedirectUriText);

    public ImmutableArray<string> PostLogoutRedirectUris => Words(PostLogoutRedirectUriText);

    public ImmutableArray<string> GrantedScopes => Words(Scopes);

    /// <summary>We ask nobody for consent: the portal is ours.</summary>
    public string ConsentType => ConsentTypes.Implicit;

    /// <summary>What OpenIddict lets it do follows from what it is.</summary>
    public ImmutableArray<string> Permissions => ClientType == ClientTypes.Public
        ? [
            OpenIddictConstants.Permissions.Endpoints.Authorization, OpenIddictConstants.Permissions.Endpoints.Token, OpenIddictConstants.Permissions.Endpoints.EndSession,
            OpenIddictConstants.Permissions.Endpoints.Revocation, OpenIddictConstants.Permissions.GrantTypes.AuthorizationCode,
            OpenIddictConstants.Permissions.GrantTypes.RefreshToken, OpenIddictConstants.Permissions.ResponseTypes.Code,
        ]
        : [OpenIddictConstants.Permissions.Endpoints.Token, OpenIddictConstants.Permissions.Endpoints.Revocation, OpenIddictConstants.Permissions.GrantTypes.ClientCredentials];

    private static ImmutableArray<string> Words(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}

/// <summary>
/// Finds the clients for OpenIddict; a disabled one is not there. It never makes one: that is <see cref="Tenants.Provisioning"/>'s and the
/// portal's.
/// </summary>
public sealed class ClientStore(Database database)
{
    private const string Columns = """
        id, tenant_id, client_id, secret_hash AS client_secret, client_type, name AS display_name, scopes,
        redirect_uris AS redirect_uri_text, post_logout_redirect_uris AS post_logout_redirect_uri_text, credential_version
        """;

    private static readonly Sql ById = new($"SELECT {Columns} FROM auth.client WHERE id = @id AND disabled_at IS NULL");
    private static readonly Sql ByClientId = new($"SELECT {Columns} FROM auth.client WHERE client_id = @identifier AND disabled_at IS NULL");
    private static readonly Sql Public = new($"SELECT {Columns} FROM auth.client WHERE tenant_id IS NULL AND client_type = 'public'");

    public async ValueTask<Client?> FindByIdAsync(string identifier, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenIdentityAsync(write: false, cancellationToken);
        return Id.TryRead(identifier, out var id) ? await session.FindAsync<Client>(ById, new { id }, cancellationToken) : null;
    }

    public async ValueTask<Client?> FindByClientIdAsync(string identifier, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenIdentityAsync(write: false, cancellationToken);
        return await session.FindAsync<Client>(ByClientId, new { identifier }, cancellationToken);
    }

    public IAsyncEnumerable<Client> FindByRedirectUriAsync(string uri, CancellationToken cancellationToken) =>
        WhereAsync(client => client.RedirectUris.Contains(uri, StringComparer.Ordinal), cancellationToken);

    public IAsyncEnumerable<Client> FindByPostLogoutRedirectUriAsync(string uri, CancellationToken cancellationToken) =>
        WhereAsync(client => client.PostLogoutRedirectUris.Contains(uri, StringComparer.Ordinal), cancellationToken);

    private async IAsyncEnumerable<Client> WhereAsync(Predicate<Client> matches, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var session = await database.OpenIdentityAsync(write: false, cancellation);
        foreach (var client in await session.ListAsync<Client>(Public, null, cancellation))
        {
            if (matches(client))
            {
                yield return client;
            }
        }
    }
}
