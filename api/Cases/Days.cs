namespace Agency.Api.Cases;

/// <summary>The debtor's calendar.</summary>
internal static class Days
{
    /// <summary>The date of an instant where the debtor lives.</summary>
    public static DateOnly In(string timeZone, DateTimeOffset instant) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, TimeZoneInfo.FindSystemTimeZoneById(timeZone)).DateTime);

    /// <summary>The date of an instant at UTC+14, the first place where a day begins: no debtor's date is later.</summary>
    public static DateOnly Latest(DateTimeOffset instant) => DateOnly.FromDateTime(instant.UtcDateTime.AddHours(14));
}
