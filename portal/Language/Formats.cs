using System.Globalization;
using Agency.Sdk;

namespace Agency.Portal.Language;

/// <summary>Money, dates and times as the reader's language writes them.</summary>
public static class Formats
{
    /// <summary>An amount with its currency's sign, or its code where the language has no sign for it; never rounded.</summary>
    public static string Money(Money money)
    {
        var (digits, unit) = Minor(money.Currency);
        var written = Math.Abs(money.Amount / unit).ToString($"N{digits}", CultureInfo.CurrentCulture);
        return (money.Amount < 0 ? "\u2212" : "") + Sign(money.Currency) + written;
    }

    /// <summary>The amount alone, in the currency's unit, as a file has it.</summary>
    public static string Plain(Money money)
    {
        var (digits, unit) = Minor(money.Currency);
        return (money.Amount / unit).ToString($"F{digits}", CultureInfo.InvariantCulture);
    }

    /// <summary>A rate of hundredths of a per cent; never rounded.</summary>
    public static string Percent(int basisPoints) => (basisPoints / 100m).ToString("N2", CultureInfo.CurrentCulture).Replace('-', '\u2212') + "%";

    /// <summary>The same at an axis, whose steps are round.</summary>
    public static string PercentOfAxis(decimal basisPoints) => (basisPoints / 100m).ToString("0.##", CultureInfo.CurrentCulture) + "%";

    /// <summary>A calendar day.</summary>
    public static string Day(DateOnly day) => day.ToString(DayFormat, CultureInfo.CurrentCulture);

    /// <summary>The day on which something happened, where the debtor lives.</summary>
    public static string Day(DateTimeOffset instant, string timeZone) => In(instant, timeZone).ToString(DayFormat, CultureInfo.CurrentCulture);

    /// <summary>When something happened, by the debtor's clock.</summary>
    public static string Instant(DateTimeOffset instant, string timeZone) => In(instant, timeZone).ToString($"{DayFormat} HH:mm", CultureInfo.CurrentCulture);

    /// <summary>The same to the second.</summary>
    public static string Second(DateTimeOffset instant, string timeZone) => In(instant, timeZone).ToString($"{DayFormat} HH:mm:ss", CultureInfo.CurrentCulture);

    /// <summary>A count.</summary>
    public static string Count(int number) => number.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>For programs that read the page.</summary>
    public static string Machine(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    /// <summary>Reads an amount typed in units of the currency, with or without separators of thousands: 1,234.50 of CNY is 123450.</summary>
    /// <returns>False when it is no positive amount, or has more decimals than the currency.</returns>
    public static bool TryReadMoney(string? typed, string currency, out long amount)
    {
        amount = 0;
        var (_, unit) = Minor(currency);
        var text = (typed ?? "").Trim().TrimStart('¥', '￥', '$', '€', '£').Replace('，', ',').Replace('．', '.');
        if (!decimal.TryParse(text, NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var units)
            || units is <= 0 or > 1_000_000_000_000m || units * unit != decimal.Truncate(units * unit))
        {
            return false;
        }

        amount = (long)(units * unit);
        return true;
    }

    /// <summary>A calendar day as fields of dates take it.</summary>
    public static string Typed(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A time of a clock as fields of times take it.</summary>
    public static string Typed(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);

    /// <summary>The instant at which the debtor's clock shows this.</summary>
    public static DateTimeOffset FromLocal(DateTime local, string timeZone)
    {
        var wall = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        return TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone) ? new DateTimeOffset(wall, zone.GetUtcOffset(wall)) : new DateTimeOffset(wall, TimeSpan.Zero);
    }

    /// <summary>An instant by the clock of a time zone; UTC where there is no such zone.</summary>
    public static DateTimeOffset In(DateTimeOffset instant, string timeZone) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone) ? TimeZoneInfo.ConvertTime(instant, zone) : instant.ToUniversalTime();

    /// <summary>What was typed; null where that was nothing.</summary>
    public static string? OrNull(this string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();

    private static bool IsChinese => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "zh";

    private static string DayFormat => IsChinese ? "yyyy-MM-dd" : "d MMM yyyy";

    // ISO 4217's exceptions; every other currency has a hundred of them to the unit.
    private static (int Digits, decimal Unit) Minor(string currency) => currency switch
    {
        "BIF" or "CLP" or "DJF" or "GNF" or "ISK" or "JPY" or "KMF" or "KRW" or "PYG" or "RWF" or "UGX" or "VND" or "VUV" or "XAF" or "XOF" or "XPF" => (0, 1m),
        "BHD" or "IQD" or "JOD" or "KWD" or "LYD" or "OMR" or "TND" => (3, 1000m),
        _ => (2, 100m),
    };

    private static string Sign(string currency) => currency switch
    {
        "CNY" => IsChinese ? "¥" : "CN¥",
        "JPY" => IsChinese ? "JP¥" : "¥",
        "USD" => IsChinese ? "US$" : "$",
        "TWD" => "NT$",
        "HKD" => "HK$",
        "EUR" => "€",
        "GBP" => "£",
        _ => currency + "\u00A0",
    };
}
