using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace System;

/// <summary>A day of the calendar, for .NET Framework, which has no type for it; later runtimes bring their own.</summary>
[JsonConverter(typeof(Converter))]
public readonly struct DateOnly : IEquatable<DateOnly>, IComparable<DateOnly>
{
    private readonly DateTime day;

    /// <summary>A day by its numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such day.</exception>
    public DateOnly(int year, int month, int day) => this.day = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified);

    private DateOnly(DateTime day) => this.day = day.Date;

    /// <summary>The year, 1 to 9999.</summary>
    public int Year => day.Year;

    /// <summary>The month, 1 to 12.</summary>
    public int Month => day.Month;

    /// <summary>The day of the month, 1 to 31.</summary>
    public int Day => day.Day;

    /// <summary>The day of a date and time, whatever its kind.</summary>
    public static DateOnly FromDateTime(DateTime dateTime) => new(DateTime.SpecifyKind(dateTime, DateTimeKind.Unspecified));

    /// <summary>The day written as <c>2026-03-02</c>, whatever the culture.</summary>
    /// <exception cref="FormatException">It is not written so.</exception>
    public static DateOnly Parse(string value) => new(DateTime.ParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture));

    /// <summary>So many days later, or earlier when negative.</summary>
    public DateOnly AddDays(int value) => new(day.AddDays(value));

    /// <summary>So many months later, or earlier when negative.</summary>
    public DateOnly AddMonths(int value) => new(day.AddMonths(value));

    /// <summary>Midnight of the day, of no kind.</summary>
    public DateTime ToDateTime() => day;

    /// <inheritdoc />
    public bool Equals(DateOnly other) => day == other.day;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is DateOnly other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => day.GetHashCode();

    /// <inheritdoc />
    public int CompareTo(DateOnly other) => day.CompareTo(other.day);

    /// <summary>The day as <c>2026-03-02</c>.</summary>
    public override string ToString() => ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The day in a format of dates.</summary>
    public string ToString(string format, IFormatProvider? provider) => day.ToString(format, provider);

    /// <summary>Whether both are the same day.</summary>
    public static bool operator ==(DateOnly left, DateOnly right) => left.Equals(right);

    /// <summary>Whether they are different days.</summary>
    public static bool operator !=(DateOnly left, DateOnly right) => !left.Equals(right);

    /// <summary>Whether the first is earlier.</summary>
    public static bool operator <(DateOnly left, DateOnly right) => left.day < right.day;

    /// <summary>Whether the first is later.</summary>
    public static bool operator >(DateOnly left, DateOnly right) => left.day > right.day;

    /// <summary>Whether the first is not later.</summary>
    public static bool operator <=(DateOnly left, DateOnly right) => left.day <= right.day;

    /// <summary>Whether the first is not earlier.</summary>
    public static bool operator >=(DateOnly left, DateOnly right) => left.day >= right.day;

    internal sealed class Converter : JsonConverter<DateOnly>
    {
        public override DateOnly Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return Parse(reader.GetString() ?? "");
            }
            catch (FormatException wrong)
            {
                throw new JsonException("A day is written as 2026-03-02.", wrong);
            }
        }

        public override void Write(Utf8JsonWriter writer, DateOnly value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
