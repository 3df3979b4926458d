using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Repayments;

/// <summary>Where a repayment stands; read off the agency's report and the bank's decisions.</summary>
public enum RepaymentState
{
    /// <summary>The agency says that money was paid.</summary>
    Reported,

    /// <summary>The agency took its report back before the bank decided on it.</summary>
    Withdrawn,

    /// <summary>The bank has it; the balance is lower by it.</summary>
    Confirmed,

    /// <summary>The bank has no such money.</summary>
    Rejected,

    /// <summary>Confirmed once, taken back since; the balance is as if it had never been.</summary>
    Reversed,

    /// <summary>Confirmed, and the statement that the agency earned on it is locked; what is taken back now goes to the next statement.</summary>
    Settled,
}

/// <summary>Who paid.</summary>
public enum Payer
{
    Debtor,

    /// <summary>A guarantor or co-borrower.</summary>
    LiableParty,

    /// <summary>Anyone else, who agreed to it.</summary>
    ThirdParty,
}

/// <summary>Money paid on an account, as the agency reported it and the bank decided on it.</summary>
/// <param name="Id">The repayment.</param>
/// <param name="CaseId">The case it was reported under.</param>
/// <param name="AccountId">The account it is for.</param>
/// <param name="Amount">How much was paid.</param>
/// <param name="PaidOn">The day the debtor paid.</param>
/// <param name="State">Where it stands.</param>
/// <param name="OverBalance">It was more than was owed when it was reported.</param>
/// <param name="Overpaid">What exceeded the balance when it was confirmed.</param>
/// <param name="Channel">The bank's repayment channel that it was paid into, by its code.</param>
/// <param name="Payer">Who paid.</param>
/// <param name="PayerName">The third party who paid, masked; to the agency only while its case is open.</param>
/// <param name="SameAs">The direct payment that the bank knows it as; the money counts once.</param>
/// <param name="BankReference">The bank's own number of the payment; the bank alone sees it.</param>
/// <param name="AttributedCaseId">The case whose money it is, once it is confirmed; absent when it is another's or nobody's.</param>
/// <param name="Reason">Why the bank rejected or reversed it, or the agency withdrew it.</param>
/// <param name="AgencyReference">The agency's own number for it.</param>
/// <param name="ReportedAt">When the agency reported it.</param>
/// <param name="DecidedAt">When the bank last decided on it, or the agency withdrew it.</param>
/// <param name="AccountNumber">The bank's number of the account; to the agency only while its case is open.</param>
public sealed record Repayment(
    Id Id, Id CaseId, Id AccountId, Money Amount, DateOnly PaidOn, RepaymentState State, bool OverBalance, Money? Overpaid,
    string? Channel, Payer Payer, string? PayerName, Id? SameAs, string? BankReference, Id? AttributedCaseId, string? Reason, string? AgencyReference, DateTimeOffset ReportedAt, DateTimeOffset? DecidedAt, string? AccountNumber);

/// <summary>What can be wrong with a repayment.</summary>
public static class RepaymentProblems
{
    public static readonly Problem NotFound = new("repayment.not_found", 404, "There is no such repayment.", "还款不存在。");
    public static readonly Problem WrongCurrency = new("repayment.wrong_currency", 422, "The amount is not in the account's currency.", "币种与账户不符。");
    public static readonly Problem InFuture = new("repayment.paid_in_future", 422, "Money can't be reported before it is paid.", "还款日期不能晚于今天。");
    public static readonly Problem BeforeTenure = new("repayment.before_tenure", 422, "The money is dated before the case was opened.", "还款日期早于案件开始日期。");
    public static readonly Problem AfterTenure = new("repayment.after_tenure", 422, "The money is dated after the case ended.", "还款日期晚于案件结束日期。");
    public static readonly Problem OverBalance = new("repayment.over_balance", 409, "The amount is more than is owed: accept the overpayment, or reject the repayment.", "还款金额超过欠款余额：请接受溢缴或拒绝该笔还款。");
    public static readonly Problem ChannelNotListed = new("repayment.channel_not_listed", 422, "Money goes into one of the bank's repayment channels and nowhere else: name the one it was paid into.", "款项只能付入委托方列明的还款渠道：请填写实际还款渠道。");
    public static readonly Problem ReferenceUsed = new("repayment.reference_used", 409, "The bank reference belongs to another payment; obstacle names it.", "该银行流水号已用于另一笔款项，见 obstacle。");
    public static readonly Problem OtherMoney = new("repayment.other_money", 409, "The two can't be the same money: they are of one account and one amount, both stand, and neither is matched yet.", "两笔款项不能视为同一笔：须为同一账户、同一金额，均有效且尚未匹配。");
    public static readonly Problem AfterWindow = new("repayment.after_window", 409, "The time for late reports is over: ask the bank to reject it.", "补报期已过：请联系委托方拒绝该笔还款。");
    public static readonly Problem ControlMismatch = new("repayment.control_mismatch", 422, "Count or total of the items is not what the request says: nothing was confirmed.", "笔数或合计与明细不符，未确认任何还款。");
    public static readonly Problem AmountDiffers = new("repayment.amount_differs", 409, "The repayment was reported with another amount.", "该还款的登记金额不同。");
    public static readonly Problem NoPayerName = new("repayment.no_payer_name", 409, "The repayment names no third party, or not to this caller any more.", "该还款没有第三方付款人姓名，或已无权查看。");
    public static readonly Problem IsWithdrawn = new("repayment.is_withdrawn", 409, "The agency has withdrawn the repayment.", "该还款已被撤回。");
    public static readonly Problem IsReported = new("repayment.is_reported", 409, "The repayment is not confirmed yet.", "还款尚未确认。");
    public static readonly Problem IsConfirmed = new("repayment.is_confirmed", 409, "The repayment is confirmed already.", "还款已确认。");
    public static readonly Problem IsRejected = new("repayment.is_rejected", 409, "The repayment is rejected already.", "还款已拒绝。");
    public static readonly Problem IsReversed = new("repayment.is_reversed", 409, "The repayment is reversed already.", "还款已冲正。");
    public static readonly Problem IsSettled = new("repayment.is_settled", 409, "The repayment is confirmed and settled already.", "还款已结算。");

    /// <summary>The refusal that names the state a repayment is in.</summary>
    internal static Problem Is(RepaymentState state) => state switch
    {
        RepaymentState.Reported => IsReported,
        RepaymentState.Confirmed => IsConfirmed,
        RepaymentState.Rejected => IsRejected,
        RepaymentState.Withdrawn => IsWithdrawn,
        RepaymentState.Settled => IsSettled,
        _ => IsReversed,
    };
}

internal static class RepaymentRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var ofCase = v1.MapGroup("/cases/{id}/repayments").WithTags("Repayments");
        Report.Map(ofCase);
        List.MapOfCase(ofCase);

        var repayments = v1.MapGroup("/repayments").WithTags("Repayments");
        List.Map(repayments);
        Get.Map(repayments);
        RevealPayer.Map(repayments);
        Withdraw.Map(repayments);
        Confirm.Map(repayments);
        ConfirmBatch.Map(repayments);
        Reject.Map(repayments);
        Reverse.Map(repayments);
    }
}

/// <summary>A repayment as stored, with the agency's withdrawal and the bank's answer and reversal beside it.</summary>
internal sealed record RepaymentRow(
    Id Id, int BankId, Id CaseId, Id AccountId, int AgencyId, long Amount, string Currency, DateOnly PaidOn, bool OverBalance, string? AgencyReference, DateTimeOffset ReportedAt,
    string? Channel, string Payer, byte[]? PayerCipher, string? Answer, long? Overpaid, Id? SameAs, bool? Attributed, string? AnswerReason, DateTimeOffset? AnsweredAt,
    string? ReversalReason, DateTimeOffset? ReversedAt, string? WithdrawalReason, DateTimeOffset? WithdrawnAt, string? BankReference, string? AccountNumber, DateTimeOffset? SettledAt)
{
    public const string Columns = """
        p.id, p.bank_id, p.case_id, p.account_id, p.agency_id, p.amount, p.currency, p.paid_on, p.over_balance, p.agency_reference, p.reported_at,
        p.channel, p.payer, p.payer_cipher, w.decision AS answer, w.overpaid, w.same_as_id AS same_as, w.attributed, w.reason AS answer_reason, w.decided_at AS answered_at,
        v.reason AS reversal_reason, v.decided_at AS reversed_at, x.reason AS withdrawal_reason, x.withdrawn_at, b.reference AS bank_reference, a.account_number, t.locked_at AS settled_at
        """;

    public const string Tables = """
        repayment AS p
        LEFT JOIN repayment_decision AS w ON w.bank_id = p.bank_id AND w.repayment_id = p.id AND w.decision <> 'reversed'
        LEFT JOIN repayment_decision AS v ON v.bank_id = p.bank_id AND v.repayment_id = p.id AND v.decision = 'reversed'
        LEFT JOIN repayment_withdrawal AS x ON x.bank_id = p.bank_id AND x.repayment_id = p.id
        LEFT JOIN bank_reference AS b ON b.bank_id = p.bank_id AND b.subject_id = p.id
        LEFT JOIN account AS a ON a.bank_id = p.bank_id AND a.id = p.account_id
        LEFT JOIN statement_line AS e ON e.bank_id = p.bank_id AND e.repayment_id = p.id AND e.repayment_id IS NOT NULL AND e.kind = 'repayment'
        LEFT JOIN statement AS t ON t.bank_id = e.bank_id AND t.id = e.statement_id
        """;

    public RepaymentState State => (Answer, ReversedAt, WithdrawnAt) switch
    {
        (null, _, not null) => RepaymentState.Withdrawn,
        (null, _, _) => RepaymentState.Reported,
        ("rejected", _, _) => RepaymentState.Rejected,
        (_, not null, _) => RepaymentState.Reversed,
        _ when SettledAt is not null => RepaymentState.Settled,
        _ => RepaymentState.Confirmed,
    };

    /// <summary>Who paid, where it was a third party.</summary>
    public string? PayerName(PrivateFields fields) => PayerCipher is null or { Length: 0 } ? null : fields.Decrypt(BankId, "repayment", "payer_cipher", Id, PayerCipher);

    public Repayment View(Work work) => new(
        Id, CaseId, AccountId, new Money(Amount, Currency), PaidOn, State, OverBalance,
        Overpaid is > 0 ? new Money(Overpaid.Value, Currency) : null,
        Channel, Words.Read<Payer>(Payer),

        // With the account goes what is known of people.
        AccountNumber is not null && PayerName(work.PrivateFields) is { } name ? Mask.Name(name) : null,
        SameAs, BankReference, State is RepaymentState.Confirmed or RepaymentState.Settled && Attributed == true ? CaseId : null,
        ReversalReason ?? AnswerReason ?? WithdrawalReason, AgencyReference, ReportedAt, ReversedAt ?? AnsweredAt ?? WithdrawnAt, AccountNumber);
}
