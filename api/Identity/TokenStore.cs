using Agency.Api.Data;
using OpenIddict.Abstractions;

namespace Agency.Api.Identity;

/// <summary>That a token was given: enough to know it is still good. Of codes alone the encrypted content is kept too, under the hash of the code.</summary>
public sealed class Token
{
    public Id Id { get; init; }

    /// <summary>The client it was given to.</summary>
    public Id? ApplicationId { get; set; }

    /// <summary>The sign-in it came of; none for a client on its own.</summary>
    public Id? AuthorizationId { get; set; }

    public string? Subject { get; set; }

    public string? Type { get; set; }

    public string? Status { get; set; }

    public DateTimeOffset? CreationDate { get; set; }

    public DateTimeOffset? ExpirationDate { get; set; }

    public DateTimeOffset? RedemptionDate { get; set; }

    /// <summary>The hash of the code that stands for the payload.</summary>
    public string? ReferenceId { get; set; }

    /// <summary>The encrypted content of a code.</summary>
    public string? Payload { get; set; }

    /// <summary>Counts the changes, so that of two who redeem one code at once the second is refused.</summary>
    public int Version { get; set; }
}

/// <summary>Keeps the tokens for OpenIddict.</summary>
public sealed class TokenStore(Database database, Ids ids)
{
    private const string Columns = """
        id, client_id AS application_id, sign_in_id AS authorization_id, subject, type, status,
        created_at AS creation_date, expires_at AS expiration_date, redeemed_at AS redemption_date, reference_id, payload, version
        """;

    private static readonly Sql ById = new($"SELECT {Columns} FROM auth.token WHERE id = @id");
    private static readonly Sql ByReference = new($"SELECT {Columns} FROM auth.token WHERE reference_id = @identifier");
    private static readonly Sql BySignIn = new($"SELECT {Columns} FROM auth.token WHERE sign_in_id = @id");
    private static readonly Sql VersionOf = new("SELECT version FROM auth.token WITH (UPDLOCK, HOLDLOCK) WHERE id = @id");
    private static readonly Sql CountOfSignIn = new("SELECT COUNT(*) FROM auth.token WHERE sign_in_id = @id AND status <> 'revoked'");
    private static readonly Sql RevokeSignIn = new("UPDATE auth.token SET status = 'revoked', version = version + 1 WHERE sign_in_id = @id AND status <> 'revoked'");

    private static readonly Sql Insert = new("""
        INSERT INTO auth.token (id, client_id, sign_in_id, subject, type, status, created_at, expires_at, redeemed_at, reference_id, payload, version)
        VALUES (@id, @applicationId, @authorizationId, @subject, @type, @status, @creationDate, @expirationDate, @redemptionDate, @referenceId, @payload, 0)
        """);

    private static readonly Sql Update = new("""
        UPDATE auth.token
        SET client_id = @applicationId, sign_in_id = @authorizationId, subject = @subject, type = @type, status = @status,
            expires_at = @expirationDate, redeemed_at = @redemptionDate, reference_id = @referenceId, payload = @payload, version = version + 1
        WHERE id = @id
        """);

    // A redeemed token stays until it would have expired: its second use is how a theft is noticed.
    private static readonly Sql CountStale = new("SELECT COUNT(*) FROM auth.token WHERE created_at < @before AND expires_at < @before");
    private static readonly Sql DeleteStale = new("DELETE FROM auth.token WHERE created_at < @before AND expires_at < @before");

    public ValueTask<Token> InstantiateAsync(CancellationToken cancellationToken) => new(new Token { Id = ids.New() });

    public async ValueTask CreateAsync(Token token, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenIdentityAsync(write: true, cancellationToken);
        await session.ExecuteAsync(Insert, token, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <exception cref="OpenIddictExceptions.ConcurrencyException">Someone else changed or removed it since it was read.</exception>
    public async ValueTask UpdateAsync(Token token, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenIdentityAsync(write: true, cancellationToken);
        if (await session.FindAsync<int?>(VersionOf, new { token.Id }, cancellationToken) != token.Version)
        {
            throw new OpenIddictExceptions.ConcurrencyException("The token was changed by another request.");
        }

        await session.ExecuteAsync(Update, token, cancellationToken);
        await session.CommitAsync(cancellationToken);
        token.Version++;
    }

    public async ValueTask<Token?> FindByIdAsync(string identifier, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenIdentityAsync(write: false, cancellationToken);
        return Id.TryRead(identifier, out var id) ? await session.FindAsync<Token>(ById, new { id }, cancellationToken) : null;
    }

    public async ValueTask<Token?> FindByReferenceIdAsync(string identifier, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenIdentityAsync(write: false, cancellationToken);
        return await session.FindAsync<Token>(ByReference, new { identifier }, cancellationToken);
    }

    public async IAsyncEnumerable<Token> FindByAuthorizationIdAsync(string identifier, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var session = await database.OpenIdentityAsync(write: false, cancellationToken);
        foreach (var token in await session.ListAsync<Token>(BySignIn, new { id = Id.Parse(identifier, null) }, cancellationToken))
        {
            yield return token;
        }
    }

    /// <summary>Revokes every token of a sign-in: it ended, or one of its tokens was used twice.</summary>
    public async ValueTask<long> RevokeByAuthorizationIdAsync(string identifier, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenIdentityAsync(write: true, cancellationToken);
        var signIn = new { id = Id.Parse(identifier, null) };
        var count = await session.FindAsync<long>(CountOfSignIn, signIn, cancellationToken);
        await session.ExecuteAsync(RevokeSignIn, signIn, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return count;
    }

    /// <summary>Forgets tokens that expired before the instant.</summary>
    public async ValueTask<long> PruneAsync(DateTimeOffset threshold, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenIdentityAsync(write: true, cancellationToken);
        var count = await session.FindAsync<long>(CountStale, new { before = threshold }, cancellationToken);
        await session.ExecuteAsync(DeleteStale, new { before = threshold }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return count;
    }
}
