using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.DirectPayments;

/// <summary>
/// An agency says that it knows of a direct payment, and need not be kept from the debtor any longer. Only the bank lifts holds, so the
/// system does it for the bank, right after.
/// </summary>
internal static class Acknowledge
{
    private static readonly Sql Lock = new("SELECT id FROM direct_payment WITH (UPDLOCK, HOLDLOCK) WHERE agency_id = @tenant AND id = @id");

    private static readonly Sql Insert = new("""
        INSERT INTO direct_payment_acknowledgement (bank_id, direct_payment_id, agency_id, case_id, person_id, client_id, acknowledged_at)
        VALUES (@bank, @id, @tenant, @case, @person, @client, @now)
        """);

    public static void Map(RouteGroupBuilder payments) => payments.MapPost("/{id}/acknowledgement", HandleAsync)
        .Describe("DirectPayments_Acknowledge", Scopes.RepaymentsWrite, "Acknowledge a direct payment", "The agency knows that the debtor paid the bank itself. Once all such payments of the case are acknowledged the system lifts the hold payment_pending.")
        .Returns<DirectPayment>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, DirectPaymentProblems.IsAcknowledged, DirectPaymentProblems.IsReversed)
        .On(Get.ReadAsync, DirectPaymentProblems.NotFound);

    private static async Task<Answer<DirectPayment>> HandleAsync(Id id, Work work, SystemWork system, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        _ = await work.Db.FindAsync<Id?>(Lock, new { tenant = work.Tenant, id }, cancellation);
        var payment = await Get.FindAsync(work, id, cancellation) ?? throw DirectPaymentProblems.NotFound.Refuse();
        if (payment.ReversedAt is not null)
        {
            throw DirectPaymentProblems.IsReversed.Refuse();
        }

        if (payment.AcknowledgedAt is not null)
        {
            throw DirectPaymentProblems.IsAcknowledged.Refuse();
        }

        await work.Db.ExecuteAsync(
            Insert,
            new { bank = payment.BankId, id, tenant = work.Tenant, @case = payment.CaseId, person = work.Caller.Person, client = work.Caller.Client, now = work.Now },
            cancellation);
        await work.AuditAsync("direct_payment.acknowledged", id);
        await work.EmitAsync(new("direct_payment.acknowledged", id, payment.BankId, work.Tenant, payment.CaseId, payment.AccountId));
        work.AfterCommit(c => system.RunAsync(payment.BankId, lifting => PaymentHold.LiftIfKnownAsync(lifting, payment.AccountId), c));
        return Answer.Created($"/v1/direct-payments/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}
