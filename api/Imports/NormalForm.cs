using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Agency.Api.Imports;

/// <summary>
/// The one way of writing each private value: blind indexes compare equal only what is written alike. Null when the text is
/// no such value.
/// </summary>
public static partial class NormalForm
{
    private static readonly ConcurrentDictionary<string, bool> KnownZones = new(StringComparer.Ordinal);

    /// <summary>Digits after a plus. Without a country code a number is Chinese: a mobile number, or a land line with its area's 0.</summary>
    public static string? Phone(string text)
    {
        var digits = PhonePunctuation().Replace(text, "");
        if (digits.StartsWith("00", StringComparison.Ordinal))
        {
            digits = "+" + digits[2..];
        }
        else if (ChineseMobile().IsMatch(digits))
        {
            digits = "+86" + digits;
        }
        else if (ChineseLandLine().IsMatch(digits))
        {
            digits = "+86" + digits[1..];
        }

        return International().IsMatch(digits) ? digits : null;
    }

    public static string? Email(string text) => EmailAddress().IsMatch(text) ? text.ToLowerInvariant() : null;

    /// <summary>A resident identity number of 18 places must carry its check digit (GB 11643); other documents are 5 to 30 characters.</summary>
    public static string? IdNumber(string text)
    {
        var number = text.ToUpperInvariant();
        if (ResidentNumber().IsMatch(number))
        {
            return CheckDigit(number) == number[17] ? number : null;
        }

        return OtherNumber().IsMatch(number) ? number : null;
    }

    /// <summary>An IANA name: an area and a place, or UTC.</summary>
    public static string? TimeZone(string text)
    {
        if (KnownZones.ContainsKey(text))
        {
            return text;
        }

        var found = (text == "UTC" || (text.Contains('/', StringComparison.Ordinal) && ZoneName().IsMatch(text)))
            && TimeZoneInfo.TryFindSystemTimeZoneById(text, out var zone)
            && zone.HasIanaId;
        return found && KnownZones.TryAdd(text, true) | found ? text : null;
    }

    /// <summary>The check digit of a resident identity number (GB 11643, ISO 7064 MOD 11-2).</summary>
    internal static char CheckDigit(ReadOnlySpan<char> number)
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

    [GeneratedRegex(@"[\s\-().]")]
    private static partial Regex PhonePunctuation();

    [GeneratedRegex(@"^1[0-9]{10}\z")]
    private static partial Regex ChineseMobile();

    [GeneratedRegex(@"^0[1-9][0-9]{8,10}\z")]
    private static partial Regex ChineseLandLine();

    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}\z")]
    private static partial Regex International();

    [GeneratedRegex(@"^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+\z")]
    private static partial Regex EmailAddress();

    [GeneratedRegex(@"^[0-9]{17}[0-9X]\z")]
    private static partial Regex ResidentNumber();

    [GeneratedRegex(@"^[A-Z0-9][A-Z0-9()/\-]{4,29}\z")]
    private static partial Regex OtherNumber();

    [GeneratedRegex(@"^[A-Za-z0-9_+\-/]+\z")]
    private static partial Regex ZoneName();
}
