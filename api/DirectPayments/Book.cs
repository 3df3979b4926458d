using Agency.Api.Accounts;
using Agency.Api.Agreements;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Figures;
using Agency.Api.Http;
using Agency.Api.Repayments;
using Agency.Api.SettlementProposals;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.DirectPayments;

/// <summary>
/// A debtor paid the bank itself. The money counts at once; where a case is open its agency hears of it, and presses the debtor no more
/// until it has acknowledged that. Money that was confirmed as a repayment already is booked as that, and counts once.
/// </summary>
internal static class Book
{
    private static readonly Sql Insert = new("""
        INSERT INTO direct_payment (bank_id, id, account_id, agency_id, case_id, amount, currency, paid_on, overpaid, attributed_case_id, same_as_id, person_id, client_id, booked_at)
        VALUES (@tenant, @id, @account, @agency, @case, @amount, @currency, @paidOn, @overpaid, @attributed, @sameAs, @person, @client, @now)
        """);

    public static void Map(RouteGroupBuilder ofAccount) => ofAccount.MapPost("/", HandleAsync)
        .Describe("DirectPayments_Create", Scopes.RepaymentsConfirm, "Book a direct payment", "A debtor paid the bank itself. The money comes off the balance at once, in the allocation order of the case it is attributed to, or else of the open one. An open case is held (payment_pending) until its agency acknowledges the payment; the agency sees it, and in the ledger no agency is ever named. sameAs names the confirmed repayment that this money is: it counts once.")
        .Returns<DirectPayment>(StatusCodes.Status201Created)
        .Refuses(
            HttpProblems.WrongTenantKind, RepaymentProblems.WrongCurrency, RepaymentProblems.InFuture, DirectPaymentProblems.BeforeBalance,
            RepaymentProblems.OverBalance, RepaymentProblems.ReferenceUsed, RepaymentProblems.OtherMoney, RepaymentProblems.NotFound)
        .On(Accounts.Get.ReadAsync, AccountProblems.NotFound);

    /// <summary>The money of a direct payment, and in which order it fills the buckets.</summary>
    internal static async Task<Receipt> ReceiptAsync(Work work, DirectPaymentRow payment) =>
        new(new(LedgerCause.DirectPayment, payment.Id), payment.Amount, payment.PaidOn, await OrderAsync(work, payment.AttributedCaseId ?? payment.CaseId));

    private static async Task<Answer<DirectPayment>> HandleAsync(Id id, NewDirectPayment payment, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var account = await LockedAccount.ReadAsync(work, id);
        await CheckAsync(work, account, payment, cancellation);
        var open = await Ending.FindOpenAsync(work, id);
        var (overpaid, attributed) = (0L, (Id?)null);
        var booked = work.NewId();
        if (payment.SameAs is { } same)
        {
            var repayment = await Matching.RequireRepaymentAsync(work, same, id, payment.Amount, cancellation);
            (overpaid, attributed) = (repayment.Overpaid ?? 0, repayment.Attributed == true ? (Id?)repayment.CaseId : null);
        }
        else
        {
            attributed = await Tenures.OfPaymentAsync(work, id, payment.PaidOn, cancellation);
            var receipt = new Receipt(new(LedgerCause.DirectPayment, booked), payment.Amount.Amount, payment.PaidOn, await OrderAsync(work, attributed ?? open?.Id));
            overpaid = Receipts.Overpaid(account, receipt);
            if (overpaid > 0 && !payment.AcceptOverpayment)
            {
                throw RepaymentProblems.OverBalance.Refuse();
            }

            account = await Receipts.PutAsync(work, account, receipt);
        }

        await BankReferences.TakeAsync(work, payment.BankReference, Words.Of(LedgerCause.DirectPayment), booked, cancellation);
        await work.Db.ExecuteAsync(Insert, new
        {
            tenant = work.Tenant,
            id = booked,
            account = id,
            agency = open?.AgencyId,
            @case = open?.Id,
            payment.Amount.Amount,
            payment.Amount.Currency,
            payment.PaidOn,
            overpaid,
            attributed,
            payment.SameAs,
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
        }, cancellation);
        if (attributed is { } earning && payment.SameAs is null)
        {
            await Recoveries.CameAsync(work, booked, earning, payment.Amount.Amount - overpaid, cancellation);
        }

        await work.AuditAsync("direct_payment.booked", booked);
        await work.EmitAsync(new("direct_payment.booked", booked, work.Tenant, open?.AgencyId, open?.Id, id));
        if (open is not null && payment.SameAs is null)
        {
            await PaymentHold.RaiseAsync(work, open, cancellation);
        }

        await Promises.Outcome.SettleAsync(work, id, cancellation);
        await Completion.ResolveIfPaidAsync(work, account, cancellation);
        return Answer.Created($"/v1/direct-payments/{booked}", (await Get.ReadAsync(work, booked, cancellation))!);
    }

    private static async Task CheckAsync(Work work, LockedAccount account, NewDirectPayment payment, CancellationToken cancellation)
    {
        if (payment.Amount.Currency != account.Currency)
        {
            throw RepaymentProblems.WrongCurrency.Refuse();
        }

        // The bank's day, wherever the bank is.
        if (payment.PaidOn > Report.LastDay(null, work.Now))
        {
            throw RepaymentProblems.InFuture.Refuse();
        }

        if (payment.PaidOn < await account.FirstFiguresOnAsync(work, cancellation))
        {
            throw DirectPaymentProblems.BeforeBalance.Refuse();
        }
    }

    private static async Task<IReadOnlyList<Bucket>> OrderAsync(Work work, Id? @case) =>
        @case is { } id ? (await AgreementTerms.OfCaseAsync(work, work.Tenant, id)).AllocationOrder : Allocation.DefaultOrder;
}

/// <summary>The direct payment to book.</summary>
/// <param name="Amount">How much was paid, in the account's currency.</param>
/// <param name="PaidOn">The day it was paid; not before the balance that was first imported, not in the future.</param>
/// <param name="BankReference">The bank's own number of it, no other payment's; 1 to 64 characters.</param>
/// <param name="AcceptOverpayment">Take more than is owed; the excess is noted, and the balance is zero.</param>
/// <param name="SameAs">The confirmed repayment, of this account and amount, that the money is.</param>
public sealed record NewDirectPayment(Money Amount, DateOnly PaidOn, string BankReference, bool AcceptOverpayment = false, Id? SameAs = null)
{
    private sealed class Rules : AbstractValidator<NewDirectPayment>
    {
        public Rules()
        {
            RuleFor(p => p.Amount).MustBePositiveMoney();
            RuleFor(p => p.BankReference).NotEmpty().MaximumLength(64);
        }
    }
}
