using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.DirectPayments;

/// <summary>Where a direct payment stands. It is the bank's own money, so it begins confirmed.</summary>
public enum DirectPaymentState
{
    /// <summary>The bank has it; the balance is lower by it.</summary>
    Confirmed,

    /// <summary>It went back; the balance is as if it had never been.</summary>
    Reversed,
}

/// <summary>Money that a debtor paid to the bank itself, without the agency.</summary>
/// <param name="Id">The payment.</param>
/// <param name="AccountId">The account it is for.</param>
/// <param name="AccountNumber">The bank's number of the account.</param>
/// <param name="CaseId">The case that was open when it was booked; its agency acknowledges the payment.</param>
/// <param name="Amount">How much was paid.</param>
/// <param name="PaidOn">The day it was paid.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Overpaid">What exceeded the balance when it was booked.</param>
/// <param name="BankReference">The bank's own number of it; the bank alone sees it.</param>
/// <param name="SameAs">The repayment that it was booked to be; the money counts once.</param>
/// <param name="AttributedCaseId">The case whose money it is by the agreement's attribution; absent when it is nobody's. The bank alone sees it.</param>
/// <param name="BookedAt">When the bank booked it.</param>
/// <param name="AcknowledgedAt">When the agency acknowledged it.</param>
/// <param name="ReversedAt">When it was reversed.</param>
/// <param name="Reason">Why it was reversed.</param>
public sealed record DirectPayment(
    Id Id, Id AccountId, string AccountNumber, Id? CaseId, Money Amount, DateOnly PaidOn, DirectPaymentState State, Money? Overpaid, string? BankReference,
    Id? SameAs, Id? AttributedCaseId, DateTimeOffset BookedAt, DateTimeOffset? AcknowledgedAt, DateTimeOffset? ReversedAt, string? Reason);

/// <summary>What can be wrong with a direct payment.</summary>
public static class DirectPaymentProblems
{
    public static readonly Problem NotFound = new("direct_payment.not_found", 404, "There is no such direct payment.", "直接还款不存在。");
    public static readonly Problem BeforeBalance = new("direct_payment.before_balance", 422, "The money is dated before the balance that was imported, which has it already.", "还款日期早于导入余额的基准日，余额已包含该款项。");
    public static readonly Problem IsReversed = new("direct_payment.is_reversed", 409, "The direct payment is reversed already.", "直接还款已冲正。");
    public static readonly Problem IsAcknowledged = new("direct_payment.is_acknowledged", 409, "The direct payment is acknowledged already.", "直接还款已确认知悉。");
}

internal static class DirectPaymentRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var ofAccount = v1.MapGroup("/accounts/{id}/direct-payments").WithTags("DirectPayments");
        Book.Map(ofAccount);
        List.MapOfAccount(ofAccount);

        var payments = v1.MapGroup("/direct-payments").WithTags("DirectPayments");
        List.Map(payments);
        Get.Map(payments);
        Acknowledge.Map(payments);
        Reverse.Map(payments);
    }
}

/// <summary>A direct payment as stored, with the agency's acknowledgement beside it.</summary>
internal sealed record DirectPaymentRow(
    Id Id, int BankId, Id AccountId, int? AgencyId, Id? CaseId, long Amount, string Currency, DateOnly PaidOn, long Overpaid, Id? AttributedCaseId, Id? SameAs,
    DateTimeOffset BookedAt, DateTimeOffset? ReversedAt, string? ReversalReason, DateTimeOffset? AcknowledgedAt, string? BankReference, string AccountNumber)
{
    public const string Columns = """
        d.id, d.bank_id, d.account_id, d.agency_id, d.case_id, d.amount, d.currency, d.paid_on, d.overpaid, d.attributed_case_id, d.same_as_id AS same_as,
        d.booked_at, d.reversed_at, d.reversal_reason, k.acknowledged_at, b.reference AS bank_reference, a.account_number
        """;

    public const string Tables = """
        direct_payment AS d
        INNER JOIN account AS a ON a.bank_id = d.bank_id AND a.id = d.account_id
        LEFT JOIN direct_payment_acknowledgement AS k ON k.bank_id = d.bank_id AND k.direct_payment_id = d.id
        LEFT JOIN bank_reference AS b ON b.bank_id = d.bank_id AND b.subject_id = d.id
        """;

    public DirectPayment View(Work work) => new(
        Id, AccountId, AccountNumber, CaseId, new Money(Amount, Currency), PaidOn, ReversedAt is null ? DirectPaymentState.Confirmed : DirectPaymentState.Reversed,
        Overpaid > 0 ? new Money(Overpaid, Currency) : null, BankReference, SameAs, work.Caller.IsBank ? AttributedCaseId : null, BookedAt, AcknowledgedAt, ReversedAt, ReversalReason);
}
