using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.SettlementProposals;

/// <summary>What is proposed.</summary>
public enum SettlementKind
{
    /// <summary>One payment of less than is owed; the rest is waived.</summary>
    LumpSum,

    /// <summary>Monthly payments; once all are made the rest is waived, if there is any.</summary>
    Instalments,

    /// <summary>A later day to pay on; nothing is waived.</summary>
    Extension,

    /// <summary>A payment, in return for which a part of the fees is waived.</summary>
    FeeWaiver,
}

/// <summary>Where a settlement proposal stands; read off what both sides did, the money, and the date.</summary>
public enum SettlementProposalState
{
    /// <summary>The bank has not decided, or a second approver has not yet.</summary>
    Submitted,

    /// <summary>The bank offers other terms; the agency answers.</summary>
    Countered,

    /// <summary>The bank takes the terms. A lump sum or fee waiver waits for the money, instalments and an extension for the debtor's signature.</summary>
    Approved,

    /// <summary>The bank does not.</summary>
    Rejected,

    /// <summary>The agency does not take the bank's other terms.</summary>
    Declined,

    /// <summary>The agency took it back.</summary>
    Withdrawn,

    /// <summary>The debtor has signed, and pays; collection stops.</summary>
    InForce,

    /// <summary>All was paid in time.</summary>
    Completed,

    /// <summary>A payment was not made in time. The bank may reinstate the plan.</summary>
    Defaulted,

    /// <summary>The date passed without agreement, without the signature, or without the money.</summary>
    Expired,
}

/// <summary>What the debtor says of himself. Kept encrypted; shown with the proposal alone, to its agency while the case is open.</summary>
/// <param name="MonthlyIncome">What he earns a month.</param>
/// <param name="Assets">What he owns; up to 2,000 characters.</param>
/// <param name="Household">Whom he lives with and supports; up to 2,000 characters.</param>
public sealed record Circumstances(Money? MonthlyIncome = null, string? Assets = null, string? Household = null);

/// <summary>The terms that the bank offered instead.</summary>
/// <param name="Kind">What is offered.</param>
/// <param name="Amount">What the debtor would pay in all.</param>
/// <param name="PayBy">The last day of the last payment.</param>
/// <param name="Instalments">How many monthly payments.</param>
/// <param name="FirstDueOn">The last day of the first of them.</param>
/// <param name="Waiver">The fees that would be waived.</param>
/// <param name="Reason">What the bank gave as its reason.</param>
/// <param name="CounteredAt">When it was offered.</param>
/// <param name="AcceptedAt">When the agency accepted it.</param>
public sealed record SettlementCounter(
    SettlementKind Kind, Money Amount, DateOnly PayBy, int? Instalments, DateOnly? FirstDueOn, Money? Waiver, string? Reason, DateTimeOffset CounteredAt, DateTimeOffset? AcceptedAt);

/// <summary>An agency's proposal to settle a debt on other terms, and what the bank made of it.</summary>
/// <param name="Id">The proposal, and the repayment plan that it becomes.</param>
/// <param name="CaseId">The case it was made under.</param>
/// <param name="AccountId">The account it is for.</param>
/// <param name="Kind">What is proposed.</param>
/// <param name="Amount">What the debtor would pay in all.</param>
/// <param name="PayBy">The last day of the last payment.</param>
/// <param name="Instalments">How many monthly payments.</param>
/// <param name="FirstDueOn">The last day of the first of them.</param>
/// <param name="Waiver">The fees that would be waived.</param>
/// <param name="Balance">What was owed when it was proposed.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">The debtor's reason, as the agency gave it.</param>
/// <param name="Circumstances">What the debtor says of himself; with a single proposal, to its agency while the case is open.</param>
/// <param name="Counter">The terms that the bank offered instead.</param>
/// <param name="DecisionReason">What the bank gave as its reason.</param>
/// <param name="ReplyReason">Why the agency declined or withdrew.</param>
/// <param name="AgencyReference">The agency's own number for it.</param>
/// <param name="SubmittedAt">When it was made.</param>
/// <param name="FirstApprovedAt">When the first of two approvers approved.</param>
/// <param name="DecidedAt">When the bank decided.</param>
/// <param name="RepliedAt">When the agency declined or withdrew.</param>
/// <param name="InForceAt">When the debtor's signature was verified.</param>
/// <param name="CompletedAt">When all was paid.</param>
/// <param name="AccountNumber">The bank's number of the account; to the agency only while its case is open.</param>
public sealed record SettlementProposal(
    Id Id, Id CaseId, Id AccountId, SettlementKind Kind, Money Amount, DateOnly PayBy, int? Instalments, DateOnly? FirstDueOn, Money? Waiver, Money Balance,
    SettlementProposalState State, string Reason, Circumstances? Circumstances, SettlementCounter? Counter, string? DecisionReason, string? ReplyReason,
    string? AgencyReference, DateTimeOffset SubmittedAt, DateTimeOffset? FirstApprovedAt, DateTimeOffset? DecidedAt, DateTimeOffset? RepliedAt,
    DateTimeOffset? InForceAt, DateTimeOffset? CompletedAt, string? AccountNumber);

/// <summary>What can be wrong with a settlement proposal.</summary>
public static class SettlementProposalProblems
{
    public static readonly Problem NotFound = new("settlement_proposal.not_found", 404, "There is no such settlement proposal.", "减免申请不存在。");
    public static readonly Problem WrongCurrency = new("settlement_proposal.wrong_currency", 422, "The amount is not in the account's currency.", "币种与账户不符。");
    public static readonly Problem NoConcession = new("settlement_proposal.no_concession", 422, "The amount is not less than is owed: there is nothing to waive.", "申请金额不低于欠款余额，无可减免。");
    public static readonly Problem MoreThanOwed = new("settlement_proposal.more_than_owed", 422, "The amount and the waiver exceed what is owed, or the waiver what is owed of fees.", "还款金额与减免金额超过欠款，或减免金额超过所欠费用。");
    public static readonly Problem PayByPast = new("settlement_proposal.pay_by_past", 422, "The date to pay by has passed.", "约定还款日期已过。");
    public static readonly Problem TooLong = new("settlement_proposal.too_long", 422, "The last payment of a plan must be within 60 months.", "最后一期还款须在60个月之内。");
    public static readonly Problem TooManyInstalments = new("settlement_proposal.too_many_instalments", 422, "The agreement allows fewer instalments.", "分期期数超过委托协议约定。");
    public static readonly Problem BelowLeastAmount = new("settlement_proposal.below_least_amount", 422, "The agreement wants a settlement to bring in more.", "还款金额低于委托协议约定的最低金额。");
    public static readonly Problem AboveDiscountLimit = new("settlement_proposal.above_discount_limit", 422, "The agreement does not let the agency concede that much.", "减免比例超过委托协议约定的上限。");
    public static readonly Problem Pending = new("settlement_proposal.pending", 409, "Another proposal on this account is undecided, approved or in force.", "该账户已有待审批、已批准或履行中的申请。");
    public static readonly Problem AccountResolved = new("settlement_proposal.account_resolved", 409, "Nothing is left to collect on the account.", "该账户已结清，无可减免。");
    public static readonly Problem TookPart = new("settlement_proposal.took_part", 409, "Who wrote the counter-offer, approved first, or verified evidence may not approve: somebody else must.", "拟定还价、首次审批或核验材料者不得审批，须由他人办理。");
    public static readonly Problem ClientIsSecond = new("settlement_proposal.client_is_second", 409, "A client credential can't be the second approver: a person must.", "客户端凭证不得作为第二审批人，须由人员审批。");
    public static readonly Problem HasCounter = new("settlement_proposal.has_counter", 409, "The bank has offered other terms already.", "银行已提出还价。");
    public static readonly Problem HasFirstApproval = new("settlement_proposal.has_first_approval", 409, "One approver has approved already: approve or reject it.", "已有首次审批，请批准或拒绝。");
    public static readonly Problem NotPlan = new("settlement_proposal.not_plan", 409, "A lump sum or a fee waiver is never in force: it is completed by the money.", "一次性结清或费用减免无需生效，收到款项即履行完毕。");
    public static readonly Problem NotSigned = new("settlement_proposal.not_signed", 409, "There is no evidence file of kind signed_agreement that the bank has verified.", "尚无经银行核验的签署协议。");
    public static readonly Problem UntilOutOfRange = new("settlement_proposal.until_out_of_range", 422, "The day must be from today to a year from now.", "日期须在今天起一年之内。");
    public static readonly Problem IsSubmitted = new("settlement_proposal.is_submitted", 409, "The bank has not decided yet.", "申请尚未审批。");
    public static readonly Problem IsCountered = new("settlement_proposal.is_countered", 409, "The bank has offered other terms: the agency answers first.", "银行已还价，待机构答复。");
    public static readonly Problem IsApproved = new("settlement_proposal.is_approved", 409, "The proposal is approved already.", "申请已批准。");
    public static readonly Problem IsRejected = new("settlement_proposal.is_rejected", 409, "The proposal is rejected already.", "申请已拒绝。");
    public static readonly Problem IsDeclined = new("settlement_proposal.is_declined", 409, "The agency has declined the other terms.", "机构已谢绝还价。");
    public static readonly Problem IsWithdrawn = new("settlement_proposal.is_withdrawn", 409, "The agency has taken the proposal back.", "申请已撤回。");
    public static readonly Problem IsInForce = new("settlement_proposal.is_in_force", 409, "The plan is in force.", "分期协议履行中。");
    public static readonly Problem IsCompleted = new("settlement_proposal.is_completed", 409, "The proposal is completed already.", "申请已履行完毕。");
    public static readonly Problem IsDefaulted = new("settlement_proposal.is_defaulted", 409, "The plan is in default.", "分期协议已违约。");
    public static readonly Problem IsExpired = new("settlement_proposal.is_expired", 409, "The proposal has expired.", "申请已过期。");

    /// <summary>The refusals that name a state which no answer can be given in.</summary>
    internal static readonly Problem[] Closed = [IsApproved, IsRejected, IsDeclined, IsWithdrawn, IsInForce, IsCompleted, IsDefaulted, IsExpired];

    /// <summary>The refusal that names the state a proposal is in.</summary>
    internal static Problem Is(SettlementProposalState state) => state switch
    {
        SettlementProposalState.Submitted => IsSubmitted,
        SettlementProposalState.Countered => IsCountered,
        SettlementProposalState.Approved => IsApproved,
        SettlementProposalState.Rejected => IsRejected,
        SettlementProposalState.Declined => IsDeclined,
        SettlementProposalState.Withdrawn => IsWithdrawn,
        SettlementProposalState.InForce => IsInForce,
        SettlementProposalState.Completed => IsCompleted,
        SettlementProposalState.Defaulted => IsDefaulted,
        _ => IsExpired,
    };
}

internal static class SettlementProposalRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var ofCase = v1.MapGroup("/cases/{id}/settlement-proposals").WithTags("SettlementProposals");
        Submit.Map(ofCase);
        List.MapOfCase(ofCase);

        var proposals = v1.MapGroup("/settlement-proposals").WithTags("SettlementProposals");
        List.Map(proposals);
        Get.Map(proposals);
        Approve.Map(proposals);
        Reject.Map(proposals);
        Counter.Map(proposals);
        Accept.Map(proposals);
        Decline.Map(proposals);
        Withdraw.Map(proposals);
        Commence.Map(proposals);
        Reinstate.Map(proposals);
    }
}
