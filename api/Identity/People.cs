using Agency.Api.Data;

namespace Agency.Api.Identity;

/// <summary>A person as sign-in knows them.</summary>
/// <param name="TenantId">The number of the tenant they work for.</param>
/// <param name="Email">What they sign in with.</param>
public sealed record PersonAccount(Id Id, int TenantId, string Email, string Name, string Role, string PasswordHash, int FailedCount, DateTimeOffset? LockedUntil);

/// <summary>A person as their own tenant knows them.</summary>
public sealed record PersonOfTenant(Id Id, string Name, string Role);

/// <summary>People and their passwords. Five wrong ones in a row lock the account for a quarter of an hour.</summary>
public sealed class People(Database database, Secrets secrets, TimeProvider clock)
{
    public const int AllowedFailures = 5;
    public static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(15);

    private const string Columns = "id, tenant_id, email, name, role, password_hash, failed_count, locked_until";

    private static readonly Sql ById = new($"SELECT {Columns} FROM auth.person WHERE id = @id");
    private static readonly Sql ByEmail = new($"SELECT {Columns} FROM auth.person WHERE email = @email");
    private static readonly Sql ByEmailForUpdate = new($"SELECT {Columns} FROM auth.person WITH (UPDLOCK, HOLDLOCK) WHERE email = @email");
    private static readonly Sql OfTenant = new("SELECT id, name, role FROM auth.person WHERE tenant_id = @tenant AND id = @id");

    private static readonly Sql PageOfTenant = new("""
        SELECT TOP (@take) id, name, role
        FROM auth.person
        WHERE tenant_id = @tenant AND id > @after
        ORDER BY id
        """);

    private static readonly Sql SetFailures = new("UPDATE auth.person SET failed_count = @failures, locked_until = @lockedUntil WHERE id = @id");

    /// <summary>E-mail addresses are compared without regard to case and surrounding space.</summary>
    public static string Normalise(string email) => email.Trim().ToLowerInvariant();

    public async Task<PersonAccount?> FindAsync(Id id, CancellationToken cancellation)
    {
        await using var session = await database.OpenIdentityAsync(write: false, cancellation);
        return await session.FindAsync<PersonAccount>(ById, new { id }, cancellation);
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

    /// <summary>
    /// The person, when the password is theirs and they are not locked out; null otherwise, without saying which. It takes as
    /// long for an unknown address.
    /// </summary>
    public async Task<PersonAccount?> SignInAsync(string email, string password, CancellationToken cancellation)
    {
        email = Normalise(email);
        PersonAccount? person;
        await using (var session = await database.OpenIdentityAsync(write: false, cancellation))
        {
            person = await session.FindAsync<PersonAccount>(ByEmail, new { email }, cancellation);
        }

        var matches = secrets.Matches(person?.PasswordHash, password);
        return await DecideAsync(email, matches, cancellation);
    }

    // Decided and counted under a lock: of many guesses made at once, none is answered after the fifth failure.
    private async Task<PersonAccount?> DecideAsync(string email, bool matches, CancellationToken cancellation)
    {
        await using var session = await database.OpenIdentityAsync(write: true, cancellation);
        var now = clock.GetUtcNow();
        if (await session.FindAsync<PersonAccount>(ByEmailForUpdate, new { email }, cancellation) is not { } person || person.LockedUntil > now)
        {
            return null;
        }

        var failures = matches ? 0 : (person.LockedUntil is null ? person.FailedCount : 0) + 1;
        DateTimeOffset? lockedUntil = failures >= AllowedFailures ? now + LockedFor : null;
        if (failures != person.FailedCount || lockedUntil != person.LockedUntil)
        {
            await session.ExecuteAsync(SetFailures, new { person.Id, failures, lockedUntil }, cancellation);
            await session.CommitAsync(cancellation);
        }

        return matches ? person : null;
    }
}
