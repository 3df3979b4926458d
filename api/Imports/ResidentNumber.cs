using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Agency.Api.Imports;

/// <summary>
/// The identity number of who lives in China, by GB 11643: six digits of the region, eight of the day of birth, three of order, one that
/// checks them. Foreigners with permanent residence have one that begins with 9 and tells the province next. The older one of 15 digits is
/// the same without century and check digit, and is kept in the form of today.
/// </summary>
internal static partial class ResidentNumber
{
    private const int EarliestYear = 1900;

    // The provinces of GB/T 2260, and 81 to 83 for residents of Hong Kong, Macao and Taiwan. Counties come and go, and who was born in one that went keeps it.
    private static readonly FrozenSet<string> Provinces = ((string[])
    [
        "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "45", "46",
        "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83",
    ]).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether it is written as such a number is, whatever it says.</summary>
    public static bool IsWrittenLike(string text) => Today().IsMatch(text);

    /// <summary>Checks a number that is declared to be one.</summary>
    /// <param name="latest">No one was born later: the day that the file is of.</param>
    /// <returns>The number in the form of today, or the code of what is wrong with it.</returns>
    public static (string? Number, string? Fault) Check(string text, DateOnly latest)
    {
        var number = text.ToUpperInvariant();
        if (!Today().IsMatch(number) && !Former().IsMatch(number))
        {
            return (null, Fault.IdNumberForm);
        }

        // People had the older one who were born in the nineteen-hundreds.
        var isFormer = number.Length == 15;
        number = isFormer ? $"{number[..6]}19{number[6..]}" : number;
        if (!Provinces.Contains(number[0] == '9' ? number[1..3] : number[..2]))
        {
            return (null, Fault.IdNumberRegion);
        }

        if (!DateOnly.TryParseExact(number[6..14], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var born) || born.Year < EarliestYear || born > latest)
        {
            return (null, Fault.IdNumberBirthDate);
        }

        var check = CheckDigit(number);
        return isFormer ? (number + check, null) : number[17] == check ? (number, null) : (null, Fault.IdNumberCheckDigit);
    }

    /// <summary>The check digit that belongs to the first 17 (ISO 7064 MOD 11-2).</summary>
    public static char CheckDigit(ReadOnlySpan<char> number)
    {
        const string CheckDigits = "10X98765432";
        ReadOnlySpan<int> weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        var sum = 0;
        for (var place = 0; place < weights.Length; place++)
        {
            sum += (number[place] - '0') * weights[place];
        }

        return CheckDigits[sum % 11];
    }

    [GeneratedRegex(@"^[0-9]{17}[0-9X]\z")]
    private static partial Regex Today();

    [GeneratedRegex(@"^[0-9]{15}\z")]
    private static partial Regex Former();
}
