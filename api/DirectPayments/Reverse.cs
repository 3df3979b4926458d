using Agency.Api.Accounts;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Figures;
using Agency.Api.Http;
using Agency.Api.Repayments;
using Agency.Api.Tenancy;

namespace Agency.Api.DirectPayments;

/// <summary>
/// Directly paid money went back, or was booked by mistake. Where a confirmed repayment stands for the same money, that counts from now
/// on, and the balance stays.
/// </summary>
internal static class Reverse
{
    private static readonly Sql FindAccount = new("SELECT account_id FROM direct_payment WHERE bank_id = @tenant AND id = @id");

    private static readonly Sql Update = new("""
        UPDATE direct_payment
        SET reversed_at = @now, reversal_reason = @reason, reversed_by_person_id = @person, reversed_by_client_id = @client
        WHERE bank_id = @tenant AND id = @id
        """);

    public static void Map(RouteGroupBuilder payments) => payments.MapPost("/{id}/reversal", HandleAsync)
        .Describe("DirectPayments_Reverse", Scopes.RepaymentsConfirm, "Reverse a direct payment", "The money went back, or was booked by mistake. The balance is restored bucket by bucket; an account that was paid in full can be assigned again, and a settlement that the money completed is open again. While a confirmed repayment stands for the same money the balance stays: reverse that too.")
        .Returns<DirectPayment>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, DirectPaymentProblems.IsReversed)
        .On(Get.ReadAsync, DirectPaymentProblems.NotFound);

    private static async Task<Answer<DirectPayment>> HandleAsync(Id id, RejectionReason reversal, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var accountId = await work.Db.FindAsync<Id?>(FindAccount, new { tenant = work.Tenant, id }, cancellation) ?? throw DirectPaymentProblems.NotFound.Refuse();
        var account = await LockedAccount.ReadAsync(work, accountId);
        var payment = await Get.FindAsync(work, id, cancellation) ?? throw DirectPaymentProblems.NotFound.Refuse();
        if (payment.ReversedAt is not null)
        {
            throw DirectPaymentProblems.IsReversed.Refuse();
        }

        await BankReferences.ReleaseAsync(work, id, cancellation);
        await work.Db.ExecuteAsync(
            Update, new { tenant = work.Tenant, id, now = work.Now, reversal.Reason, person = work.Caller.Person, client = work.Caller.Client }, cancellation);
        await Recoveries.ReversedAsync(work, isRepayment: false, id, cancellation);
        await PaymentHold.LiftIfKnownAsync(work, accountId);
        var open = await Ending.FindOpenAsync(work, accountId);
        await work.AuditAsync("direct_payment.reversed", id);
        await work.EmitAsync(new("direct_payment.reversed", id, work.Tenant, open?.AgencyId, open?.Id, accountId));
        await Promises.Outcome.SettleAsync(work, accountId, cancellation);

        // What was matched with a repayment that stands counts nothing; what the repayment was matched with hands over to it.
        var repayment = await Matching.PartnerAsync(work, payment, cancellation);
        if (repayment is null || payment.SameAs != repayment.Id)
        {
            var instead = repayment is null ? null : await Confirm.ReceiptAsync(work, repayment);
            await Repayments.Reverse.TakeBackAsync(work, account, await Book.ReceiptAsync(work, payment), instead, cancellation);
        }

        return Answer.Created($"/v1/direct-payments/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}
