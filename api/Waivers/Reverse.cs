using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Waivers;

/// <summary>A bank takes a waiver back: what was forgiven is owed again, unless later figures of the bank's say what is owed.</summary>
internal static class Reverse
{
    private static readonly Sql FindAccount = new("SELECT account_id FROM waiver WHERE bank_id = @tenant AND id = @id");

    private static readonly Sql Update = new("""
        UPDATE waiver
        SET reversed_at = @now, reversal_reason = @reason, reversed_by_person_id = @person, reversed_by_client_id = @client
        WHERE bank_id = @tenant AND id = @id
        """);

    public static void Map(RouteGroupBuilder waivers) => waivers.MapPost("/{id}/reversal", HandleAsync)
        .Describe("Waivers_Reverse", Scopes.WaiversWrite, "Reverse a waiver", "What was forgiven is owed again, bucket by bucket; an account that was resolved by it can be assigned again. Where the bank has sent figures of the waiver's day or later the balance stays, until it sends others.")
        .Returns<Waiver>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, WaiverProblems.IsReversed)
        .On(Get.ReadAsync, WaiverProblems.NotFound);

    private static async Task<Answer<Waiver>> HandleAsync(Id id, RejectionReason reversal, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var accountId = await work.Db.FindAsync<Id?>(FindAccount, new { tenant = work.Tenant, id }, cancellation) ?? throw WaiverProblems.NotFound.Refuse();
        var account = await LockedAccount.ReadAsync(work, accountId);
        var waiver = await Get.FindAsync(work, id, cancellation) ?? throw WaiverProblems.NotFound.Refuse();
        if (waiver.ReversedAt is not null)
        {
            throw WaiverProblems.IsReversed.Refuse();
        }

        await work.Db.ExecuteAsync(
            Update, new { tenant = work.Tenant, id, now = work.Now, reversal.Reason, person = work.Caller.Person, client = work.Caller.Client }, cancellation);
        await work.AuditAsync("waiver.reversed", id);
        await work.EmitAsync(new("waiver.reversed", id, work.Tenant, null, null, accountId));
        if (!(waiver.EffectiveOn <= account.RefreshedOn))
        {
            var forgiven = await Receipts.ForgivenAsync(work, accountId, id);
            account = await Ledger.PostAsync(work, account, [new(waiver.Cause, LedgerKind.Waiver, forgiven, waiver.EffectiveOn)]);
            await Repayments.Reverse.SettleAgainAsync(work, account, cancellation);
        }

        return Answer.Created($"/v1/waivers/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}
