using System.Collections.Concurrent;

namespace Agency.Api.RulePacks;

/// <summary>The clock on a debtor's wall. Rules about hours and days are told by it, through both changes of summer time.</summary>
internal sealed class LocalClock
{
    private static readonly ConcurrentDictionary<string, LocalClock> Known = new(StringComparer.Ordinal);

    private readonly TimeZoneInfo zone;

    private LocalClock(TimeZoneInfo zone) => this.zone = zone;

    public string Zone => zone.Id;

    /// <summary>
    /// The clock of an IANA zone. A zone that this machine's tables do not know, or none, is told by the fallback, the rule pack's own
    /// country; and where even that is unknown, by UTC: a contact is judged by a doubtful clock rather than by none.
    /// </summary>
    public static LocalClock Of(string? zone, string fallback) => Find(zone) ?? Find(fallback) ?? new LocalClock(TimeZoneInfo.Utc);

    /// <summary>What the clock shows at this instant.</summary>
    public DateTime Show(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone).DateTime;

    /// <summary>The local day of this instant.</summary>
    public DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(Show(at));

    /// <summary>
    /// The instant from which the clock shows this time or a later one: the first of two where it shows the time twice, the change
    /// itself where it leaps over it.
    /// </summary>
    public DateTimeOffset From(DateOnly day, TimeOnly time = default)
    {
        var shown = day.ToDateTime(time);
        while (zone.IsInvalidTime(shown))
        {
            // A leap begins and ends on a whole minute.
            shown = shown.AddTicks(TimeSpan.TicksPerMinute - (shown.Ticks % TimeSpan.TicksPerMinute));
        }

        var offset = zone.IsAmbiguousTime(shown) ? zone.GetAmbiguousTimeOffsets(shown).Max() : zone.GetUtcOffset(shown);
        return new DateTimeOffset(shown, offset).ToUniversalTime();
    }

    // Only names that are known are kept: made-up ones would fill the memory.
    private static LocalClock? Find(string? zone)
    {
        if (string.IsNullOrEmpty(zone))
        {
            return null;
        }

        if (Known.TryGetValue(zone, out var clock))
        {
            return clock;
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? Known.GetOrAdd(zone, new LocalClock(found)) : null;
    }
}
