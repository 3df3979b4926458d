using Agency.Api.Http;

namespace Agency.Api.RulePacks;

/// <summary>What a rule says of a contact.</summary>
public enum RuleAnswer
{
    /// <summary>It may be made.</summary>
    Allow,

    /// <summary>It should not be made without a reason that is written down.</summary>
    Warn,

    /// <summary>It must not be made.</summary>
    Deny,
}

/// <summary>One version of a rule, with the law it comes from.</summary>
/// <param name="RuleId">The rule's name, the same in all its versions: <c>CN-TIME-01</c>.</param>
/// <param name="Answer">What it says of a contact that breaks it: warn or deny.</param>
/// <param name="Title">What it asks, in English.</param>
/// <param name="TitleZh">The same in Chinese.</param>
/// <param name="Citation">The place in the law or standard.</param>
/// <param name="Source">The law or standard by its name.</param>
/// <param name="EffectiveFrom">First day of the debtor's on which this version judges contacts.</param>
/// <param name="EffectiveTo">Last day on which it does; open-ended when absent.</param>
/// <param name="Parameters">Its figures.</param>
public sealed record ContactRule(
    string RuleId, RuleAnswer Answer, string Title, string TitleZh, string Citation, string Source, DateOnly EffectiveFrom, DateOnly? EffectiveTo,
    IReadOnlyDictionary<string, string> Parameters)
{
    internal bool IsInForceOn(DateOnly day) => EffectiveFrom <= day && (EffectiveTo is not { } last || day <= last);
}

/// <summary>How long what was said and dialled is kept after a case, and no longer; with the law it comes from.</summary>
/// <param name="RuleId">The rule's name: <c>CN-REC-01</c>.</param>
/// <param name="Years">Years from the last day on which the agency may report on the case.</param>
/// <param name="Title">What it asks, in English.</param>
/// <param name="TitleZh">The same in Chinese.</param>
/// <param name="Citation">The place in the law or standard.</param>
/// <param name="Source">The law or standard by its name.</param>
public sealed record RecordRetention(string RuleId, int Years, string Title, string TitleZh, string Citation, string Source)
{
    /// <summary>Until when the private data of a case is kept.</summary>
    /// <param name="lateUntil">The end of the time in which the agency may still report on it: what was reported last is kept as long as the rule asks.</param>
    internal DateTimeOffset Until(DateTimeOffset lateUntil) => lateUntil.AddYears(Years);
}

/// <summary>The rules that contacts are held to under an agreement which names this pack, as they are in force on a day.</summary>
/// <param name="Code">What an agreement names it by: <c>cn</c>.</param>
/// <param name="Title">Whose law it is, in English.</param>
/// <param name="TitleZh">The same in Chinese.</param>
/// <param name="On">The day.</param>
/// <param name="Rules">The rules in force on that day.</param>
/// <param name="Retention">How long notes and points dialled are kept after a case.</param>
public sealed record RulePackContents(string Code, string Title, string TitleZh, DateOnly On, IReadOnlyList<ContactRule> Rules, RecordRetention Retention);

/// <summary>What can be wrong with a rule pack named in a request.</summary>
public static class RulePackProblems
{
    public static readonly Problem NotFound = new("rule_pack.not_found", 404, "There is no such rule pack.", "规则包不存在。");
}

internal static class RulePackRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        // A pack that is not as it should be stops the service here, not a contact later.
        _ = RuleBook.All;

        var packs = v1.MapGroup("/rule-packs").WithTags("RulePacks");
        List.Map(packs);
        Get.Map(packs);
    }
}
