using System.Globalization;

namespace Agency.Api;

/// <summary>How amounts are written for people: minor units as a decimal number with the digits that the currency has (ISO 4217).</summary>
internal static class Currency
{
    /// <summary>For programs: <c>-1234.50</c>.</summary>
    public static string Plain(long amount, string code) => Decimal(amount, code).ToString($"F{Currencies.Digits[code]}", CultureInfo.InvariantCulture);

    /// <summary>For people: <c>-1,234.50</c>.</summary>
    public static string Grouped(long amount, string code) => Decimal(amount, code).ToString($"N{Currencies.Digits[code]}", CultureInfo.InvariantCulture);

    private static decimal Decimal(long amount, string code)
    {
        var value = (decimal)amount;
        for (var digit = 0; digit < Currencies.Digits[code]; digit++)
        {
            value /= 10;
        }

        return value;
    }
}
