using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Agency.Api.Data;

namespace Agency.Api.AuditLog;

/// <summary>
/// The keyed digests that prove the audit log: of an entry, by whoever wrote it; of a seal, over the entry and the seal before it;
/// of a checkpoint. Who has the database and not the key ring can make none of them.
/// </summary>
/// <remarks>
/// HMAC-SHA256. Layout: version 1, key number (4 bytes), digest (32); so a ring that was given a new secret still proves what stood before.
/// Every value is written with its length, and a missing one unlike an empty one: no two different rows have the same bytes.
/// </remarks>
internal sealed class AuditDigests(KeyRing ring)
{
    private const byte Version = 1;
    private const int Header = 5;
    private const int Length = Header + HMACSHA256.HashSizeInBytes;

    public byte[] Of(AuditEntryRow entry) => Sign(Purpose("entry", entry.TenantId), Bytes(entry));

    /// <summary>Whether the entry is as the service wrote it.</summary>
    public bool Proves(AuditEntryRow entry) => entry.Digest is not null && Proves(entry.Digest, Purpose("entry", entry.TenantId), Bytes(entry));

    public byte[] Of(AuditSealRow seal, AuditEntryRow entry, byte[]? before) => Sign(Purpose("seal", entry.TenantId), Bytes(seal, entry, before));

    /// <summary>Whether this seal was put on this entry after that seal.</summary>
    public bool Proves(AuditSealRow seal, AuditEntryRow entry, byte[]? before) => Proves(seal.Digest, Purpose("seal", entry.TenantId), Bytes(seal, entry, before));

    public byte[] Of(Checkpoint point) => Sign("audit checkpoint", Bytes(point));

    public bool Proves(Checkpoint point, byte[] digest) => Proves(digest, "audit checkpoint", Bytes(point));

    private static string Purpose(string of, int tenant) => string.Create(CultureInfo.InvariantCulture, $"audit {of}|{tenant}");

    private byte[] Sign(string purpose, byte[] bytes)
    {
        var digest = new byte[Length];
        digest[0] = Version;
        BinaryPrimitives.WriteInt32BigEndian(digest.AsSpan(1), ring.Current);
        _ = HMACSHA256.HashData(ring.Derive(ring.Current, purpose), bytes, digest.AsSpan(Header));
        return digest;
    }

    private bool Proves(byte[] digest, string purpose, byte[] bytes)
    {
        if (digest.Length != Length || digest[0] != Version)
        {
            return false;
        }

        try
        {
            var key = ring.Derive(BinaryPrimitives.ReadInt32BigEndian(digest.AsSpan(1)), purpose);
            return CryptographicOperations.FixedTimeEquals(digest.AsSpan(Header), HMACSHA256.HashData(key, bytes));
        }
        catch (CryptographicException)
        {
            // It names a key that the ring never had.
            return false;
        }
    }

    private static byte[] Bytes(AuditEntryRow entry)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        Write(writer, entry);
        return bytes.ToArray();
    }

    private static byte[] Bytes(AuditSealRow seal, AuditEntryRow entry, byte[]? before)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(seal.Number);
        writer.Write(seal.EntryId.ToBytes());
        writer.Write(seal.SealedAt.ToUnixTimeMilliseconds());
        Write(writer, before);
        Write(writer, entry);
        Write(writer, entry.Digest);
        return bytes.ToArray();
    }

    private static byte[] Bytes(Checkpoint point)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(point.Tenant);
        writer.Write(point.Number);
        writer.Write(point.At.ToUnixTimeMilliseconds());
        Write(writer, point.Seal);
        return bytes.ToArray();
    }

    private static void Write(BinaryWriter writer, AuditEntryRow entry)
    {
        writer.Write(entry.TenantId);
        writer.Write(entry.Id.ToBytes());
        writer.Write(entry.OccurredAt.ToUnixTimeMilliseconds());
        Write(writer, entry.PersonId?.ToBytes());
        Write(writer, entry.ClientId);
        Write(writer, entry.Action);
        Write(writer, entry.SubjectId?.ToBytes());
        Write(writer, entry.Detail);
        Write(writer, entry.TraceId);
        Write(writer, entry.AddressCipher);

        // Entries from before there were any end here: they prove as they did.
        if (entry.Changes is not null || entry.SharedWith is not null || entry.CaseId is not null)
        {
            Write(writer, entry.Changes);
        }

        // So do those from before they were shared.
        if (entry.SharedWith is not null || entry.CaseId is not null)
        {
            writer.Write(entry.SharedWith is not null);
            writer.Write(entry.SharedWith ?? 0);
            Write(writer, entry.CaseId?.ToBytes());
        }
    }

    private static void Write(BinaryWriter writer, string? text) => Write(writer, text is null ? null : Encoding.UTF8.GetBytes(text));

    private static void Write(BinaryWriter writer, byte[]? value)
    {
        writer.Write(value?.Length ?? -1);
        writer.Write(value ?? []);
    }
}
