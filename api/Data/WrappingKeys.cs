using System.Security.Cryptography;
using System.Text.Json;

namespace Agency.Api.Data;

/// <summary>
/// The key that the key ring is encrypted under, from configuration, so that whoever gets hold of the data folder has no secret yet. Beside it
/// the former one, while it is being exchanged.
/// </summary>
/// <remarks>AES-256-GCM. Layout inside the file: a version, nonce (12 bytes), ciphertext, tag (16).</remarks>
public sealed class WrappingKeys
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    // Nothing else that is encrypted under this key by mistake is taken for a ring.
    private static readonly byte[] Purpose = "agency key ring"u8.ToArray();

    private readonly byte[]? current;
    private readonly byte[]? former;

    private WrappingKeys(byte[]? current, byte[]? former) => (this.current, this.former) = (current, former);

    /// <summary>No key is set: the ring lies in the file as it is.</summary>
    public static WrappingKeys None { get; } = new(null, null);

    /// <exception cref="InvalidOperationException">A key is not 32 bytes in base64, or there is a former one alone.</exception>
    public static WrappingKeys From(IConfiguration configuration)
    {
        var section = configuration.GetSection("Keys");
        var (current, former) = (Read(section, "WrappingKey"), Read(section, "FormerWrappingKey"));
        return former is not null && current is null
            ? throw new InvalidOperationException("Keys:FormerWrappingKey is set without Keys:WrappingKey: set the key to use from now on too.")
            : new WrappingKeys(current, former);
    }

    /// <summary>What goes into the file.</summary>
    internal byte[] Wrap(byte[] ring)
    {
        if (current is null)
        {
            return ring;
        }

        var cipher = new byte[NonceBytes + ring.Length + TagBytes];
        RandomNumberGenerator.Fill(cipher.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(current, TagBytes);
        aes.Encrypt(cipher.AsSpan(0, NonceBytes), ring, cipher.AsSpan(NonceBytes, ring.Length), cipher.AsSpan(^TagBytes..), Purpose);
        return JsonSerializer.SerializeToUtf8Bytes(new Wrapped(1, cipher));
    }

    /// <summary>What was in the file, and whether it lies there as it shall: wrapped under the key that is set, or not at all where none is.</summary>
    /// <exception cref="InvalidDataException">It is wrapped under another key; the message says what to set.</exception>
    internal (byte[] Ring, bool IsAsSet) Unwrap(string file, byte[] stored)
    {
        if (JsonSerializer.Deserialize<Wrapped>(stored) is not { Version: 1, Cipher: { Length: > NonceBytes + TagBytes } cipher })
        {
            return (stored, current is null);
        }

        return current is null ? throw new InvalidDataException($"{file} is wrapped: set Keys:WrappingKey to the key that it was wrapped under.")
            : Open(current, cipher) is { } ring ? (ring, true)
            : former is not null && Open(former, cipher) is { } moved ? (moved, false)
            : throw new InvalidDataException($"{file} is wrapped under another key than is set: set Keys:WrappingKey, or Keys:FormerWrappingKey while it is being exchanged, to that one.");
    }

    private static byte[]? Open(byte[] key, byte[] cipher)
    {
        using var aes = new AesGcm(key, TagBytes);
        var ring = new byte[cipher.Length - NonceBytes - TagBytes];
        try
        {
            aes.Decrypt(cipher.AsSpan(0, NonceBytes), cipher.AsSpan(NonceBytes, ring.Length), cipher.AsSpan(^TagBytes..), ring, Purpose);
            return ring;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[]? Read(IConfigurationSection section, string name)
    {
        if (section[name] is not { Length: > 0 } text)
        {
            return null;
        }

        var key = new byte[KeyBytes];
        return Convert.TryFromBase64String(text, key, out var length) && length == KeyBytes
            ? key
            : throw new InvalidOperationException($"Keys:{name} is not 32 bytes in base64: make one with openssl rand -base64 32.");
    }

    private sealed record Wrapped(int Version, byte[]? Cipher);
}
