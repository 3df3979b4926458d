using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Cases;

/// <summary>Where a case stands.</summary>
public enum CaseState
{
    /// <summary>The agency works it.</summary>
    Active,

    /// <summary>The bank gave notice: the case is recalled on a day to come, and no new outbound contact is made meanwhile.</summary>
    RecallPending,

    /// <summary>The agency objects to the notice; the bank answers.</summary>
    RecallObjected,

    /// <summary>The agency asks to give the case back; the bank answers.</summary>
    ReturnRequested,

    /// <summary>The bank took it back.</summary>
    Recalled,

    /// <summary>The agency gave it back.</summary>
    Returned,

    /// <summary>Nothing is left to collect.</summary>
    Closed,
}

/// <summary>An agency's work on one account under one assignment. To the agency it exists while it is open.</summary>
/// <param name="Id">The case.</param>
/// <param name="BankId">Whose account it is.</param>
/// <param name="AgencyId">Who works it.</param>
/// <param name="AssignmentId">The assignment it was made under.</param>
/// <param name="State">Where it stands.</param>
/// <param name="OpenedAt">When it was made.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="EndReason">Why it ended: a recall reason, or the account's resolution.</param>
/// <param name="Account">The account with its balance today and its debtor, masked.</param>
/// <param name="RecallOn">The day on which it is recalled, by the debtor's calendar: of a notice, or later where the bank accepted an objection to it.</param>
/// <param name="RecallReason">Why it is to be recalled on that day.</param>
/// <param name="ExtendedTo">The last day of its term, where the bank extended it beyond the assignment's.</param>
/// <param name="OpenMotion">What the agency asks and the bank has not answered; at most one thing at a time.</param>
public sealed record Case(
    Id Id, Id BankId, Id AgencyId, Id AssignmentId, CaseState State, DateTimeOffset OpenedAt, DateTimeOffset? EndedAt, string? EndReason, Account Account,
    DateOnly? RecallOn, RecallReason? RecallReason, DateOnly? ExtendedTo, OpenMotion? OpenMotion);

/// <summary>What can be wrong with a case named in a request.</summary>
public static class CaseProblems
{
    public static readonly Problem NotFound = new("case.not_found", 404, "There is no such case.", "案件不存在。");
    public static readonly Problem IsActive = new("case.is_active", 409, "The case is active: there is nothing of that kind to answer, object to or take back.", "案件处于正常状态，没有可答复、异议或撤回的事项。");
    public static readonly Problem IsRecallPending = new("case.is_recall_pending", 409, "The case is to be recalled on a day to come.", "案件已通知撤案，待到期撤回。");
    public static readonly Problem IsRecallObjected = new("case.is_recall_objected", 409, "The agency objected to the recall, and the bank has not answered.", "催收机构已对撤案提出异议，待委托方答复。");
    public static readonly Problem IsReturnRequested = new("case.is_return_requested", 409, "The agency asks to return the case, and the bank has not answered.", "催收机构已申请退案，待委托方答复。");
    public static readonly Problem IsRecalled = new("case.is_recalled", 409, "The case is recalled already.", "案件已撤案。");
    public static readonly Problem IsReturned = new("case.is_returned", 409, "The case is returned already.", "案件已退案。");
    public static readonly Problem IsClosed = new("case.is_closed", 409, "The case is closed already.", "案件已结案。");
    public static readonly Problem RecallObjectedBefore = new("case.recall_objected_before", 409, "The bank has refused an objection to this notice: there is one objection a notice.", "委托方已驳回对本次撤案通知的异议，每次通知仅可异议一次。");
    public static readonly Problem RetentionOpen = new("case.retention_open", 409, "The agency asks to keep the case, and the bank has not answered.", "催收机构已申请留案，待委托方答复。");
    public static readonly Problem NoticeTooShort = new("case.notice_too_short", 422, "The day comes before the notice that the agreement grants is over.", "撤案日期早于协议约定的通知期限。");
    public static readonly Problem DateTooEarly = new("case.date_too_early", 422, "The day must be later than today and than the day that stands.", "日期须晚于今天，并晚于现有日期。");
    public static readonly Problem TermOver = new("case.term_over", 422, "The notice was given because the term ended: taking it back needs a new end of the term.", "撤案通知因委案到期发出，撤回时须给出新的到期日。");
    public static readonly Problem BalanceLeft = new("case.balance_left", 409, "The account still has a balance, so it is not paid in full.", "账户仍有欠款余额，不能以全额还清结案。");

    /// <summary>What every verb that needs an open case refuses.</summary>
    internal static readonly Problem[] Ended = [IsRecalled, IsReturned, IsClosed];

    /// <summary>The refusal that names the state a case is in.</summary>
    internal static Problem Is(CaseState state) => state switch
    {
        CaseState.Active => IsActive,
        CaseState.RecallPending => IsRecallPending,
        CaseState.RecallObjected => IsRecallObjected,
        CaseState.ReturnRequested => IsReturnRequested,
        CaseState.Recalled => IsRecalled,
        CaseState.Returned => IsReturned,
        _ => IsClosed,
    };
}

internal static class CaseRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var cases = v1.MapGroup("/cases").WithTags("Cases");
        List.Map(cases);
        Get.Map(cases);
        ContactPoints.Map(cases);
        Reveal.Map(cases);
        Recall.Map(cases);
        WithdrawRecall.Map(cases);
        ObjectToRecall.Map(cases);
        AcceptObjection.Map(cases);
        RefuseObjection.Map(cases);
        RequestReturn.Map(cases);
        AcceptReturn.Map(cases);
        RefuseReturn.Map(cases);
        RequestRetention.Map(cases);
        GrantRetention.Map(cases);
        RefuseRetention.Map(cases);
        Close.Map(cases);
        ListMotions.Map(cases);
    }
}

/// <summary>A case as stored, with the motion that waits for the bank's answer, without its account.</summary>
internal sealed record CaseRow(
    Id CaseId, Id BankKey, Id AgencyKey, int BankId, int AgencyId, Id AssignmentId, Id AccountId, Id DebtorId, string CaseState,
    DateTimeOffset OpenedAt, DateTimeOffset? EndedAt, string? EndReason,
    DateOnly? RecallOn, string? RecallReason, DateOnly? ExtendedTo, Id? AnsweredMotionId, DateTimeOffset? ObjectionRefusedAt,
    Id? MotionId, string? MotionKind, string? MotionReason, DateOnly? RequestedEnd, DateTimeOffset? MotionMadeAt)
{
    public const string Columns = """
        c.id AS case_id, b.id AS bank_key, g.id AS agency_key, c.bank_id, c.agency_id, c.assignment_id, c.account_id, c.debtor_id,
        c.state AS case_state, c.opened_at, c.ended_at, c.end_reason,
        c.recall_on, c.recall_reason, c.extended_to, c.answered_motion_id, c.objection_refused_at,
        m.id AS motion_id, m.kind AS motion_kind, m.reason AS motion_reason, m.requested_end, m.made_at AS motion_made_at
        """;

    // The join to the account is what ends an agency's sight: once the case has ended, the database shows it no account.
    // Ids sort by time of making, so the motion after the last answered one is the open one. It is sought by the agency: by the
    // bank SQLite would take the primary key, and read every motion of the bank for every case.
    public const string Tables = """
        [case] AS c
        INNER JOIN account AS a ON a.bank_id = c.bank_id AND a.id = c.account_id
        INNER JOIN debtor AS d ON d.bank_id = a.bank_id AND d.id = a.debtor_id
        INNER JOIN tenant AS b ON b.tenant_id = c.bank_id
        INNER JOIN tenant AS g ON g.tenant_id = c.agency_id
        LEFT JOIN case_motion AS m ON m.agency_id = c.agency_id AND m.case_id = c.id AND m.id > COALESCE(c.answered_motion_id, 0x00) AND c.ended_at IS NULL
        """;

    private static readonly Sql Update = new("""
        UPDATE [case]
        SET state = @caseState, recall_on = @recallOn, recall_reason = @recallReason, extended_to = @extendedTo,
            answered_motion_id = @answeredMotionId, objection_refused_at = @objectionRefusedAt
        WHERE bank_id = @bank AND id = @caseId
        """);

    /// <summary>Where it stands: what the bank decided, and what the agency asks meanwhile.</summary>
    public CaseState State => (Words.Read<CaseState>(CaseState), OpenKind) switch
    {
        (Cases.CaseState.RecallPending, Cases.MotionKind.RecallObjection) => Cases.CaseState.RecallObjected,
        (Cases.CaseState.Active, Cases.MotionKind.Return) => Cases.CaseState.ReturnRequested,
        (var stored, _) => stored,
    };

    public MotionKind? OpenKind => Words.ReadOrNull<MotionKind>(MotionKind);

    public OpenMotion? OpenMotion => MotionId is { } id ? new(id, OpenKind!.Value, MotionReason!, RequestedEnd, MotionMadeAt!.Value) : null;

    /// <summary>Refuses what needs the agency to be at work with no notice given: a new promise of the bank's, such as a settlement.</summary>
    public void RequireActive() => Require(Cases.CaseState.Active);

    /// <summary>Refuses what can't be done once a case has ended. What happened is reported whatever notice was given.</summary>
    public void RequireOpen() => Require(Cases.CaseState.Active, Cases.CaseState.RecallPending, Cases.CaseState.RecallObjected, Cases.CaseState.ReturnRequested);

    /// <summary>Refuses in every other state, naming it.</summary>
    public void Require(params ReadOnlySpan<CaseState> states)
    {
        if (!states.Contains(State))
        {
            throw CaseProblems.Is(State).Refuse();
        }
    }

    /// <summary>Writes where an open case stands now; the bank's deed or the system's, on a locked case.</summary>
    public Task StandAsync(Work work) => work.Db.ExecuteAsync(Update, new
    {
        bank = BankId,
        CaseId,
        CaseState,
        RecallOn,
        RecallReason,
        ExtendedTo,
        AnsweredMotionId,
        ObjectionRefusedAt,
    });

    /// <summary>Writes down that this happened to the case, and tells both sides.</summary>
    public async Task TellAsync(Work work, string deed, string? detail = null)
    {
        await work.AuditAsync(deed, CaseId, detail);
        await work.EmitAsync(new(deed, CaseId, BankId, AgencyId, CaseId, AccountId));
    }
}

/// <summary>A case with its account, as both are stored.</summary>
internal sealed record CaseWithAccount(CaseRow Case, AccountRow Account)
{
    /// <summary>Runs a statement that selects the columns of both, in this order.</summary>
    public static Task<IReadOnlyList<CaseWithAccount>> ListAsync(Work work, Sql sql, object parameters, CancellationToken cancellation) =>
        work.Db.ListAsync<CaseRow, AccountRow, CaseWithAccount>(sql, "account_bank", static (row, account) => new(row, account), parameters, cancellation);

    /// <summary>Today, where the debtor lives: every day of a case is one of the debtor's.</summary>
    public DateOnly Today(Work work) => Days.In(Account.TimeZone, work.Now);

    public Case View(Work work) => new(
        Case.CaseId, Case.BankKey, Case.AgencyKey, Case.AssignmentId, Case.State, Case.OpenedAt, Case.EndedAt, Case.EndReason,
        Account.View(work), Case.RecallOn, Words.ReadOrNull<RecallReason>(Case.RecallReason), Case.ExtendedTo, Case.OpenMotion);
}
