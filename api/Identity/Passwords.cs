using System.Globalization;

namespace Agency.Api.Identity;

/// <summary>What is wrong with a password somebody chose, in both languages.</summary>
/// <param name="Code">Stable, for programs.</param>
public sealed record PasswordFault(string Code, string English, string Chinese)
{
    /// <summary>In the language of the request.</summary>
    public string Text => In(CultureInfo.CurrentUICulture.Name);

    public string In(string language) => language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Chinese : English;
}

/// <summary>Which passwords are good enough: long, and not to be guessed from lists or from what is known of the person.</summary>
public static class Passwords
{
    public const int Longest = 200;
    public const int Shortest = 15;

    /// <summary>For whoever also proves themselves by a code.</summary>
    public const int ShortestBesideCode = 12;

    /// <summary>zxcvbn's score of 0 to 4, by how long guessing would take.</summary>
    public const int LeastScore = 3;

    // It reads its dictionaries when it is made.
    private static readonly Lazy<Zxcvbn.Zxcvbn> Estimate = new(() => new Zxcvbn.Zxcvbn());

    public static readonly PasswordFault TooLong = new("too_long", "The password has more than 200 characters.", "密码超过 200 个字符。");
    public static readonly PasswordFault TooShort = new("too_short", "The password needs at least 15 characters.", "密码至少需要 15 个字符。");
    public static readonly PasswordFault TooShortBesideCode = new("too_short", "The password needs at least 12 characters.", "密码至少需要 12 个字符。");
    public static readonly PasswordFault TooGuessable = new(
        "too_guessable",
        "The password is too easy to guess: use several words that don't belong together, and neither your own name nor the company's.",
        "密码过于容易猜测：请使用多个互不相关的词语，不要使用您或公司的名称。");

    /// <summary>What is wrong with the password; null when nothing is.</summary>
    /// <param name="about">What others know of the person: name, address, employer.</param>
    public static PasswordFault? FaultOf(string password, bool hasCode, params IEnumerable<string> about)
    {
        var characters = password.EnumerateRunes().Count();
        if (password.Length > Longest)
        {
            return TooLong;
        }

        if (characters < (hasCode ? ShortestBesideCode : Shortest))
        {
            return hasCode ? TooShortBesideCode : TooShort;
        }

        return Estimate.Value.EvaluatePassword(password, about.SelectMany(Words)).Score < LeastScore ? TooGuessable : null;
    }

    // Each word counts, and all of it too: "analyst@harbour.example" gives away "harbour". A letter alone gives nothing away.
    private static IEnumerable<string> Words(string text) =>
        text.Split([' ', '@', '.', '-', '_', '+', ','], StringSplitOptions.RemoveEmptyEntries).Append(text).Where(word => word.Length > 1);
}
