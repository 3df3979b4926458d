using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;

namespace Agency.Api.Identity;

/// <summary>Passwords and client secrets: made, hashed (PBKDF2, salted) and compared in one place, and kept nowhere in clear.</summary>
public sealed class Secrets(IPasswordHasher<Secrets> hasher)
{
    private readonly Lazy<string> decoy = new(() => hasher.HashPassword(null!, New()));

    /// <summary>A fresh secret of 256 bits, as text that needs no quoting anywhere.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public string Hash(string secret) => hasher.HashPassword(this, secret);

    /// <summary>
    /// Compares a secret with its hash. Without a hash it takes as long and is false, so that the time of an answer does not
    /// tell which e-mail addresses exist.
    /// </summary>
    public bool Matches(string? hash, string secret) =>
        hasher.VerifyHashedPassword(this, hash ?? decoy.Value, secret) != PasswordVerificationResult.Failed && hash is not null;
}
