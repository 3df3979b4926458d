using Agency.Api.Cases;
using Agency.Api.Http;

namespace Agency.Api.Worklist;

/// <summary>
/// Why a case has its place in the worklist; the reasons come in this order. promise_due: an open promise is due, or was due before. callback: the last contact ended in being asked to call back.
/// silence: contact was never sought, or not for 7 days. days_past_due: in 3 days at most the account is in the next cycle. balance: none of these, and the balance alone decides.
/// worked_today: contact was sought today; with a promise that is due or a callback for 2 hours, else for the rest of the day. held: no outbound contact may be made, because of a hold or of a recall to come.
/// </summary>
public enum WorklistReason
{
    /// <summary>An open promise is due today, or was due before; the earliest first, then the larger balance.</summary>
    PromiseDue,

    /// <summary>The last contact ended in being asked to call back; who waits longest first.</summary>
    Callback,

    /// <summary>Contact was never sought, or not for 7 days; never first, then the longest ago, then the larger balance.</summary>
    Silence,

    /// <summary>In 3 days at most the account is in the next cycle; the soonest first, then the larger balance.</summary>
    DaysPastDue,

    /// <summary>None of the others; the larger balance first.</summary>
    Balance,

    /// <summary>Contact was sought today; the longest ago first.</summary>
    WorkedToday,

    /// <summary>No outbound contact may be made, because of a hold or of a recall to come; the larger balance first.</summary>
    Held,
}

/// <summary>A case in the order in which an agency's people shall work.</summary>
/// <param name="Case">The case, masked. It says when the promise is due, when the last contact was and what holds stand.</param>
/// <param name="Reason">Why it has its place.</param>
/// <param name="DaysSinceContact">Days since contact was last sought, by the debtor's calendar: 0 is today. Absent when it never was.</param>
/// <param name="DaysToNextCycle">Days until the account is in the next cycle: 1 is tomorrow. Absent in M7+, the last.</param>
public sealed record WorklistItem(Case Case, WorklistReason Reason, int? DaysSinceContact, int? DaysToNextCycle);

/// <summary>What can be wrong with asking for a worklist.</summary>
public static class WorklistProblems
{
    public static readonly Problem TooWide = new("worklist.too_wide", 422, "There are too many cases to rank: name a collector, a team or an assignment.", "案件过多，无法排序，请指定催收员、团队或委案批次。");
}

/// <summary>How much one worklist ranks, read from the configuration section <c>Worklist</c>.</summary>
/// <param name="MaxCases">The most cases; above it the caller has to name fewer.</param>
internal sealed record WorklistSettings(int MaxCases)
{
    private const int DefaultMaxCases = 20_000;

    /// <exception cref="InvalidOperationException">A number that no worklist could keep to.</exception>
    public static WorklistSettings From(IConfiguration configuration) =>
        configuration.GetValue("Worklist:MaxCases", DefaultMaxCases) is >= 1 and <= 1_000_000 and var most
            ? new(most)
            : throw new InvalidOperationException("Worklist:MaxCases must be from 1 to 1,000,000.");
}

internal static class WorklistRoutes
{
    public static void Map(RouteGroupBuilder v1) => List.Map(v1.MapGroup("/worklist").WithTags("WorklistItems"));
}
