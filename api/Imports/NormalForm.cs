using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.RegularExpressions;
using PhoneNumbers;

namespace Agency.Api.Imports;

/// <summary>
/// The one way of writing each private value: blind indexes compare equal only what is written alike. Null when the text is
/// no such value.
/// </summary>
public static partial class NormalForm
{
    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();
    private static readonly FrozenSet<string> Regions = Library.GetSupportedRegions().ToFrozenSet(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, bool> KnownZones = new(StringComparer.Ordinal);

    /// <summary>
    /// E.164: digits after a plus. A number without a country code is one of the currency's country, dialled as one dials there; where
    /// the currency is of no one country, as the euro is, it can't be told. What can be a number is taken, whether or not it is in use.
    /// </summary>
    public static string? Phone(string text, string currency)
    {
        // Most of an import is these; asking the library takes thirty times as long.
        if (ChineseMobileInFull().IsMatch(text))
        {
            return text;
        }

        var region = RegionOf(currency);
        if (region == "CN" && ChineseMobile().IsMatch(text))
        {
            return "+86" + text;
        }

        return PhoneText().IsMatch(text) ? Parsed(text, region) : null;
    }

    /// <summary>A number dialled or an address written to, in words: one way of writing each, as far as it can be told.</summary>
    public static string Point(string text, string currency) => Phone(text, currency) ?? Email(text) ?? text;

    public static string? Email(string text) => EmailAddress().IsMatch(text) ? text.ToLowerInvariant() : null;

    /// <summary>Of no declared type: what is written like a resident identity number must carry its check digit (GB 11643); other documents are 5 to 30 characters.</summary>
    public static string? IdNumber(string text)
    {
        var number = text.ToUpperInvariant();
        if (ResidentNumber.IsWrittenLike(number))
        {
            return ResidentNumber.CheckDigit(number) == number[17] ? number : null;
        }

        return OtherNumber(number);
    }

    /// <summary>A document of 5 to 30 letters and digits, whatever else it looks like.</summary>
    public static string? OtherNumber(string text) => text.ToUpperInvariant() is var number && OtherDocument().IsMatch(number) ? number : null;

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

    // ISO 4217 begins a currency with its country by ISO 3166; XOF, EUR and their like with none.
    private static string? RegionOf(string currency) => currency is { Length: 3 } && Regions.Contains(currency[..2]) ? currency[..2] : null;

    private static string? Parsed(string text, string? region)
    {
        try
        {
            // Nowhere in particular nothing but a country code is known, after + or what most of the world dials for it.
            var number = Library.Parse(region is null && text.StartsWith("00", StringComparison.Ordinal) ? "+" + text[2..] : text, region);
            return Library.IsPossibleNumberWithReason(number) == PhoneNumberUtil.ValidationResult.IS_POSSIBLE ? Library.Format(number, PhoneNumberFormat.E164) : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    // Digits of any script and what is written between them: no letters, which would be an extension or a word to spell.
    [GeneratedRegex(@"^[\d\s+\uFF0B\-\u2010-\u2015\uFF0D().\uFF08\uFF09]+\z")]
    private static partial Regex PhoneText();

    [GeneratedRegex(@"^1[03-9][0-9]{9}\z")]
    private static partial Regex ChineseMobile();

    [GeneratedRegex(@"^\+861[03-9][0-9]{9}\z")]
    private static partial Regex ChineseMobileInFull();

    [GeneratedRegex(@"^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+\z")]
    private static partial Regex EmailAddress();

    [GeneratedRegex(@"^[A-Z0-9][A-Z0-9()/\-]{4,29}\z")]
    private static partial Regex OtherDocument();

    [GeneratedRegex(@"^[A-Za-z0-9_+\-/]+\z")]
    private static partial Regex ZoneName();
}
