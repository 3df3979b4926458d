using System.Collections.Immutable;
using Agency.Api.Data;
using OpenIddict.Abstractions;

namespace Agency.Api.Identity;

/// <summary>One sign-in of a person through a client, which OpenIddict calls an authorization: the tokens that come of it end together.</summary>
public sealed class SignIn
{
    public Id Id { get; init; }

    /// <summary>The client the person signed in through.</summary>
    public Id? ApplicationId { get; set; }

    public string? Subject { get; set; }

    public string? Type { get; set; }

    public string? Status { get; set; }

    public ImmutableArray<string> Scopes { get; set; } = [];

    public string ScopeText
    {
        get => string.Join(' ', Scopes);
        init => Scopes = [.. value.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
    }

    public DateTimeOffset? CreationDate { get; set; }

    public int Version { get; set; }
}

/// <summary>A sign-in that still opens something.</summary>
/// <param name="Client">What the client is called that the person signed in through.</param>
/// <param name="CreatedAt">Since when.</param>
internal sealed record StandingSignIn(string Client, DateTimeOffset CreatedAt);

/// <summary>Keeps the sign-ins for OpenIddict.</summary>
public sealed class SignInStore(Database database, Ids ids, TimeProvider clock)
{
    // What was given before the credentials changed is worthless, whatever its token says.
    private static readonly Sql StandingOf = new("""
        SELECT c.name AS client, s.created_at
        FROM auth.person AS p
        INNER JOIN auth.sign_in AS s ON s.subject = @subject
        INNER JOIN auth.client AS c ON c.id = s.client_id
        WHERE p.id = @person AND s.status = 'valid' AND (p.credentials_changed_at IS NULL OR s.created_at >= p.credentials_changed_at)
            AND EXISTS (SELECT 1 FROM auth.token AS t WHERE t.sign_in_id = s.id AND t.status = 'valid' AND t.expires_at > @now)
        """);

    private static readonly Sql ById = new("""
        SELECT id, client_id AS application_id, subject, type, status, scopes AS scope_text, created_at AS creation_date, version
        FROM auth.sign_in
        WHERE id = @id
        """);

    private static readonly Sql VersionOf = new("SELECT version FROM auth.sign_in WITH (UPDLOCK, HOLDLOCK) WHERE id = @id");

    private static readonly Sql Insert = new("""
        INSERT INTO auth.sign_in (id, client_id, subject, type, status, scopes, created_at, version)
        VALUES (@id, @applicationId, @subject, @type, @status, @scopeText, @creationDate, 0)
        """);

    private static readonly Sql Update = new("""
        UPDATE auth.sign_in
        SET client_id = @applicationId, subject = @subject, type = @type, status = @status, scopes = @scopeText, version = version + 1
        WHERE id = @id
        """);

    private static readonly Sql CountStale = new("""
        SELECT COUNT(*) FROM auth.sign_in AS s
        WHERE s.created_at < @before AND NOT EXISTS (SELECT 1 FROM auth.token AS t WHERE t.sign_in_id = s.id)
        """);

    private static readonly Sql DeleteStale = new("""
        DELETE FROM auth.sign_in
        WHERE created_at < @before AND NOT EXISTS (SELECT 1 FROM auth.token AS t WHERE t.sign_in_id = auth.sign_in.id)
        """);

    public ValueTask<SignIn> InstantiateAsync(CancellationToken cancellationToken) => new(new SignIn { Id = ids.New() });

    public async ValueTask CreateAsync(SignIn authorization, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenIdentityAsync(write: true, cancellationToken);
        await session.ExecuteAsync(Insert, ParametersOf(authorization), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <exception cref="OpenIddictExceptions.ConcurrencyException">Someone else changed or removed it since it was read.</exception>
    public async ValueTask UpdateAsync(SignIn authorization, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenIdentityAsync(write: true, cancellationToken);
        if (await session.FindAsync<int?>(VersionOf, new { authorization.Id }, cancellationToken) != authorization.Version)
        {
            throw new OpenIddictExceptions.ConcurrencyException("The sign-in was changed by another request.");
        }

        await session.ExecuteAsync(Update, ParametersOf(authorization), cancellationToken);
        await session.CommitAsync(cancellationToken);
        authorization.Version++;
    }

    public async ValueTask<SignIn?> FindByIdAsync(string identifier, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenIdentityAsync(write: false, cancellationToken);
        return Id.TryRead(identifier, out var id) ? await session.FindAsync<SignIn>(ById, new { id }, cancellationToken) : null;
    }

    /// <summary>The person's sign-ins of which a token is still good, in no order.</summary>
    internal async Task<IReadOnlyList<StandingSignIn>> ListStandingAsync(PersonAccount person, CancellationToken cancellation)
    {
        await using var session = await database.OpenIdentityAsync(write: false, cancellation);
        return await session.ListAsync<StandingSignIn>(StandingOf, new { person = person.Id, subject = person.Id.ToString(), now = clock.GetUtcNow() }, cancellation);
    }

    /// <summary>Forgets sign-ins older than the instant of which no token is left.</summary>
    public async ValueTask<long> PruneAsync(DateTimeOffset threshold, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenIdentityAsync(write: true, cancellationToken);
        var count = await session.FindAsync<long>(CountStale, new { before = threshold }, cancellationToken);
        await session.ExecuteAsync(DeleteStale, new { before = threshold }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return count;
    }

    // The list of scopes itself is not a value a statement takes.
    private static object ParametersOf(SignIn signIn) =>
        new { signIn.Id, signIn.ApplicationId, signIn.Subject, signIn.Type, signIn.Status, signIn.ScopeText, signIn.CreationDate };
}
