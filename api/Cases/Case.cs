using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Holds;
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
/// <param name="CollectorId">Who works it, of the agency's people.</param>
/// <param name="TeamId">The agency's team that has it.</param>
/// <param name="AgencyReference">The agency's own number for it.</param>
/// <param name="LastContactAt">When the last contact of the agency's was that it reported.</param>
/// <param name="NextPromiseOn">The day that the open promise is due.</param>
/// <param name="Account">The account with its balance today and its debtor, masked.</param>
/// <param name="RecallOn">The day on which it is recalled, by the debtor's calendar: of a notice, or later where the bank accepted an objection to it.</param>
/// <param name="RecallReason">Why it is to be recalled on that day.</param>
/// <param name="ExtendedTo">The last day of its term, where the bank extended it beyond the assignment's.</param>
/// <param name="OpenMotion">What the agency asks and the bank has not answered; at most one thing at a time.</param>
/// <param name="Holds">What stops work on it now, oldest first.</param>
public sealed record Case(
    Id Id, Id BankId, Id AgencyId, Id AssignmentId, CaseState State, DateTimeOffset OpenedAt, DateTimeOffset? EndedAt, string? EndReason,
    Id? CollectorId, Id? TeamId, string? AgencyReference, DateTimeOffset? LastContactAt, DateOnly? NextPromiseOn, Account Account,
    DateOnly? RecallOn, RecallReason? RecallReason, DateOnly? ExtendedTo, OpenMotion? OpenMotion, IReadOnlyList<StandingHold> Holds);

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
        Timeline.Map(cases);
        OpenForWork.Map(cases);
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
        SetCollector.Map(cases);
        SetReference.Map(cases);
        Distribute.Map(cases);
    }
}
