using Agency.Api.Data;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Agency.Api.Identity;

/// <summary>Where the portal is reached: sign-in sends people back there and nowhere else.</summary>
public sealed record PortalAddress(string BaseUrl)
{
    public static PortalAddress From(IConfiguration configuration) => new((configuration["Portal:BaseUrl"] ?? "http://localhost:5090").TrimEnd('/'));

    public string SignedIn => $"{BaseUrl}/signin-oidc";

    public string SignedOut => $"{BaseUrl}/signout-callback-oidc";

    /// <summary>Scheme, host and port alone, as a content security policy names it.</summary>
    public string Origin => new Uri(BaseUrl).GetLeftPart(UriPartial.Authority);
}

/// <summary>Registers the portal as a client at every start: a public one, since its users' browsers keep no secret of it, so PKCE proves it.</summary>
internal sealed class PortalClient(Database database, Ids ids, TimeProvider clock, PortalAddress address) : IHostedService
{
    public const string ClientId = "portal";

    private static readonly Sql Find = new("SELECT id FROM auth.client WITH (UPDLOCK, HOLDLOCK) WHERE client_id = @clientId");

    private static readonly Sql Insert = new("""
        INSERT INTO auth.client (id, client_id, client_type, name, scopes, redirect_uris, post_logout_redirect_uris, created_at)
        VALUES (@id, @clientId, @clientType, @name, '', @signedIn, @signedOut, @now)
        """);

    private static readonly Sql Update = new("""
        UPDATE auth.client
        SET redirect_uris = @signedIn, post_logout_redirect_uris = @signedOut
        WHERE id = @id
        """);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.OpenIdentityAsync(write: true, cancellationToken);
        if (await session.FindAsync<Id?>(Find, new { clientId = ClientId }, cancellationToken) is { } id)
        {
            await session.ExecuteAsync(Update, new { id, signedIn = address.SignedIn, signedOut = address.SignedOut }, cancellationToken);
        }
        else
        {
            await session.ExecuteAsync(Insert, new
            {
                id = ids.New(),
                clientId = ClientId,
                clientType = ClientTypes.Public,
                name = "Portal",
                signedIn = address.SignedIn,
                signedOut = address.SignedOut,
                now = clock.GetUtcNow(),
            }, cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
