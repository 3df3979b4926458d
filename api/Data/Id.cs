using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agency.Api.Data;

/// <summary>
/// The identifier of a row: a UUIDv7, stored as 16 big-endian bytes so that both engines sort it by time of making.
/// </summary>
[JsonConverter(typeof(JsonForm))]
public readonly record struct Id(Guid Value) : IParsable<Id>, IComparable<Id>
{
    public static Id FromBytes(ReadOnlySpan<byte> bytes) => new(new Guid(bytes, bigEndian: true));

    /// <summary>Sorts before every id made at this instant or later.</summary>
    public static Id FirstAt(DateTimeOffset instant)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, instant.ToUnixTimeMilliseconds() << 16);
        return FromBytes(bytes);
    }

    public byte[] ToBytes() => Value.ToByteArray(bigEndian: true);

    public int CompareTo(Id other) => ToBytes().AsSpan().SequenceCompareTo(other.ToBytes());

    public override string ToString() => Value.ToString("D");

    public static Id Parse(string s, IFormatProvider? provider) => new(Guid.ParseExact(s, "D"));

    /// <summary>
    /// Never fails: text in a route that is no id names no row, and must be answered like one that does not exist (404),
    /// not like a malformed request.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Id result)
    {
        result = Guid.TryParseExact(s, "D", out var guid) ? new Id(guid) : default;
        return true;
    }

    /// <summary>Strict, unlike the route form: a body or a cursor with a malformed id is the caller's mistake.</summary>
    public static bool TryRead(string? text, out Id id)
    {
        var read = Guid.TryParseExact(text, "D", out var guid);
        id = new Id(guid);
        return read;
    }

    public static bool operator <(Id left, Id right) => left.CompareTo(right) < 0;

    public static bool operator >(Id left, Id right) => left.CompareTo(right) > 0;

    public static bool operator <=(Id left, Id right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Id left, Id right) => left.CompareTo(right) >= 0;

    private sealed class JsonForm : JsonConverter<Id>
    {
        public override Id Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryRead(reader.GetString(), out var id) ? id : throw new JsonException("An id is a UUID such as 0197f0e0-0000-7000-8000-000000000000.");

        public override void Write(Utf8JsonWriter writer, Id value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}

/// <summary>
/// The one generator of ids (RFC 9562, version 7): 48 bits of milliseconds, 12 bits of a counter that keeps ids of one
/// millisecond in order, 62 random bits. Within a process each id sorts after the one before, even if the clock steps back.
/// </summary>
public sealed class Ids(TimeProvider clock)
{
    private readonly Lock gate = new();
    private long lastMillisecond;
    private int counter;

    public Id New()
    {
        long millisecond;
        int sequence;
        lock (gate)
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            if (now > lastMillisecond)
            {
                lastMillisecond = now;
                counter = 0;
            }
            else if (++counter > 0xFFF)
            {
                lastMillisecond++;
                counter = 0;
            }

            millisecond = lastMillisecond;
            sequence = counter;
        }

        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes[8..]);
        BinaryPrimitives.WriteInt64BigEndian(bytes, (millisecond << 16) | 0x7000L | (long)sequence);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return Id.FromBytes(bytes);
    }
}
