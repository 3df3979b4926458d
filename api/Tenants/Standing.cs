using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Identity;

namespace Agency.Api.Tenants;

/// <summary>
/// Whether a person may sign in and a client may ask for tokens. Changing it ends what they were given before: sessions, codes and
/// refresh tokens at once, access tokens as soon as every instance has read it, some two seconds later.
/// </summary>
internal static class Standing
{
    private static readonly Sql FindPersonSql = new("""
        SELECT p.id, p.email, p.name, p.role, p.created_at, p.disabled_at
        FROM auth.person AS p WITH (UPDLOCK, HOLDLOCK)
        WHERE p.id = @id
        """);

    private static readonly Sql FindClientSql = new("""
        SELECT c.id, c.client_id, c.name, c.scopes, c.created_at, c.disabled_at
        FROM auth.client AS c WITH (UPDLOCK, HOLDLOCK)
        WHERE c.id = @id AND c.tenant_id IS NOT NULL
        """);

    private static readonly Sql SetPersonSql = new("""
        UPDATE auth.person
        SET disabled_at = @disabledAt, credential_version = credential_version + 1, credentials_changed_at = @now
        WHERE id = @id
        """);

    private static readonly Sql SetClientSql = new("""
        UPDATE auth.client
        SET disabled_at = @disabledAt, credential_version = credential_version + 1, credentials_changed_at = @now
        WHERE id = @id
        """);

    private static readonly Sql ReplaceCredentials = new("""
        UPDATE auth.person
        SET password_hash = @passwordHash, totp_cipher = NULL, totp_step = NULL, failed_count = 0, locked_until = NULL,
            credential_version = credential_version + 1, credentials_changed_at = @now
        WHERE id = @id
        """);

    private static readonly Sql DeleteRecoveryCodes = new("DELETE FROM auth.recovery_code WHERE person_id = @id");

    public static Task<Person?> FindPersonAsync(Work work, Id id, CancellationToken cancellation) =>
        work.Db.FindAsync<Person>(FindPersonSql, new { id }, cancellation);

    public static async Task<ApiClient?> FindClientAsync(Work work, Id id, CancellationToken cancellation) =>
        (await work.Db.FindAsync<ClientRow>(FindClientSql, new { id }, cancellation))?.View;

    /// <summary>Disables or enables a person, and writes it down.</summary>
    public static async Task<Person> SetAsync(Work work, Person person, DateTimeOffset? disabledAt, CancellationToken cancellation)
    {
        await work.Db.ExecuteAsync(SetPersonSql, new { person.Id, disabledAt, now = work.Now }, cancellation);
        await work.AuditAsync(disabledAt is null ? "person.enabled" : "person.disabled", person.Id);
        return person with { DisabledAt = disabledAt };
    }

    /// <summary>Disables or enables a client, and writes it down.</summary>
    public static async Task<ApiClient> SetAsync(Work work, ApiClient client, DateTimeOffset? disabledAt, CancellationToken cancellation)
    {
        await work.Db.ExecuteAsync(SetClientSql, new { client.Id, disabledAt, now = work.Now }, cancellation);
        await work.AuditAsync(disabledAt is null ? "client.enabled" : "client.disabled", client.Id, client.ClientId);
        return client with { DisabledAt = disabledAt };
    }

    /// <summary>Gives a person another password in place of all they proved themselves by, and writes it down.</summary>
    public static async Task ResetAsync(Work work, Person person, string password, Secrets secrets, CancellationToken cancellation)
    {
        await work.Db.ExecuteAsync(ReplaceCredentials, new { person.Id, passwordHash = secrets.Hash(password), now = work.Now }, cancellation);
        await work.Db.ExecuteAsync(DeleteRecoveryCodes, new { person.Id }, cancellation);
        await work.AuditAsync("person.sign_in_reset", person.Id);
    }

    internal sealed record ClientRow(Id Id, string ClientId, string Name, string Scopes, DateTimeOffset CreatedAt, DateTimeOffset? DisabledAt)
    {
        public ApiClient View => new(Id, ClientId, Name, Scopes.Split(' '), CreatedAt, DisabledAt);
    }
}
