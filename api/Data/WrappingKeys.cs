using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agency.Api.Data;

/// <summary>
/// The key that the key ring is encrypted under, from configuration or in an Azure Key Vault, so that whoever gets hold of the data folder has no
/// secret yet. Beside it the former one, while it is being exchanged.
/// </summary>
/// <remarks>
/// AES-256-GCM. Layout inside the file: a version, nonce (12 bytes), ciphertext, tag (16). Where a vault wraps, the ring is encrypted under a
/// fresh key each time it is written, which lies beside it as the vault wrapped it.
/// </remarks>
public sealed class WrappingKeys
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    // Nothing else that is encrypted under this key by mistake is taken for a ring.
    private static readonly byte[] Purpose = "agency key ring"u8.ToArray();

    private readonly byte[]? current;
    private readonly byte[]? former;

    private readonly VaultKey? vault;
    private readonly VaultKey? formerVault;

    private WrappingKeys(byte[]? current, byte[]? former, VaultKey? vault, VaultKey? formerVault) =>
        (this.current, this.former, this.vault, this.formerVault) = (current, former, vault, formerVault);

    /// <summary>No key is set: the ring lies in the file as it is.</summary>
    public static WrappingKeys None { get; } = new(null, null, null, null);

    private bool IsNone => current is null && vault is null;

    /// <exception cref="InvalidOperationException">A key is not 32 bytes in base64 or no key of a vault, there are two, or a former one alone.</exception>
    public static WrappingKeys From(IConfiguration configuration) => From(configuration, VaultKey.Of);

    internal static WrappingKeys From(IConfiguration configuration, Func<Uri, VaultKey> vaultOf)
    {
        var section = configuration.GetSection("Keys");
        var keys = new WrappingKeys(Read(section, "WrappingKey"), Read(section, "FormerWrappingKey"), Vault("AzureKeyVault:KeyId"), Vault("AzureKeyVault:FormerKeyId"));
        if (keys.current is not null && keys.vault is not null)
        {
            throw new InvalidOperationException("Keys:WrappingKey and Keys:AzureKeyVault:KeyId are both set: one wraps the ring; give the one it is to move from as Keys:FormerWrappingKey or Keys:AzureKeyVault:FormerKeyId.");
        }

        return keys.IsNone && (keys.former is not null || keys.formerVault is not null)
            ? throw new InvalidOperationException($"Keys:{(keys.former is null ? "AzureKeyVault:FormerKeyId" : "FormerWrappingKey")} is set without Keys:WrappingKey or Keys:AzureKeyVault:KeyId: set the key to use from now on too.")
            : keys;

        VaultKey? Vault(string name) => section[name] is { Length: > 0 } text ? vaultOf(VaultKey.AddressOf($"Keys:{name}", text)) : null;
    }

    /// <summary>What goes into the file.</summary>
    internal byte[] Wrap(byte[] ring)
    {
        if (vault is null)
        {
            return current is null ? ring : JsonSerializer.SerializeToUtf8Bytes(new Wrapped(1, Seal(current, ring)));
        }

        var secret = RandomNumberGenerator.GetBytes(KeyBytes);
        var (key, wrapped) = vault.Wrap(secret);
        return JsonSerializer.SerializeToUtf8Bytes(new Wrapped(2, Seal(secret, ring), key, wrapped));
    }

    /// <summary>What was in the file, and whether it lies there as it shall: wrapped under the key that is set, or not at all where none is.</summary>
    /// <exception cref="InvalidDataException">It is wrapped under another key; the message says what to set.</exception>
    internal (byte[] Ring, bool IsAsSet) Unwrap(string file, byte[] stored) => JsonSerializer.Deserialize<Wrapped>(stored) switch
    {
        { Version: 1, Cipher: { Length: > NonceBytes + TagBytes } cipher } => UnderKey(file, cipher),
        { Version: 2, Cipher: { Length: > NonceBytes + TagBytes } cipher, Key: { } key, WrappedKey: { } wrapped } => UnderVault(file, cipher, key, wrapped),
        _ => (stored, IsNone),
    };

    private (byte[] Ring, bool IsAsSet) UnderKey(string file, byte[] cipher) =>
        IsNone ? throw new InvalidDataException($"{file} is wrapped: set Keys:WrappingKey to the key that it was wrapped under.")
            : current is not null && Open(current, cipher) is { } ring ? (ring, true)
            : former is not null && Open(former, cipher) is { } moved ? (moved, false)
            : throw new InvalidDataException($"{file} is wrapped under another key than is set: set Keys:WrappingKey, or Keys:FormerWrappingKey while it is being exchanged, to that one.");

    private (byte[] Ring, bool IsAsSet) UnderVault(string file, byte[] cipher, string key, byte[] wrapped)
    {
        var by = vault?.Is(key) == true ? vault : formerVault?.Is(key) == true ? formerVault : throw new InvalidDataException(
            $"{file} is wrapped by {key}: set Keys:AzureKeyVault:KeyId, or Keys:AzureKeyVault:FormerKeyId while it is being exchanged, to that key.");
        return by.Unwrap(key, wrapped) is { Length: KeyBytes } secret && Open(secret, cipher) is { } ring
            ? (ring, by == vault)
            : throw new InvalidDataException($"{file} was altered, or belongs to another key of that name: restore it from a backup.");
    }

    private static byte[] Seal(byte[] key, byte[] ring)
    {
        var cipher = new byte[NonceBytes + ring.Length + TagBytes];
        RandomNumberGenerator.Fill(cipher.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(cipher.AsSpan(0, NonceBytes), ring, cipher.AsSpan(NonceBytes, ring.Length), cipher.AsSpan(^TagBytes..), Purpose);
        return cipher;
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

    private sealed record Wrapped(
        int Version, byte[]? Cipher,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? WrappedKey = null);
}
