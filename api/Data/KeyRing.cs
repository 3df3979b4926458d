using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Agency.Api.Data;

/// <summary>
/// The secrets every other key is derived from, in one file of the data folder that only the service may read. Losing it is
/// losing every private field; it is backed up apart from the database.
/// </summary>
/// <remarks>
/// A ring holds several numbered secrets: new values are written under the newest, old ones stay readable. The secret of
/// blind indexes never changes, because an index is compared, not read.
/// </remarks>
public sealed class KeyRing
{
    private const int SecretBytes = 32;

    private readonly Contents contents;
    private readonly ConcurrentDictionary<(int Key, string Purpose), byte[]> derived = new();

    private KeyRing(Contents contents) => this.contents = contents;

    /// <summary>The number of the secret that new values are written under.</summary>
    public int Current => contents.Keys.Max(key => key.Number);

    /// <summary>Opens the ring, making it with fresh secrets on the first start.</summary>
    /// <exception cref="InvalidDataException">The file is not a key ring; it is left as it is.</exception>
    public static KeyRing Open(string file)
    {
        try
        {
            var read = JsonSerializer.Deserialize<Contents>(SecretFile.ReadOrMake(file, Make));
            if (read is { Keys.Count: > 0, Index.Length: SecretBytes } && read.Keys.TrueForAll(key => key is { Secret.Length: SecretBytes }))
            {
                return new KeyRing(read);
            }
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{file} is not a key ring.", exception);
        }

        throw new InvalidDataException($"{file} is not a complete key ring.");
    }

    /// <summary>The 256-bit key for one purpose under the numbered secret.</summary>
    /// <exception cref="CryptographicException">The ring has no secret of that number.</exception>
    internal byte[] Derive(int key, string purpose) =>
        derived.GetOrAdd((key, purpose), static (id, ring) => Expand(ring.Secret(id.Key), id.Purpose), contents);

    /// <summary>The 256-bit key of a blind index: one for each purpose, the same for ever.</summary>
    internal byte[] DeriveIndex(string purpose) =>
        derived.GetOrAdd((0, purpose), static (id, ring) => Expand(ring.Index, id.Purpose), contents);

    private static byte[] Expand(byte[] secret, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, SecretBytes, info: Encoding.UTF8.GetBytes(purpose));

    private static byte[] Make() => JsonSerializer.SerializeToUtf8Bytes(
        new Contents([new Key(1, RandomNumberGenerator.GetBytes(SecretBytes))], RandomNumberGenerator.GetBytes(SecretBytes)));

    private sealed record Key(int Number, byte[] Secret);

    private sealed record Contents(List<Key> Keys, byte[] Index)
    {
        public byte[] Secret(int number) =>
            Keys.Find(key => key.Number == number)?.Secret ?? throw new CryptographicException($"The key ring has no key {number}.");
    }
}
