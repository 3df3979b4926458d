using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Agency.Api.Data;

/// <summary>
/// Everything private about a debtor passes through here: a cipher to store it, a blind index to find it, a mask to show it.
/// </summary>
/// <remarks>
/// AES-256-GCM under the owning tenant's key. A value is bound to its place (tenant, table, column, row): moved elsewhere it
/// does not open. Layout: version 1, key number (4 bytes), nonce (12), ciphertext, tag (16).
/// </remarks>
public sealed class PrivateFields(KeyRing ring)
{
    /// <summary>What is stored in the place of a value that was erased, where something must be: no cipher is empty.</summary>
    public static readonly byte[] Erased = [];

    private const byte Version = 1;
    private const int Header = 5;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Encrypts a value for its place.</summary>
    /// <param name="tenant">The number of the tenant that owns the data: the bank, whoever wrote it.</param>
    public byte[] Encrypt(int tenant, string table, string column, Id row, ReadOnlySpan<byte> value)
    {
        var key = ring.Current;
        var cipher = new byte[Header + NonceBytes + value.Length + TagBytes];
        cipher[0] = Version;
        BinaryPrimitives.WriteInt32BigEndian(cipher.AsSpan(1), key);
        var nonce = cipher.AsSpan(Header, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(DataKey(key, tenant), TagBytes);
        aes.Encrypt(nonce, value, cipher.AsSpan(Header + NonceBytes, value.Length), cipher.AsSpan(^TagBytes..), Place(tenant, table, column, row));
        return cipher;
    }

    /// <inheritdoc cref="Encrypt(int, string, string, Id, ReadOnlySpan{byte})"/>
    public byte[] Encrypt(int tenant, string table, string column, Id row, string value) =>
        Encrypt(tenant, table, column, row, Encoding.UTF8.GetBytes(value));

    /// <summary>Opens a value in the place it was written for.</summary>
    /// <exception cref="CryptographicException">It was altered, or comes from another tenant, table, column or row.</exception>
    public byte[] DecryptBytes(int tenant, string table, string column, Id row, ReadOnlySpan<byte> cipher)
    {
        if (cipher.Length < Header + NonceBytes + TagBytes || cipher[0] != Version)
        {
            throw new CryptographicException("Not a private field.");
        }

        using var aes = new AesGcm(DataKey(BinaryPrimitives.ReadInt32BigEndian(cipher[1..]), tenant), TagBytes);
        var value = new byte[cipher.Length - Header - NonceBytes - TagBytes];
        aes.Decrypt(cipher.Slice(Header, NonceBytes), cipher[(Header + NonceBytes)..^TagBytes], cipher[^TagBytes..], value, Place(tenant, table, column, row));
        return value;
    }

    /// <inheritdoc cref="DecryptBytes"/>
    public string Decrypt(int tenant, string table, string column, Id row, ReadOnlySpan<byte> cipher) =>
        Encoding.UTF8.GetString(DecryptBytes(tenant, table, column, row, cipher));

    /// <summary>Opens a text that may have been erased meanwhile: it is empty then.</summary>
    /// <inheritdoc cref="DecryptBytes"/>
    public string DecryptUnlessErased(int tenant, string table, string column, Id row, ReadOnlySpan<byte> cipher) =>
        cipher.IsEmpty ? "" : Decrypt(tenant, table, column, row, cipher);

    /// <summary>
    /// The keyed digest by which an encrypted value is found again. Equal values of one tenant and column have equal digests;
    /// across tenants and columns nothing can be compared.
    /// </summary>
    /// <param name="value">The value in its normal form: the same phone must always be written the same way.</param>
    public byte[] BlindIndex(int tenant, string table, string column, string value) =>
        HMACSHA256.HashData(ring.DeriveIndex(string.Create(CultureInfo.InvariantCulture, $"index|{tenant}|{table}|{column}")), Encoding.UTF8.GetBytes(value));

    private byte[] DataKey(int key, int tenant) => ring.Derive(key, string.Create(CultureInfo.InvariantCulture, $"data|{tenant}"));

    private static byte[] Place(int tenant, string table, string column, Id row) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{tenant}|{table}|{column}|{row}"));
}

/// <summary>What is shown of a private value to those who need not read it: enough to recognise, too little to use.</summary>
public static class Mask
{
    /// <summary>The first character of a name: 张**, J****.</summary>
    public static string Name(string value) => Keep(value, 1, 0);

    /// <summary>The first three and last two digits of a phone number.</summary>
    public static string Phone(string value) => Keep(value, 3, 2);

    /// <summary>The last four characters of an identity document's number.</summary>
    public static string IdNumber(string value) => Keep(value, 0, 4);

    /// <summary>The first character and the domain of an e-mail address.</summary>
    public static string Email(string value) =>
        value.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? Keep(value[..at], 1, 0) + value[at..] : Keep(value, 1, 0);

    /// <summary>The first six characters of an address: the city, rarely more.</summary>
    public static string Address(string value) => Keep(value, 6, 0);

    private static string Keep(string value, int head, int tail) => value.Length <= head + tail
        ? new string('*', value.Length)
        : string.Concat(value.AsSpan(0, head), new string('*', value.Length - head - tail), value.AsSpan(value.Length - tail));
}
