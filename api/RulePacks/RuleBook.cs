using System.Collections.Frozen;
using Agency.Api.RulePacks.Kinds;

namespace Agency.Api.RulePacks;

/// <summary>A version of a rule: what is shown of it, and what it asks.</summary>
internal sealed record RuleVersion(ContactRule Rule, RuleKind Kind);

/// <summary>A rule pack with all versions of its rules, read once. A change of the law is a new version from a day on, beside the old.</summary>
/// <param name="TimeZone">The clock for debtors whose own zone is not known.</param>
/// <param name="Retention">How long what was said and dialled is kept.</param>
internal sealed record RuleBook(string Code, string Title, string TitleZh, string TimeZone, RecordRetention Retention, IReadOnlyList<RuleVersion> Versions)
{
    private readonly (DateOnly From, RuleVersion[] Rules)[] periods = PeriodsOf(Versions);

    /// <summary>Whether a rule asks for the calls of the day.</summary>
    public bool CountsDays { get; } = Versions.Any(version => version.Kind is DailyConversations or DailyUnanswered);

    /// <summary>Whether a rule asks for the calls of the week.</summary>
    public bool CountsWeeks { get; } = Versions.Any(version => version.Kind is CallsPerDebt or AfterConversation);

    /// <summary>The packs that stand in the assembly, by code.</summary>
    public static FrozenDictionary<string, RuleBook> All { get; } = RuleBookFile.ReadAll().ToFrozenDictionary(book => book.Code, StringComparer.Ordinal);

    /// <summary>The pack that an agreement names.</summary>
    public static RuleBook Of(string code) => All.TryGetValue(code, out var book) ? book : throw new InvalidOperationException($"There is no rule pack {code}.");

    /// <summary>The rules in force on a day of the debtor's.</summary>
    public IReadOnlyList<RuleVersion> On(DateOnly day)
    {
        for (var i = periods.Length - 1; i >= 0; i--)
        {
            if (periods[i].From <= day)
            {
                return periods[i].Rules;
            }
        }

        return [];
    }

    public RulePackContents View(DateOnly on) => new(Code, Title, TitleZh, on, [.. On(on).Select(version => version.Rule)], Retention);

    // The rules change on the days on which a version begins or is over; in between they are the same.
    private static (DateOnly From, RuleVersion[] Rules)[] PeriodsOf(IReadOnlyList<RuleVersion> versions) =>
    [
        .. versions.Select(version => version.Rule.EffectiveFrom)
            .Concat(versions.Where(version => version.Rule.EffectiveTo is not null).Select(version => version.Rule.EffectiveTo!.Value.AddDays(1)))
            .Distinct()
            .Order()
            .Select(day => (day, versions.Where(version => version.Rule.IsInForceOn(day)).ToArray())),
    ];
}
