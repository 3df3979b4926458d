using Agency.Api.AuditLog;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Holds;
using Agency.Api.Http;

namespace Agency.Api.DirectPayments;

/// <summary>
/// The hold that stands while an agency does not know yet that the debtor paid the bank: raised with the payment, lifted by the system
/// once every such payment of the case is acknowledged or reversed, and with the end of the case.
/// </summary>
internal static class PaymentHold
{
    private static readonly Sql Find = new("""
        SELECT id, account_id, case_id, agency_id
        FROM hold WITH (UPDLOCK, HOLDLOCK)
        WHERE bank_id = @bank AND account_id = @account AND kind = 'payment_pending' AND lifted_at IS NULL
        """);

    // Whoever ends a case asks without waiting for those who raise other holds.
    private static readonly Sql Glance = new("""
        SELECT id, account_id, case_id, agency_id
        FROM hold
        WHERE bank_id = @bank AND account_id = @account AND kind = 'payment_pending' AND lifted_at IS NULL
        """);

    private static readonly Sql CountUnacknowledged = new("""
        SELECT COUNT(*)
        FROM direct_payment AS d
        LEFT JOIN direct_payment_acknowledgement AS k ON k.bank_id = d.bank_id AND k.direct_payment_id = d.id
        WHERE d.bank_id = @bank AND d.account_id = @account AND d.case_id = @case AND d.same_as_id IS NULL AND d.reversed_at IS NULL AND k.acknowledged_at IS NULL
        """);

    private static readonly Sql Lift = new("UPDATE hold SET lifted_at = @now, lift_reason = @reason WHERE bank_id = @bank AND id = @id");

    /// <summary>Stops the work on an open case, unless it is stopped for the same reason.</summary>
    public static async Task RaiseAsync(Work work, Ending.OpenCase open, CancellationToken cancellation)
    {
        var place = new HoldPlace(work.Tenant, open.AccountId, open.AgencyId, open.Id);
        if (await Raising.FindStandingAsync(work, place, HoldKind.PaymentPending, cancellation) is null)
        {
            await Raising.WriteAsync(work, place, HoldKind.PaymentPending, HoldRaiser.System, cancellation: cancellation);
        }
    }

    /// <summary>Lets the work go on if nothing is left to acknowledge. The bank's deed or the system's; it may be done twice.</summary>
    public static async Task LiftIfKnownAsync(Work work, Id account)
    {
        if (await work.Db.FindAsync<Standing>(Find, new { bank = work.Tenant, account }) is { } hold
            && await work.Db.FindAsync<long>(CountUnacknowledged, new { bank = work.Tenant, account, @case = hold.CaseId }) == 0)
        {
            await LiftAsync(work, hold, "The payment is known to the agency.");
        }
    }

    /// <summary>The case has ended: nobody is left to acknowledge anything.</summary>
    public static async Task EndAsync(Work work, Id account)
    {
        if (await work.Db.FindAsync<Standing>(Glance, new { bank = work.Tenant, account }) is { } hold)
        {
            await LiftAsync(work, hold, "The case has ended.");
        }
    }

    private static async Task LiftAsync(Work work, Standing hold, string reason)
    {
        await work.Db.ExecuteAsync(Lift, new { bank = work.Tenant, hold.Id, reason, now = work.Now });
        await work.AuditAsync("hold.lifted", hold.Id, reason, BeforeAfter.Of<DateTimeOffset?>("liftedAt", null, work.Now));
        await work.EmitAsync(new("hold.lifted", hold.Id, work.Tenant, hold.AgencyId, hold.CaseId, hold.AccountId));
    }

    private sealed record Standing(Id Id, Id AccountId, Id? CaseId, int? AgencyId);
}

/// <summary>At start and every minute lifts the holds whose acknowledgement was committed and whose lifting was lost.</summary>
internal sealed class PaymentHoldSweep(SystemWork system, Database database, Tenancy.TenantStore tenants, TimeProvider clock, ILogger<PaymentHoldSweep> log)
    : Sweep(TimeSpan.FromMinutes(1), clock, log)
{
    private static readonly Sql Standing = new("SELECT account_id FROM hold WHERE bank_id = @bank AND kind = 'payment_pending' AND lifted_at IS NULL");

    internal override async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var bank in await tenants.BanksAsync(cancellation))
        {
            IReadOnlyList<Id> accounts;
            await using (var session = await database.OpenAsync(TenantContext.SystemFor(bank.Number), write: false, cancellation))
            {
                accounts = await session.ListAsync<Id>(Standing, new { bank = bank.Number }, cancellation);
            }

            foreach (var account in accounts)
            {
                await system.RunAsync(bank.Number, work => PaymentHold.LiftIfKnownAsync(work, account), cancellation);
            }
        }
    }
}
