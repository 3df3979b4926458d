using System.Globalization;
using Agency.Api.ContactRecords;
using Agency.Api.RulePacks;

namespace Agency.Tests.RulePacks;

/// <summary>Contacts as the rules see them, told in a few words.</summary>
internal static class Judged
{
    public const string Shanghai = "Asia/Shanghai";
    public const string NewYork = "America/New_York";

    public static readonly RuleBook Cn = RuleBook.Of("cn");
    public static readonly RuleBook Us = RuleBook.Of("us");

    public static DateTimeOffset Utc(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    /// <summary>A call to the debtor at an instant, with nothing before it.</summary>
    public static ContactFacts Call(string zone, string instant)
    {
        var (clock, at) = (LocalClock.Of(zone, zone), Utc(instant));
        return new ContactFacts { Clock = clock, At = at, Channel = Channel.Call, History = ContactHistory.None(clock.DayOf(at)) };
    }

    /// <summary>The same with so many calls and conversations in the debtor's week: today's first, then yesterday's, and so on.</summary>
    public static ContactFacts After(this ContactFacts contact, int[]? calls = null, int[]? talks = null) =>
        contact with { History = contact.History with { Calls = Since(calls ?? []), Talks = Since(talks ?? []) } };

    public static ContactFacts AfterToday(this ContactFacts contact, int conversations = 0, int unanswered = 0) =>
        contact with { History = contact.History with { Conversations = conversations, Unanswered = unanswered } };

    /// <summary>The rules it breaks, with a space between, and the earliest instant at which it would break none.</summary>
    public static (string Broken, DateTimeOffset? AllowedFrom) By(this ContactFacts contact, RuleBook pack)
    {
        var judgement = Judgement.Of(pack, contact);
        return (string.Join(' ', judgement.Findings.Select(finding => finding.Rule.RuleId)), judgement.AllowedFrom());
    }

    public static string BrokenBy(this ContactFacts contact, RuleBook pack) => contact.By(pack).Broken;

    private static int[] Since(int[] perDay) => [.. Enumerable.Range(0, ContactHistory.Days).Select(back => perDay.Take(back + 1).Sum())];
}
