using System.Security.Cryptography;
using Agency.Api.Data;
using OtpNet;

namespace Agency.Api.Identity;

/// <summary>
/// Codes that prove a person besides their password: of an app (RFC 6238: SHA-1, six digits, thirty seconds) and, when that
/// is lost, of a list written down before. Each is good once.
/// </summary>
public sealed class SecondFactor(PrivateFields privateFields, TimeProvider clock)
{
    public const int RecoveryCodes = 10;
    private const int SecretBytes = 20;
    private const int RecoveryBytes = 10;
    private const int Digits = 6;
    private const int StepSeconds = 30;
    private const string Issuer = "Agency";

    // A clock may be a step off, either way.
    private static readonly VerificationWindow Window = new(previous: 1, future: 1);

    private static readonly Sql UseStep = new("UPDATE auth.person SET totp_step = @step WHERE id = @id");
    private static readonly Sql FindUnused = new("SELECT person_id FROM auth.recovery_code WHERE person_id = @id AND digest = @digest AND used_at IS NULL");
    private static readonly Sql Use = new("UPDATE auth.recovery_code SET used_at = @now WHERE person_id = @id AND digest = @digest");

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>The secret as people type it into an app.</summary>
    public static string TextOf(byte[] secret) => Base32Encoding.ToString(secret);

    /// <summary>The secret as an app takes it from a QR code.</summary>
    public static string AddressOf(byte[] secret, string email) =>
        $"otpauth://totp/{Issuer}:{Uri.EscapeDataString(email)}?secret={TextOf(secret)}&issuer={Issuer}&algorithm=SHA1&digits={Digits}&period={StepSeconds}";

    /// <summary>Fresh codes of 80 bits, in groups that can be read aloud.</summary>
    public static IReadOnlyList<string> NewRecoveryCodes() => [.. Enumerable.Range(0, RecoveryCodes).Select(_ =>
        string.Join('-', Base32Encoding.ToString(RandomNumberGenerator.GetBytes(RecoveryBytes)).Chunk(4).Select(group => new string(group))))];

    public byte[] Seal(PersonAccount person, byte[] secret) => privateFields.Encrypt(person.TenantId, "auth.person", "totp", person.Id, secret);

    /// <summary>A recovery code as it is kept. It is long enough that nobody finds it by trying, and the key is not in the database.</summary>
    public byte[] DigestOf(PersonAccount person, string code) => privateFields.BlindIndex(person.TenantId, "auth.recovery_code", "digest", Plain(code));

    /// <summary>The time step that the code is of; null when it is of none that is near, or of one that was used.</summary>
    public long? StepOf(byte[] secret, string code, long? lastUsed)
    {
        var totp = new Totp(secret, StepSeconds, OtpHashMode.Sha1, Digits);
        return totp.VerifyTotp(clock.GetUtcNow().UtcDateTime, Plain(code), out var step, Window) && step > (lastUsed ?? -1) ? step : null;
    }

    /// <summary>Uses the code up, when it is the person's and was not used. Under the lock of the person's row.</summary>
    public async Task<bool> TakeAsync(Session session, PersonAccount person, string code, CancellationToken cancellation)
    {
        if (person.TotpCipher is null)
        {
            return false;
        }

        if (Plain(code).Length == Digits)
        {
            var secret = privateFields.DecryptBytes(person.TenantId, "auth.person", "totp", person.Id, person.TotpCipher);
            if (StepOf(secret, code, person.TotpStep) is not { } step)
            {
                return false;
            }

            await session.ExecuteAsync(UseStep, new { person.Id, step }, cancellation);
            return true;
        }

        var digest = DigestOf(person, code);
        if (await session.FindAsync<Id?>(FindUnused, new { person.Id, digest }, cancellation) is null)
        {
            return false;
        }

        await session.ExecuteAsync(Use, new { person.Id, digest, now = clock.GetUtcNow() }, cancellation);
        return true;
    }

    private static string Plain(string code) =>
        code.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();
}
