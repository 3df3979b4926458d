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

    /// <summary>
    /// Opens the ring, making it with fresh secrets on the first start. Where a wrapping key is set the file is encrypted under it from then on.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is not a key ring, or not wrapped under a key that is set; it is left as it is.</exception>
    public static KeyRing Open(string file, WrappingKeys? wrapping = null)
    {
        wrapping ??= WrappingKeys.None;
        var (contents, isAsSet) = Read(file, SecretFile.ReadOrMake(file, () => wrapping.Wrap(JsonSerializer.SerializeToUtf8Bytes(Make()))), wrapping);
        if (!isAsSet)
        {
            SecretFile.Replace(file, wrapping.Wrap(JsonSerializer.SerializeToUtf8Bytes(contents)));
        }

        return new KeyRing(contents);
    }

    /// <summary>Adds a secret, under which new values are written by whoever opens the ring from then on. Old ones stay readable.</summary>
    /// <returns>The number of the new secret.</returns>
    /// <inheritdoc cref="Open" path="/exception"/>
    public static int Rotate(string file, WrappingKeys? wrapping = null)
    {
        wrapping ??= WrappingKeys.None;
        var (contents, _) = Read(file, File.Exists(file) ? File.ReadAllBytes(file) : throw new InvalidDataException($"{file} is not there: it is made when the service first starts."), wrapping);
        var number = contents.Keys.Max(key => key.Number) + 1;
        var longer = contents with { Keys = [.. contents.Keys, new Key(number, RandomNumberGenerator.GetBytes(SecretBytes))] };
        SecretFile.Replace(file, wrapping.Wrap(JsonSerializer.SerializeToUtf8Bytes(longer)));
        return number;
    }

    /// <summary>The 256-bit key for one purpose under the numbered secret.</summary>
    /// <exception cref="CryptographicException">The ring has no secret of that number.</exception>
    internal byte[] Derive(int key, string purpose) =>
        derived.GetOrAdd((key, purpose), static (id, ring) => Expand(ring.Secret(id.Key), id.Purpose), contents);

    /// <summary>The 256-bit key of a blind index: one for each purpose, the same for ever.</summary>
    internal byte[] DeriveIndex(string purpose) =>
        derived.GetOrAdd((0, purpose), static (id, ring) => Expand(ring.Index, id.Purpose), contents);

    private static (Contents Contents, bool IsAsSet) Read(string file, byte[] stored, WrappingKeys wrapping)
    {
        try
        {
            var (plain, isAsSet) = wrapping.Unwrap(file, stored);
            var read = JsonSerializer.Deserialize<Contents>(plain);
            if (read is { Keys.Count: > 0, Index.Length: SecretBytes } && read.Keys.TrueForAll(key => key is { Secret.Length: SecretBytes }))
            {
                return (read, isAsSet);
            }
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{file} is not a key ring.", exception);
        }

        throw new InvalidDataException($"{file} is not a complete key ring.");
    }

    private static byte[] Expand(byte[] secret, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, SecretBytes, info: Encoding.UTF8.GetBytes(purpose));

    private static Contents Make() => new([new Key(1, RandomNumberGenerator.GetBytes(SecretBytes))], RandomNumberGenerator.GetBytes(SecretBytes));

    private sealed record Key(int Number, byte[] Secret);

    private sealed record Contents(List<Key> Keys, byte[] Index)
    {
        public byte[] Secret(int number) =>
            Keys.Find(key => key.Number == number)?.Secret ?? throw new CryptographicException($"The key ring has no key {number}.");
    }
}
