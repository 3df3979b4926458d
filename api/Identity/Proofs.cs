using System.Security.Cryptography;
using System.Text;
using Agency.Api.Data;

namespace Agency.Api.Identity;

/// <summary>Counts what was wrong. Five wrong passwords or codes in a row lock the account for a quarter of an hour.</summary>
internal static class Lockout
{
    public const int AllowedFailures = 5;
    public static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(15);

    private static readonly Sql SetFailures = new("UPDATE auth.person SET failed_count = @failures, locked_until = @lockedUntil, last_failed_at = @now WHERE id = @id");
    private static readonly Sql Forget = new("UPDATE auth.person SET failed_count = 0, locked_until = NULL WHERE id = @id");

    /// <summary>Writes a refusal down. While the account is locked nothing is added to it, and it is written all the same: the time of an answer must not tell.</summary>
    public static Task CountAsync(Session session, PersonAccount person, DateTimeOffset now, CancellationToken cancellation)
    {
        var isLocked = person.LockedUntil > now;
        var failures = isLocked ? person.FailedCount : (person.LockedUntil is null ? person.FailedCount : 0) + 1;
        DateTimeOffset? lockedUntil = isLocked ? person.LockedUntil : failures >= AllowedFailures ? now + LockedFor : null;
        return session.ExecuteAsync(SetFailures, new { person.Id, failures, lockedUntil, now }, cancellation);
    }

    /// <summary>All that was asked for was right.</summary>
    public static Task ForgetAsync(Session session, PersonAccount person, CancellationToken cancellation) =>
        person is { FailedCount: 0, LockedUntil: null } ? Task.CompletedTask : session.ExecuteAsync(Forget, new { person.Id }, cancellation);
}

/// <summary>Checks what people prove themselves by when they sign in: a password, and a code where they have such.</summary>
public sealed class Proofs(Database database, Secrets secrets, SecondFactor factor, TimeProvider clock)
{
    private const int Buckets = 16;

    private static readonly Sql ByEmail = new($"SELECT {PersonAccount.Columns} FROM auth.person WHERE email = @email");
    private static readonly Sql ByEmailForUpdate = new($"SELECT {PersonAccount.Columns} FROM auth.person WITH (UPDLOCK, HOLDLOCK) WHERE email = @email");
    private static readonly Sql CountUnknown = new("UPDATE auth.unknown_address SET failed_count = failed_count + 1, last_failed_at = @now WHERE bucket = @bucket");

    /// <summary>
    /// The person, when the password is theirs and they may sign in; null otherwise, without saying which. An unknown address, a
    /// wrong password, a locked and a disabled account cost the same: one hash compared, two reads, one row written.
    /// </summary>
    public async Task<PersonAccount?> PasswordAsync(string email, string password, CancellationToken cancellation)
    {
        email = People.Normalise(email);
        PersonAccount? person;
        await using (var session = await database.OpenIdentityAsync(write: false, cancellation))
        {
            person = await session.FindAsync<PersonAccount>(ByEmail, new { email }, cancellation);
        }

        var matches = secrets.Matches(person?.PasswordHash, password);
        return await DecideAsync(email, person, matches, cancellation);
    }

    /// <summary>The person, when the code is theirs and what they proved before still stands; null otherwise.</summary>
    public async Task<PersonAccount?> CodeAsync(SignedIn who, string code, CancellationToken cancellation)
    {
        await using var session = await database.OpenIdentityAsync(write: true, cancellation);
        var now = clock.GetUtcNow();
        if (await session.FindAsync<PersonAccount>(PersonAccount.ByIdForUpdate, new { id = who.Person }, cancellation) is not { } person)
        {
            return null;
        }

        var isGood = person.DisabledAt is null && !(person.LockedUntil > now) && person.CredentialVersion == who.CredentialVersion
            && await factor.TakeAsync(session, person, code, cancellation);
        await (isGood ? Lockout.ForgetAsync(session, person, cancellation) : Lockout.CountAsync(session, person, now, cancellation));
        await session.CommitAsync(cancellation);
        return isGood ? person : null;
    }

    // Decided and counted under a lock: of many guesses made at once, none is answered after the fifth failure.
    private async Task<PersonAccount?> DecideAsync(string email, PersonAccount? compared, bool matches, CancellationToken cancellation)
    {
        await using var session = await database.OpenIdentityAsync(write: true, cancellation);
        var now = clock.GetUtcNow();
        var person = await session.FindAsync<PersonAccount>(ByEmailForUpdate, new { email }, cancellation);
        var isGood = matches && person is { DisabledAt: null } && !(person.LockedUntil > now) && person.CredentialVersion == compared!.CredentialVersion;
        if (person is null)
        {
            await session.ExecuteAsync(CountUnknown, new { bucket = BucketOf(email), now }, cancellation);
        }
        else if (!isGood)
        {
            await Lockout.CountAsync(session, person, now, cancellation);
        }
        else if (!person.HasCode)
        {
            // Where a code is asked for next, nothing is forgotten yet: whoever knows the password would have codes to guess without end.
            await Lockout.ForgetAsync(session, person, cancellation);
        }

        await session.CommitAsync(cancellation);
        return isGood ? person : null;
    }

    private static int BucketOf(string email) => SHA256.HashData(Encoding.UTF8.GetBytes(email))[0] % Buckets;
}
