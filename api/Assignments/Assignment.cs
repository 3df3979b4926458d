using System.Text.Json;
using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Assignments;

/// <summary>Where an assignment stands; read off what both sides did.</summary>
public enum AssignmentState
{
    /// <summary>Handed over by the bank; the agency has not answered.</summary>
    Submitted,

    /// <summary>Taken on by the agency; the term has not started.</summary>
    Acknowledged,

    /// <summary>Turned down by the agency; its accounts can be assigned again.</summary>
    Rejected,

    /// <summary>The term runs and every account has its case.</summary>
    Active,
}

/// <summary>How much of an assignment is how long overdue.</summary>
/// <param name="Cycle">M0 to M6, M7+.</param>
/// <param name="Accounts">How many accounts.</param>
/// <param name="Total">What was owed on them when they were assigned.</param>
public sealed record DaysPastDueShare(string Cycle, int Accounts, Money Total);

/// <summary>Accounts of one portfolio handed to one agency for a term. Until it acknowledges, the agency sees these figures and no account.</summary>
/// <param name="Id">The assignment.</param>
/// <param name="BankId">Whose accounts they are.</param>
/// <param name="AgencyId">Who is to work them.</param>
/// <param name="AgreementId">The mandate it stands on.</param>
/// <param name="PortfolioId">Where the accounts come from; the bank alone sees it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="TermStart">First day of the term.</param>
/// <param name="TermEnd">Last day of the term.</param>
/// <param name="Accounts">How many accounts.</param>
/// <param name="Balance">What was owed on them when they were assigned.</param>
/// <param name="DaysPastDueMix">The same, by how long overdue.</param>
/// <param name="Reason">Why the agency rejected it.</param>
/// <param name="SubmittedAt">When the bank handed it over.</param>
/// <param name="AnsweredAt">When the agency answered.</param>
/// <param name="ActivatedAt">When its cases were made.</param>
public sealed record Assignment(
    Id Id, Id BankId, Id AgencyId, Id AgreementId, Id? PortfolioId, AssignmentState State, DateOnly TermStart, DateOnly TermEnd,
    int Accounts, Balance Balance, IReadOnlyList<DaysPastDueShare> DaysPastDueMix, string? Reason,
    DateTimeOffset SubmittedAt, DateTimeOffset? AnsweredAt, DateTimeOffset? ActivatedAt);

/// <summary>What can be wrong with an assignment.</summary>
public static class AssignmentProblems
{
    public static readonly Problem NotFound = new("assignment.not_found", 404, "There is no such assignment.", "委案不存在。");
    public static readonly Problem TermPast = new("assignment.term_past", 422, "The term has ended already.", "委案期限已结束。");
    public static readonly Problem Empty = new("assignment.no_eligible_accounts", 409, "No account of the portfolio matches the filter and can be assigned.", "没有符合条件且可委案的账户。");
    public static readonly Problem IsAcknowledged = new("assignment.is_acknowledged", 409, "The assignment is acknowledged already.", "委案已确认接收。");
    public static readonly Problem IsRejected = new("assignment.is_rejected", 409, "The assignment is rejected already.", "委案已被拒绝。");
    public static readonly Problem IsActive = new("assignment.is_active", 409, "The assignment is active already.", "委案已生效。");
}

internal static class AssignmentRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var assignments = v1.MapGroup("/assignments").WithTags("Assignments");
        Submit.Map(assignments);
        List.Map(assignments);
        Get.Map(assignments);
        Acknowledge.Map(assignments);
        Reject.Map(assignments);
    }
}

/// <summary>An assignment as stored, with the agency's answer beside it.</summary>
internal sealed record AssignmentRow(
    Id Id, Id BankKey, Id AgencyKey, int BankId, int AgencyId, Id AgreementId, Id PortfolioId, string Currency, DateOnly TermStart, DateOnly TermEnd,
    int AccountCount, long Principal, long Interest, long Fees, string DaysPastDueMix, DateTimeOffset SubmittedAt, DateTimeOffset? ActivatedAt,
    string? Answer, string? Reason, DateTimeOffset? AnsweredAt)
{
    public const string Columns = """
        s.id, b.id AS bank_key, g.id AS agency_key, s.bank_id, s.agency_id, s.agreement_id, s.portfolio_id, s.currency, s.term_start, s.term_end,
        s.account_count, s.principal, s.interest, s.fees, s.days_past_due_mix, s.submitted_at, s.activated_at,
        w.answer, w.reason, w.answered_at
        """;

    public const string Tables = """
        assignment AS s
        INNER JOIN tenant AS b ON b.tenant_id = s.bank_id
        INNER JOIN tenant AS g ON g.tenant_id = s.agency_id
        LEFT JOIN assignment_answer AS w ON w.bank_id = s.bank_id AND w.assignment_id = s.id
        """;

    public AssignmentState State => (Answer, ActivatedAt) switch
    {
        ("rejected", _) => AssignmentState.Rejected,
        (_, not null) => AssignmentState.Active,
        ("acknowledged", _) => AssignmentState.Acknowledged,
        _ => AssignmentState.Submitted,
    };

    public Assignment View(Work work) => new(
        Id, BankKey, AgencyKey, AgreementId, work.Caller.IsBank ? PortfolioId : null, State, TermStart, TermEnd,
        AccountCount, Balance.Of(Principal, Interest, Fees, Currency), [.. Mix.Read(DaysPastDueMix).Select(m => m.View(Currency))], Reason,
        SubmittedAt, AnsweredAt, ActivatedAt);
}

/// <summary>One line of the mix, as stored.</summary>
internal sealed record Mix(int Cycle, int Accounts, long Total)
{
    public static string Write(IEnumerable<Mix> mix) => JsonSerializer.Serialize(mix, Json.Options);

    public static IReadOnlyList<Mix> Read(string text) => JsonSerializer.Deserialize<List<Mix>>(text, Json.Options) ?? [];

    public DaysPastDueShare View(string currency) => new(DaysPastDue.CycleName(Cycle), Accounts, new Money(Total, currency));
}
