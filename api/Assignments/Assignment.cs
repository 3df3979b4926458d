using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Assignments;

/// <summary>Where an assignment stands; read off what both sides and the system did.</summary>
public enum AssignmentState
{
    /// <summary>Its accounts are being reserved in the background; the agency does not see it yet.</summary>
    Placing,

    /// <summary>Handed over by the bank; the agency has not answered.</summary>
    Submitted,

    /// <summary>Taken on by the agency; the term has not started, or its cases are being made.</summary>
    Acknowledged,

    /// <summary>Turned down by the agency; its accounts can be assigned again.</summary>
    Rejected,

    /// <summary>The term runs and every account has its case.</summary>
    Active,

    /// <summary>Taken back by the bank as if it had never been: before any contact, and left out of statistics.</summary>
    Voided,

    /// <summary>Taken back by the bank with all its cases.</summary>
    Recalled,

    /// <summary>Every case has ended and the bank closed it.</summary>
    Closed,
}

/// <summary>Accounts of one portfolio handed to one agency for a term. Until it acknowledges, the agency sees these figures and no account.</summary>
/// <param name="Id">The assignment.</param>
/// <param name="BankId">Whose accounts they are.</param>
/// <param name="AgencyId">Who is to work them.</param>
/// <param name="AgreementId">The mandate it stands on.</param>
/// <param name="AgreementVersion">The version of the mandate that it keeps.</param>
/// <param name="PortfolioId">Where the accounts come from; the bank alone sees it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="TermStart">First day of the term.</param>
/// <param name="TermEnd">Last day of the term.</param>
/// <param name="Accounts">How many accounts; it grows while they are being reserved.</param>
/// <param name="Balance">What was owed on them when they were assigned.</param>
/// <param name="DaysPastDueMix">The same, by how long overdue.</param>
/// <param name="SkippedCount">How many accounts matched the filter and could not be assigned; the bank alone sees it.</param>
/// <param name="Reason">Why the agency rejected it.</param>
/// <param name="SubmittedAt">When the bank handed it over.</param>
/// <param name="AnsweredAt">When the agency answered.</param>
/// <param name="ActivatedAt">When its cases were made.</param>
/// <param name="EndedAt">When the bank voided, recalled or closed it.</param>
/// <param name="EndReason">Why it was voided or recalled.</param>
public sealed record Assignment(
    Id Id, Id BankId, Id AgencyId, Id AgreementId, int AgreementVersion, Id? PortfolioId, AssignmentState State, DateOnly TermStart, DateOnly TermEnd,
    int Accounts, Balance Balance, IReadOnlyList<DaysPastDueShare> DaysPastDueMix, int? SkippedCount, string? Reason,
    DateTimeOffset SubmittedAt, DateTimeOffset? AnsweredAt, DateTimeOffset? ActivatedAt, DateTimeOffset? EndedAt, string? EndReason);

/// <summary>What can be wrong with an assignment.</summary>
public static class AssignmentProblems
{
    public static readonly Problem NotFound = new("assignment.not_found", 404, "There is no such assignment.", "委案不存在。");
    public static readonly Problem TermPast = new("assignment.term_past", 422, "The term has ended already.", "委案期限已结束。");
    public static readonly Problem Empty = new("assignment.no_eligible_accounts", 409, "No account of the portfolio matches the filter and can be assigned.", "没有符合条件且可委案的账户。");
    public static readonly Problem IsPlacing = new("assignment.is_placing", 409, "The accounts of the assignment are still being reserved.", "委案账户仍在锁定中。");
    public static readonly Problem IsSubmitted = new("assignment.is_submitted", 409, "The agency has not answered the assignment yet.", "催收机构尚未答复该委案。");
    public static readonly Problem IsAcknowledged = new("assignment.is_acknowledged", 409, "The assignment is acknowledged already.", "委案已确认接收。");
    public static readonly Problem IsRejected = new("assignment.is_rejected", 409, "The assignment is rejected already.", "委案已被拒绝。");
    public static readonly Problem IsActive = new("assignment.is_active", 409, "The assignment is active already.", "委案已生效。");
    public static readonly Problem IsVoided = new("assignment.is_voided", 409, "The assignment is voided already.", "委案已作废。");
    public static readonly Problem IsRecalled = new("assignment.is_recalled", 409, "The assignment is recalled already.", "委案已撤回。");
    public static readonly Problem IsClosed = new("assignment.is_closed", 409, "The assignment is closed already.", "委案已结束。");
    public static readonly Problem HasContactRecords = new("assignment.has_contact_records", 409, "The agency has reported contacts on its cases: recall it instead.", "该委案已有催记，请改用撤案。");
    public static readonly Problem HasOpenCases = new("assignment.has_open_cases", 409, "Some of its cases are still open.", "该委案仍有未结案件。");

    public static readonly Problem TermNotLater = new("assignment.term_not_later", 422, "The new last day must be later than today and than the end of the term.", "新的到期日须晚于今天和原委案期限。");
    public static readonly Problem NoRetentionAsked = new("assignment.no_retention_asked", 409, "No case of the assignment waits for an answer to a retention.", "该委案没有待答复的留案申请。");
    public static readonly Problem RetentionRunning = new("assignment.retention_running", 409, "What was last asked or answered about keeping its cases is still being carried out.", "该委案上一次留案申请或答复仍在处理中。");
    public static readonly Problem RetentionNotFound = new("assignment_retention.not_found", 404, "There is no such retention of an assignment.", "委案留案记录不存在。");

    /// <summary>The refusal that names the state an assignment is in.</summary>
    internal static Problem Is(AssignmentState state) => state switch
    {
        AssignmentState.Placing => IsPlacing,
        AssignmentState.Submitted => IsSubmitted,
        AssignmentState.Acknowledged => IsAcknowledged,
        AssignmentState.Rejected => IsRejected,
        AssignmentState.Active => IsActive,
        AssignmentState.Voided => IsVoided,
        AssignmentState.Recalled => IsRecalled,
        _ => IsClosed,
    };
}

internal static class AssignmentRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var assignments = v1.MapGroup("/assignments").WithTags("Assignments");
        Submit.Map(assignments);
        DryRun.Map(assignments);
        List.Map(assignments);
        Get.Map(assignments);
        SkippedAccounts.Map(assignments);
        Acknowledge.Map(assignments);
        Reject.Map(assignments);
        Void.Map(assignments);
        Recall.Map(assignments);
        Close.Map(assignments);
        RequestRetention.Map(assignments);
        AnswerRetention.Map(assignments);
        ListRetentions.Map(assignments);

        GetRetention.Map(v1.MapGroup("/assignment-retentions").WithTags("Assignments"));
    }
}

/// <summary>An assignment as stored, with the agency's answer beside it.</summary>
internal sealed record AssignmentRow(
    Id Id, Id BankKey, Id AgencyKey, int BankId, int AgencyId, Id AgreementId, int AgreementVersion, Id PortfolioId, string Currency, DateOnly TermStart, DateOnly TermEnd,
    int AccountCount, long Principal, long Interest, long Fees, string DaysPastDueMix, int SkippedCount, bool Placing, DateTimeOffset SubmittedAt, DateTimeOffset? ActivatedAt,
    DateTimeOffset? EndedAt, string? Ending, string? EndReason, string? Answer, string? Reason, DateTimeOffset? AnsweredAt)
{
    public const string Columns = """
        s.id, b.id AS bank_key, g.id AS agency_key, s.bank_id, s.agency_id, s.agreement_id, s.agreement_version, s.portfolio_id, s.currency, s.term_start, s.term_end,
        s.account_count, s.principal, s.interest, s.fees, s.days_past_due_mix, s.skipped_count, s.placing, s.submitted_at, s.activated_at,
        s.ended_at, s.ending, s.end_reason, w.answer, w.reason, w.answered_at
        """;

    public const string Tables = """
        assignment AS s
        INNER JOIN tenant AS b ON b.tenant_id = s.bank_id
        INNER JOIN tenant AS g ON g.tenant_id = s.agency_id
        LEFT JOIN assignment_answer AS w ON w.bank_id = s.bank_id AND w.assignment_id = s.id
        """;

    public AssignmentState State => this switch
    {
        { Ending: { } ending } => Words.Read<AssignmentState>(ending),
        { Placing: true } => AssignmentState.Placing,
        { Answer: "rejected" } => AssignmentState.Rejected,
        { ActivatedAt: not null } => AssignmentState.Active,
        { Answer: "acknowledged" } => AssignmentState.Acknowledged,
        _ => AssignmentState.Submitted,
    };

    public Assignment View(Work work) => new(
        Id, BankKey, AgencyKey, AgreementId, AgreementVersion, work.Caller.IsBank ? PortfolioId : null, State, TermStart, TermEnd,
        AccountCount, Balance.Of(Principal, Interest, Fees, Currency), Figures.Shares(DaysPastDueMix, Currency), work.Caller.IsBank ? SkippedCount : null, Reason,
        SubmittedAt, AnsweredAt, ActivatedAt, EndedAt, EndReason);

    /// <summary>Refuses what can only be done in one of these states.</summary>
    public void Require(params ReadOnlySpan<AssignmentState> states)
    {
        if (!states.Contains(State))
        {
            throw AssignmentProblems.Is(State).Refuse();
        }
    }
}
