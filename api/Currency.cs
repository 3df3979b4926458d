using System.Globalization;

namespace Agency.Api;

/// <summary>How amounts are written for people: minor units as a decimal number with the digits that the currency has (ISO 4217).</summary>
internal static class Currency
{
    /// <summary>How many digits follow the point: two for most, none for the yen, three for the Kuwaiti dinar.</summary>
    public static int Digits(string code) => code switch
    {
        "BIF" or "CLP" or "DJF" or "GNF" or "ISK" or "JPY" or "KMF" or "KRW" or "PYG" or "RWF" or "UGX" or "UYI" or "VND" or "VUV" or "XAF" or "XOF" or "XPF" => 0,
        "BHD" or "IQD" or "JOD" or "KWD" or "LYD" or "OMR" or "TND" => 3,
        "CLF" or "UYW" => 4,
        _ => 2,
    };

    /// <summary>For programs: <c>-1234.50</c>.</summary>
    public static string Plain(long amount, string code) => Decimal(amount, code).ToString($"F{Digits(code)}", CultureInfo.InvariantCulture);

    /// <summary>For people: <c>-1,234.50</c>.</summary>
    public static string Grouped(long amount, string code) => Decimal(amount, code).ToString($"N{Digits(code)}", CultureInfo.InvariantCulture);

    private static decimal Decimal(long amount, string code)
    {
        var value = (decimal)amount;
        for (var digit = 0; digit < Digits(code); digit++)
        {
            value /= 10;
        }

        return value;
    }
}
