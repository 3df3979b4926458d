using System.Collections.Frozen;
using System.Globalization;
using System.Security.Claims;
using Agency.Api.Data;
using OpenIddict.Abstractions;
using OpenIddict.Validation;
using Claims = Agency.Api.Tenancy.Claims;

namespace Agency.Api.Identity;

/// <summary>
/// The access tokens that are worthless before they expire: revoked ones, and those of people and clients who were disabled or
/// whose credentials changed since. They are few, since a token lives ten minutes, so they are kept in memory and read again at
/// most every two seconds: no request looks its token up, and a revoked one works two seconds longer.
/// </summary>
public sealed class RevokedTokens(Database database, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(2);

    // Longer than an access token is taken, so that what changed before concerns none.
    private static readonly TimeSpan Concerned = TimeSpan.FromMinutes(30);

    private static readonly Sql Revoked = new("SELECT id FROM auth.token WHERE status = 'revoked' AND expires_at > @now");
    private static readonly Sql ChangedPeople = new("SELECT id, credential_version FROM auth.person WHERE credentials_changed_at > @since");
    private static readonly Sql ChangedClients = new("SELECT client_id, credential_version FROM auth.client WHERE credentials_changed_at > @since");

    private readonly SemaphoreSlim reading = new(1, 1);
    private Known known = new([], FrozenDictionary<string, int>.Empty);
    private long readAt = long.MinValue;

    /// <param name="principal">What the token says; one that says no version is another issuer's.</param>
    public async ValueTask<bool> ContainsAsync(Id token, ClaimsPrincipal principal, CancellationToken cancellation)
    {
        if (IsStale)
        {
            await ReadAsync(cancellation);
        }

        var (revoked, changed) = known;
        return revoked.Contains(token)
            || (changed.Count > 0
                && principal.FindFirstValue(OpenIddictConstants.Claims.Subject) is { } subject
                && changed.TryGetValue(subject, out var version)
                && int.TryParse(principal.FindFirstValue(Claims.CredentialVersion), NumberStyles.None, CultureInfo.InvariantCulture, out var given)
                && given < version);
    }

    public void Dispose() => reading.Dispose();

    private bool IsStale => Volatile.Read(ref readAt) is var at && (at == long.MinValue || clock.GetElapsedTime(at) >= GoodFor);

    private async Task ReadAsync(CancellationToken cancellation)
    {
        await reading.WaitAsync(cancellation);
        try
        {
            if (IsStale)
            {
                var started = clock.GetTimestamp();
                var now = clock.GetUtcNow();
                await using var session = await database.OpenIdentityAsync(write: false, cancellation);
                var revoked = await session.ListAsync<Id>(Revoked, new { now }, cancellation);
                var people = await session.ListAsync<ChangedPerson>(ChangedPeople, new { since = now - Concerned }, cancellation);
                var clients = await session.ListAsync<ChangedClient>(ChangedClients, new { since = now - Concerned }, cancellation);
                known = new Known(revoked.ToFrozenSet(), people.Select(person => (Subject: person.Id.ToString(), person.CredentialVersion))
                    .Concat(clients.Select(client => (client.ClientId, client.CredentialVersion)))
                    .ToFrozenDictionary(change => change.Item1, change => change.CredentialVersion, StringComparer.Ordinal));
                Volatile.Write(ref readAt, started);
            }
        }
        finally
        {
            reading.Release();
        }
    }

    private sealed record Known(FrozenSet<Id> Revoked, FrozenDictionary<string, int> Changed);

    private sealed record ChangedPerson(Id Id, int CredentialVersion);

    private sealed record ChangedClient(string ClientId, int CredentialVersion);
}

/// <summary>Refuses a revoked access token at the API's own door.</summary>
internal sealed class RefuseRevoked(RevokedTokens tokens) : IOpenIddictValidationHandler<OpenIddictValidationEvents.ValidateTokenContext>
{
    public async ValueTask HandleAsync(OpenIddictValidationEvents.ValidateTokenContext context)
    {
        if (context.Principal is { } principal && Id.TryRead(principal.GetTokenId(), out var id) && await tokens.ContainsAsync(id, principal, context.CancellationToken))
        {
            context.Reject(OpenIddictConstants.Errors.InvalidToken, "The token was revoked.");
        }
    }
}
