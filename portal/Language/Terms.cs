using Agency.Sdk;
using Microsoft.Extensions.Localization;

namespace Agency.Portal.Language;

/// <summary>The API's words (states, outcomes, roles …) as the reader's language has them. A word that is not known is shown as it is.</summary>
public static class Terms
{
    /// <summary>Every kind of word shown, and where its keys begin.</summary>
    public static IReadOnlyDictionary<Type, string> Enums { get; } = new Dictionary<Type, string>
    {
        [typeof(CaseState)] = "case.state",
        [typeof(Channel)] = "channel",
        [typeof(ContactPointKind)] = "contact_point.kind",
        [typeof(Consent)] = "contact_point.consent",
        [typeof(ContactPointSource)] = "contact_point.source",
        [typeof(ContactPointStatus)] = "contact_point.status",
        [typeof(Direction)] = "direction",
        [typeof(HoldKind)] = "hold.kind",
        [typeof(KeepReason)] = "case.keep_reason",
        [typeof(MotionKind)] = "case.motion",
        [typeof(Outcome)] = "outcome",
        [typeof(Party)] = "party",
        [typeof(RepaymentState)] = "repayment.state",
        [typeof(SettlementKind)] = "settlement_proposal.kind",
        [typeof(SettlementProposalState)] = "settlement_proposal.state",
    };

    /// <summary>Every word a case can have ended by: a recall reason, a return code, or what resolved its account.</summary>
    public static IEnumerable<string> EndReasons { get; } =
        Enum.GetNames<RecallReason>().Concat(Enum.GetNames<ReturnCode>()).Concat(Enum.GetNames<Resolution>()).Select(Word).Distinct(StringComparer.Ordinal);

    /// <summary>The roles that people have, on either side.</summary>
    public static IEnumerable<string> Roles { get; } = ["collector", "supervisor", "manager", "analyst", "approver", "admin", "operator"];

    public static string Term<T>(this IStringLocalizer<Texts> texts, T value)
        where T : struct, Enum => texts.Known(Enums[typeof(T)], Word(value.ToString()));

    public static string EndReason(this IStringLocalizer<Texts> texts, string reason) => texts.Known("case.end_reason", reason);

    /// <summary>Why the agency asks: a return code for a return, else a reason to keep the case.</summary>
    public static string MotionReason(this IStringLocalizer<Texts> texts, OpenMotion motion) =>
        motion.Kind == MotionKind.Return ? texts.EndReason(motion.Reason) : texts.Known(Enums[typeof(KeepReason)], motion.Reason);

    /// <summary>What stops work on a case, in a few words.</summary>
    public static string Holds(this IStringLocalizer<Texts> texts, IEnumerable<StandingHold> holds) =>
        string.Join(" · ", holds.Select(hold => texts.Term(hold.Kind)));

    public static string Role(this IStringLocalizer<Texts> texts, string role) => texts.Known("role", role);

    /// <summary>An enum member as the API writes it.</summary>
    public static string Word(string member) => member.ToLowerInvariant();

    private static string Known(this IStringLocalizer<Texts> texts, string kind, string word) =>
        texts[$"{kind}.{word}"] is { ResourceNotFound: false } found ? found.Value : word;
}
