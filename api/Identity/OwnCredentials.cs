using System.Net;
using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Api.Tenancy;

namespace Agency.Api.Identity;

/// <summary>Why a person's change to their own credentials was refused.</summary>
internal enum CredentialRefusal
{
    /// <summary>The password is not theirs, or the account is locked.</summary>
    WrongPassword,

    /// <summary>The code is not theirs, or was used.</summary>
    WrongCode,

    /// <summary>The password is not good enough; the fault says why.</summary>
    BadPassword,

    /// <summary>It stands already, or no longer.</summary>
    Overtaken,
}

/// <summary>What came of it.</summary>
/// <param name="SignedIn">The session to go on with: every other one has ended.</param>
internal sealed record CredentialChange(SignedIn? SignedIn, CredentialRefusal? Refusal = null, PasswordFault? Fault = null);

/// <summary>
/// What a person does to their own credentials once signed in, each time proved by the password. It is written into their tenant's
/// audit trail, and ends every session and token given before.
/// </summary>
internal sealed class OwnCredentials(Database database, Secrets secrets, SecondFactor factor, TenantStore tenants, AuditWriter audit, Ids ids, TimeProvider clock)
{
    private static readonly Sql SetPassword = new("UPDATE auth.person SET password_hash = @passwordHash WHERE id = @id");
    private static readonly Sql SetCode = new("UPDATE auth.person SET totp_cipher = @cipher, totp_step = @step WHERE id = @id");
    private static readonly Sql DeleteRecoveryCodes = new("DELETE FROM auth.recovery_code WHERE person_id = @id");
    private static readonly Sql InsertRecoveryCode = new("INSERT INTO auth.recovery_code (person_id, digest) VALUES (@id, @digest)");

    private static readonly Sql EndWhatWasGiven = new("""
        UPDATE auth.person
        SET credential_version = credential_version + 1, credentials_changed_at = @now
        WHERE id = @id
        """);

    public async Task<CredentialChange> ChangePasswordAsync(PersonAccount person, string current, string password, IPAddress? from, CancellationToken cancellation)
    {
        if (await FaultOfAsync(person, password, person.HasCode, cancellation) is { } fault)
        {
            return new(null, CredentialRefusal.BadPassword, fault);
        }

        var passwordHash = secrets.Hash(password);
        return await DoAsync(person, current, "person.password_changed", from, async (session, _) =>
        {
            await session.ExecuteAsync(SetPassword, new { person.Id, passwordHash }, cancellation);
            return null;
        }, cancellation);
    }

    /// <summary>From now on the person is asked for a code too.</summary>
    public Task<CredentialChange> AddCodeAsync(PersonAccount person, string current, byte[] secret, string code, IReadOnlyList<string> recoveryCodes, IPAddress? from, CancellationToken cancellation) =>
        DoAsync(person, current, "person.code_added", from, async (session, standing) =>
        {
            if (standing.HasCode)
            {
                return CredentialRefusal.Overtaken;
            }

            if (factor.StepOf(secret, code, null) is not { } step)
            {
                return CredentialRefusal.WrongCode;
            }

            await session.ExecuteAsync(SetCode, new { person.Id, cipher = factor.Seal(person, secret), step }, cancellation);
            await session.ExecuteAsync(DeleteRecoveryCodes, new { person.Id }, cancellation);
            foreach (var recoveryCode in recoveryCodes)
            {
                await session.ExecuteAsync(InsertRecoveryCode, new { person.Id, digest = factor.DigestOf(person, recoveryCode) }, cancellation);
            }

            return null;
        }, cancellation);

    /// <summary>From now on the password is enough, so it has to be long enough for that.</summary>
    public async Task<CredentialChange> RemoveCodeAsync(PersonAccount person, string current, string code, IPAddress? from, CancellationToken cancellation)
    {
        var fault = await FaultOfAsync(person, current, hasCode: false, cancellation);
        return await DoAsync(person, current, "person.code_removed", from, async (session, standing) =>
        {
            if (!await factor.TakeAsync(session, standing, code, cancellation))
            {
                return standing.HasCode ? CredentialRefusal.WrongCode : CredentialRefusal.Overtaken;
            }

            if (fault is not null)
            {
                return CredentialRefusal.BadPassword;
            }

            await session.ExecuteAsync(SetCode, new { person.Id, cipher = (byte[]?)null, step = (long?)null }, cancellation);
            await session.ExecuteAsync(DeleteRecoveryCodes, new { person.Id }, cancellation);
            return null;
        }, cancellation) is var change && change.Refusal == CredentialRefusal.BadPassword ? change with { Fault = fault } : change;
    }

    /// <summary>Ends all that was given before; the session goes on. It only takes away, so that no password is asked for.</summary>
    public async Task<CredentialChange> EndOthersAsync(PersonAccount person, IPAddress? from, CancellationToken cancellation)
    {
        await using var session = await OpenAsync(person, cancellation);
        return await StandingAsync(session, person, cancellation) is { } standing
            ? await EndOthersAsync(session, standing, "person.signed_out_elsewhere", from, cancellation)
            : new(null, CredentialRefusal.Overtaken);
    }

    private async Task<PasswordFault?> FaultOfAsync(PersonAccount person, string password, bool hasCode, CancellationToken cancellation) =>
        Passwords.FaultOf(password, hasCode, person.Name, person.Email, (await tenants.FindAsync(person.TenantId, cancellation))?.Name ?? "");

    private async Task<CredentialChange> DoAsync(
        PersonAccount person, string current, string action, IPAddress? from, Func<Session, PersonAccount, Task<CredentialRefusal?>> deed, CancellationToken cancellation)
    {
        var matches = secrets.Matches(person.PasswordHash, current);
        var now = clock.GetUtcNow();
        await using var session = await OpenAsync(person, cancellation);
        if (await StandingAsync(session, person, cancellation) is not { } standing)
        {
            return new(null, CredentialRefusal.Overtaken);
        }

        var refusal = matches && !(standing.LockedUntil > now) ? await deed(session, standing) : CredentialRefusal.WrongPassword;
        if (refusal is CredentialRefusal.WrongPassword or CredentialRefusal.WrongCode)
        {
            await Lockout.CountAsync(session, standing, now, cancellation);
            await session.CommitAsync(cancellation);
        }

        if (refusal is not null)
        {
            return new(null, refusal);
        }

        await Lockout.ForgetAsync(session, standing, cancellation);
        return await EndOthersAsync(session, standing, action, from, cancellation);
    }

    // The operator's door alone reaches identity and the audit trail in one transaction; the trail is the person's own tenant's.
    private Task<Session> OpenAsync(PersonAccount person, CancellationToken cancellation) =>
        database.OpenAsync(new TenantContext(person.TenantId, TenantKind.Operator), write: true, cancellation);

    // Null when the credentials changed since, or the person is kept out.
    private static async Task<PersonAccount?> StandingAsync(Session session, PersonAccount person, CancellationToken cancellation) =>
        await session.FindAsync<PersonAccount>(PersonAccount.ByIdForUpdate, new { person.Id }, cancellation) is { DisabledAt: null } standing
            && standing.CredentialVersion == person.CredentialVersion ? standing : null;

    private async Task<CredentialChange> EndOthersAsync(Session session, PersonAccount person, string action, IPAddress? from, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await session.ExecuteAsync(EndWhatWasGiven, new { person.Id, now }, cancellation);
        await audit.WriteAsync(session, new(person.TenantId, ids.New(), now, action, person.Id, Person: person.Id, From: from));
        await session.CommitAsync(cancellation);
        return new(new SignedIn(person.Id, person.CredentialVersion + 1));
    }
}
