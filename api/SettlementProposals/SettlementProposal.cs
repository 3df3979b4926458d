using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.SettlementProposals;

/// <summary>What is proposed.</summary>
public enum SettlementKind
{
    /// <summary>One payment of less than is owed; the rest is waived.</summary>
    LumpSum,
}

/// <summary>Where a settlement proposal stands; read off what both sides did, and the date.</summary>
public enum SettlementProposalState
{
    /// <summary>The bank has not decided.</summary>
    Submitted,

    /// <summary>The bank takes the amount, if it is paid by the date.</summary>
    Approved,

    /// <summary>The bank does not.</summary>
    Rejected,

    /// <summary>The amount was paid by the date; the rest is waived.</summary>
    Completed,

    /// <summary>The date passed without a decision, or without the money.</summary>
    Expired,
}

/// <summary>An agency's proposal to settle a debt for less, and what the bank made of it.</summary>
/// <param name="Id">The proposal.</param>
/// <param name="CaseId">The case it was made under.</param>
/// <param name="AccountId">The account it is for.</param>
/// <param name="Kind">What is proposed.</param>
/// <param name="Amount">What the debtor would pay.</param>
/// <param name="PayBy">The last day to pay it on.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">The debtor's circumstances, as the agency gave them.</param>
/// <param name="DecisionReason">What the bank gave as its reason.</param>
/// <param name="AgencyReference">The agency's own number for it.</param>
/// <param name="SubmittedAt">When it was made.</param>
/// <param name="DecidedAt">When the bank decided.</param>
/// <param name="CompletedAt">When it was paid and the rest waived.</param>
/// <param name="AccountNumber">The bank's number of the account; to the agency only while its case is open.</param>
public sealed record SettlementProposal(
    Id Id, Id CaseId, Id AccountId, SettlementKind Kind, Money Amount, DateOnly PayBy, SettlementProposalState State, string Reason, string? DecisionReason,
    string? AgencyReference, DateTimeOffset SubmittedAt, DateTimeOffset? DecidedAt, DateTimeOffset? CompletedAt, string? AccountNumber);

/// <summary>What can be wrong with a settlement proposal.</summary>
public static class SettlementProposalProblems
{
    public static readonly Problem NotFound = new("settlement_proposal.not_found", 404, "There is no such settlement proposal.", "减免申请不存在。");
    public static readonly Problem WrongCurrency = new("settlement_proposal.wrong_currency", 422, "The amount is not in the account's currency.", "币种与账户不符。");
    public static readonly Problem NoConcession = new("settlement_proposal.no_concession", 422, "The amount is not less than is owed: there is nothing to waive.", "申请金额不低于欠款余额，无可减免。");
    public static readonly Problem PayByPast = new("settlement_proposal.pay_by_past", 422, "The date to pay by has passed.", "约定还款日期已过。");
    public static readonly Problem Pending = new("settlement_proposal.pending", 409, "Another proposal on this account is undecided or approved.", "该账户已有待审批或已批准的申请。");
    public static readonly Problem AccountResolved = new("settlement_proposal.account_resolved", 409, "Nothing is left to collect on the account.", "该账户已结清，无可减免。");
    public static readonly Problem IsApproved = new("settlement_proposal.is_approved", 409, "The proposal is approved already.", "申请已批准。");
    public static readonly Problem IsRejected = new("settlement_proposal.is_rejected", 409, "The proposal is rejected already.", "申请已拒绝。");
    public static readonly Problem IsCompleted = new("settlement_proposal.is_completed", 409, "The proposal is completed already.", "申请已履行完毕。");
    public static readonly Problem IsExpired = new("settlement_proposal.is_expired", 409, "The proposal has expired.", "申请已过期。");

    /// <summary>The refusal that names the state a proposal is in.</summary>
    internal static Problem Is(SettlementProposalState state) => state switch
    {
        SettlementProposalState.Approved => IsApproved,
        SettlementProposalState.Rejected => IsRejected,
        SettlementProposalState.Completed => IsCompleted,
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
    }
}

/// <summary>A proposal as stored, with the bank's answer and its completion beside it.</summary>
internal sealed record SettlementProposalRow(
    Id Id, int BankId, int AgencyId, Id CaseId, Id AccountId, string Kind, long Amount, string Currency, DateOnly PayBy, byte[] ReasonCipher,
    string? AgencyReference, DateTimeOffset SubmittedAt, string? Answer, string? AnswerReason, DateTimeOffset? AnsweredAt, DateTimeOffset? CompletedAt, string? AccountNumber)
{
    public const string Columns = """
        p.id, p.bank_id, p.agency_id, p.case_id, p.account_id, p.kind, p.amount, p.currency, p.pay_by, p.reason_cipher, p.agency_reference, p.submitted_at,
        w.decision AS answer, w.reason AS answer_reason, w.decided_at AS answered_at, v.decided_at AS completed_at,
        a.account_number
        """;

    public const string Tables = """
        settlement_proposal AS p
        LEFT JOIN settlement_proposal_decision AS w ON w.bank_id = p.bank_id AND w.settlement_proposal_id = p.id AND w.decision <> 'completed'
        LEFT JOIN settlement_proposal_decision AS v ON v.bank_id = p.bank_id AND v.settlement_proposal_id = p.id AND v.decision = 'completed'
        LEFT JOIN account AS a ON a.bank_id = p.bank_id AND a.id = p.account_id
        """;

    public SettlementProposalState StateOn(DateOnly today) => (Answer, CompletedAt) switch
    {
        (_, not null) => SettlementProposalState.Completed,
        ("rejected", _) => SettlementProposalState.Rejected,
        _ when PayBy < today => SettlementProposalState.Expired,
        ("approved", _) => SettlementProposalState.Approved,
        _ => SettlementProposalState.Submitted,
    };

    public SettlementProposal View(Work work) => new(
        Id, CaseId, AccountId, Words.Read<SettlementKind>(Kind), new Money(Amount, Currency), PayBy, StateOn(Today(work)),
        work.PrivateFields.Decrypt(BankId, "settlement_proposal", "reason_cipher", Id, ReasonCipher), AnswerReason,
        AgencyReference, SubmittedAt, AnsweredAt, CompletedAt, AccountNumber);

    /// <summary>Today where it is earliest: a debtor's last day to pay is over when it is over everywhere.</summary>
    public static DateOnly Today(Work work) => EarliestDay(work.Now);

    /// <summary>The date of an instant at UTC−12, the last place where a day ends.</summary>
    public static DateOnly EarliestDay(DateTimeOffset instant) => DateOnly.FromDateTime(instant.UtcDateTime.AddHours(-12));
}
