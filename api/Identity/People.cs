using Agency.Api.Data;

namespace Agency.Api.Identity;

/// <summary>A person as sign-in knows them.</summary>
/// <param name="TenantId">The number of the tenant they work for.</param>
/// <param name="Email">What they sign in with.</param>
/// <param name="CredentialVersion">What was given under an earlier one is worthless.</param>
/// <param name="TotpCipher">The secret of their codes; null for whoever signs in by password alone.</param>
/// <param name="TotpStep">The time step of the last code they used.</param>
public sealed record PersonAccount(
    Id Id, int TenantId, string Email, string Name, string Role, string PasswordHash, int FailedCount, DateTimeOffset? LockedUntil,
    int CredentialVersion, DateTimeOffset? DisabledAt, byte[]? TotpCipher, long? TotpStep)
{
    internal const string Columns = """
        id, tenant_id, email, name, role, password_hash, failed_count, locked_until, credential_version, disabled_at, totp_cipher, totp_step
        """;

    /// <summary>A person whose credentials are about to change or be counted against.</summary>
    internal static readonly Sql ByIdForUpdate = new($"SELECT {Columns} FROM auth.person WITH (UPDLOCK, HOLDLOCK) WHERE id = @id");

    public bool HasCode => TotpCipher is not null;
}

/// <summary>A person as their own tenant knows them.</summary>
public sealed record PersonOfTenant(Id Id, string Name, string Role);

/// <summary>Finds people for sign-in, and for their own tenant.</summary>
public sealed class People(Database database)
{
    private static readonly Sql ById = new($"SELECT {PersonAccount.Columns} FROM auth.person WHERE id = @id");
    private static readonly Sql OfTenant = new("SELECT id, name, role FROM auth.person WHERE tenant_id = @tenant AND id = @id");

    private static readonly Sql PageOfTenant = new("""
        SELECT TOP (@take) id, name, role
        FROM auth.person
        WHERE tenant_id = @tenant AND id > @after
        ORDER BY id
        """);

    /// <summary>E-mail addresses are compared without regard to case and surrounding space.</summary>
    public static string Normalise(string email) => email.Trim().ToLowerInvariant();

    /// <summary>The person something was given to, when it is still good: they are not disabled, and their credentials did not change since.</summary>
    public async Task<PersonAccount?> FindStandingAsync(Id id, int credentialVersion, CancellationToken cancellation)
    {
        await using var session = await database.OpenIdentityAsync(write: false, cancellation);
        return await session.FindAsync<PersonAccount>(ById, new { id }, cancellation) is { DisabledAt: null } person && person.CredentialVersion == credentialVersion ? person : null;
    }

    /// <summary>Someone who works for this tenant; null for everybody else, whether they exist or not.</summary>
    public async Task<PersonOfTenant?> FindOfTenantAsync(int tenant, Id id, CancellationToken cancellation)
    {
        await using var session = await database.OpenIdentityAsync(write: false, cancellation);
        return await session.FindAsync<PersonOfTenant>(OfTenant, new { tenant, id }, cancellation);
    }

    /// <summary>Those of the ids that are of people who work for this tenant.</summary>
    public async Task<IReadOnlySet<Id>> AmongAsync(int tenant, IReadOnlyCollection<Id> ids, CancellationToken cancellation)
    {
        HashSet<Id> found = [];
        if (ids.Count == 0)
        {
            return found;
        }

        await using var session = await database.OpenIdentityAsync(write: false, cancellation);
        foreach (var id in ids)
        {
            if (await session.FindAsync<PersonOfTenant>(OfTenant, new { tenant, id }, cancellation) is not null)
            {
                found.Add(id);
            }
        }

        return found;
    }

    /// <summary>Those who work for this tenant, in the order they were added.</summary>
    public async Task<IReadOnlyList<PersonOfTenant>> ListOfTenantAsync(int tenant, Id after, int take, CancellationToken cancellation)
    {
        await using var session = await database.OpenIdentityAsync(write: false, cancellation);
        return await session.ListAsync<PersonOfTenant>(PageOfTenant, new { tenant, after, take }, cancellation);
    }
}
