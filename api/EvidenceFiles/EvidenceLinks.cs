using System.Buffers.Binary;
using System.Security.Cryptography;
using Agency.Api.Data;
using Microsoft.AspNetCore.WebUtilities;

namespace Agency.Api.EvidenceFiles;

/// <summary>What a link lets its holder have, and as whom.</summary>
internal sealed record EvidenceGrant(Id File, TenantContext As, DateTimeOffset ExpiresAt);

/// <summary>Makes and opens the last part of a link's address. It names who asked, so that whoever follows it sees no more than they do by then.</summary>
/// <remarks>Layout: file (16 bytes), tenant (4), kind (1), sight (1), person (16, zero for none), expiry in Unix seconds (8), keyed digest (32).</remarks>
internal sealed class EvidenceLinks(KeyRing ring)
{
    public static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(15);

    private const int Said = 46;
    private const int Seal = 32;

    public string Write(EvidenceGrant grant)
    {
        var bytes = new byte[Said + Seal];
        grant.File.ToBytes().CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), grant.As.Tenant);
        bytes[20] = (byte)grant.As.Kind;
        bytes[21] = (byte)grant.As.Sight;
        (grant.As.Person ?? default).ToBytes().CopyTo(bytes, 22);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(38), grant.ExpiresAt.ToUnixTimeSeconds());
        SealOf(bytes).CopyTo(bytes, Said);
        return WebEncoders.Base64UrlEncode(bytes);
    }

    /// <summary>What it grants; null when it was not made here.</summary>
    public EvidenceGrant? Read(string token)
    {
        byte[] bytes;
        try
        {
            bytes = WebEncoders.Base64UrlDecode(token);
        }
        catch (FormatException)
        {
            return null;
        }

        if (bytes.Length != Said + Seal || !CryptographicOperations.FixedTimeEquals(SealOf(bytes), bytes.AsSpan(Said)))
        {
            return null;
        }

        var person = Id.FromBytes(bytes.AsSpan(22, 16));
        var context = new TenantContext(BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)), (TenantKind)bytes[20], person == default ? null : person, (Sight)bytes[21]);
        return new(Id.FromBytes(bytes.AsSpan(0, 16)), context, DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(38))));
    }

    private byte[] SealOf(byte[] bytes) => HMACSHA256.HashData(ring.DeriveIndex("evidence links"), bytes.AsSpan(0, Said));
}
