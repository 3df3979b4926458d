using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Agency.Portal.Http;
using Agency.Portal.Language;
using Agency.Portal.Pages;
using Agency.Portal.Pages.Cases;
using Agency.Portal.Pages.Tenants;
using Agency.Portal.Pages.Webhooks;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Portal;

public sealed partial class TextsTests
{
    private static readonly Dictionary<string, string> Chinese = Read("Texts.resx");
    private static readonly Dictionary<string, string> English = Read("Texts.en.resx");

    [Fact]
    public void Every_text_is_in_both_languages_and_says_something()
    {
        Assert.Equal(Chinese.Keys.Order(StringComparer.Ordinal), English.Keys.Order(StringComparer.Ordinal));
        Assert.All([.. Chinese, .. English], text => Assert.False(string.IsNullOrWhiteSpace(text.Value), text.Key));
        Assert.All(English, text => Assert.DoesNotMatch(Han(), text.Value));
    }

    [Fact]
    public void Both_languages_fill_in_the_same_places() =>
        Assert.All(Chinese.Keys, key => Assert.Equal(Places(Chinese[key]), Places(English[key])));

    [Fact]
    public void Every_text_that_a_page_asks_for_exists_and_none_is_left_over()
    {
        var asked = AskedInPages().Concat(AskedByWords()).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(asked.Except(Chinese.Keys));
        Assert.Empty(Chinese.Keys.Except(asked));
    }

    [Fact]
    public void Every_event_act_and_scope_of_the_API_has_a_word() =>
        Assert.Empty(Agency.Api.Events.EventTypes.All.Keys.Concat(ActsOfTheApi()).Select(type => $"event.{type}")
            .Concat(Agency.Api.Tenancy.Scopes.All.Keys.Select(scope => $"scope.{scope}")).Except(Chinese.Keys));

    [Theory]
    [InlineData("zh-CN", "CNY", 123_456_789, "¥1,234,567.89")]
    [InlineData("zh-CN", "USD", 5, "US$0.05")]
    [InlineData("zh-CN", "JPY", 1_234, "JP¥1,234")]
    [InlineData("en", "JPY", 1_234, "¥1,234")]
    [InlineData("en", "CNY", -100, "−CN¥1.00")]
    [InlineData("en", "KWD", 1_234, "KWD\u00A01.234")]
    [InlineData("en", "CHF", 1_000_000_000_000_001, "CHF\u00A010,000,000,000,000.01")]
    public void Money_is_written_as_the_language_does_to_the_minor_unit(string language, string currency, long amount, string written)
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        Assert.Equal(written, Formats.Money(new Money { Amount = amount, Currency = currency }));
    }

    [Fact]
    public void Times_are_the_debtor_s()
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
        var instant = new DateTimeOffset(2026, 3, 1, 20, 30, 0, TimeSpan.Zero);
        Assert.Equal("2 Mar 2026 04:30", Formats.Instant(instant, "Asia/Shanghai"));
        Assert.Equal("1 Mar 2026", Formats.Day(instant, "America/New_York"));
        Assert.Equal("1 Mar 2026 20:30", Formats.Instant(instant, "Nowhere/Known"));
    }

    private static IEnumerable<string> AskedInPages() => Directory.EnumerateFiles(Path.Combine(Repository.Root, "portal"), "*.cs*", SearchOption.AllDirectories)
        .Where(file => Path.GetExtension(file) is ".cs" or ".cshtml" && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .SelectMany(file => Asked().Matches(File.ReadAllText(file)))
        .Select(match => match.Groups["key"].Value);

    // Keys put together from words: their kinds are listed where the words are.
    private static IEnumerable<string> AskedByWords() =>
    [
        .. Terms.Enums.Values.SelectMany(kind => kind.Words.Select(word => $"{kind.Key}.{word}")),
        .. Terms.Events.Select(type => $"event.{type}"),
        .. Terms.Acts.Select(type => $"event.{type}"),
        .. ClientScopes.All.Select(scope => $"scope.{scope}"),
        .. OutcomeKeys.Groups.Select(group => $"outcome.group.{group.Name}"),
        .. Terms.EndReasons.Select(word => $"case.end_reason.{word}"),
        .. Terms.ImportFailures.Select(word => $"failure.{word}"),
        .. Terms.Roles.Select(word => $"role.{word}"),
        .. Navigation.All.Select(entry => $"nav.{entry.Section}"),
        .. EventChoice.Kinds.Select(kind => $"webhook.kind.{kind}"),
        .. Preferences.Themes.Select(word => $"theme.{word}"),
        .. ErrorModel.Kinds.SelectMany(kind => new[] { $"error.{kind}.title", $"error.{kind}.text" }),
    ];

    private static IEnumerable<string> ActsOfTheApi() => Directory.EnumerateFiles(Path.Combine(Repository.Root, "api"), "*.cs", SearchOption.AllDirectories)
        .SelectMany(file => Act().Matches(File.ReadAllText(file)))
        .Select(match => match.Groups["act"].Value);

    private static IEnumerable<string> Places(string text) => Place().Matches(text).Select(match => match.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static Dictionary<string, string> Read(string file) => XDocument.Load(Path.Combine(Repository.Root, "portal", "Language", file))
        .Descendants("data").ToDictionary(data => (string)data.Attribute("name")!, data => (string)data.Element("value")!, StringComparer.Ordinal);

    // In C# a text is asked for by its key, or named to be told after a deed.
    [GeneratedRegex(@"(?:\b(?:[tT](?:exts)?\[|Tell\()""(?<key>[a-z0-9_.]+[a-z0-9_])"")|(?:""(?<key>[a-z0-9_]+\.[a-z0-9_.]+[a-z0-9_])"",\s*cancellation\))")]
    private static partial Regex Asked();

    [GeneratedRegex(@"AuditAsync\(""(?<act>[a-z_]+\.[a-z_]+)""")]
    private static partial Regex Act();

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Han();
}
