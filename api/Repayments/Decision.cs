using Agency.Api.Accounts;
using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Repayments;

/// <summary>The bank's decisions on a repayment, each written once and never changed.</summary>
internal static class Decision
{
    private static readonly Sql FindAccount = new("SELECT account_id FROM repayment WHERE bank_id = @tenant AND id = @id");

    // The agency, who takes its report back, sees no account to lock: both lock the report.
    internal static readonly Sql Lock = new("SELECT id FROM repayment WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @bank AND id = @id");

    private static readonly Sql Insert = new("""
        INSERT INTO repayment_decision (bank_id, repayment_id, decision, agency_id, overpaid, reason, person_id, client_id, decided_at, same_as_id, attributed)
        VALUES (@tenant, @id, @decision, @agency, @overpaid, @reason, @person, @client, @now, @sameAs, @attributed)
        """);

    /// <summary>
    /// Locks the account before the repayment is read: two decisions on one account, or one repayment, come one after the other.
    /// </summary>
    public static async Task<(RepaymentRow Repayment, LockedAccount Account)> OpenAsync(Work work, Id id, RepaymentState from, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var accountId = await work.Db.FindAsync<Id?>(FindAccount, new { tenant = work.Tenant, id }, cancellation) ?? throw RepaymentProblems.NotFound.Refuse();
        var account = await LockedAccount.ReadAsync(work, accountId);
        _ = await work.Db.FindAsync<Id?>(Lock, new { bank = work.Tenant, id }, cancellation);
        var repayment = await Get.FindAsync(work, id, cancellation) ?? throw RepaymentProblems.NotFound.Refuse();

        // Settled money is confirmed money: it can be taken back, and the next statement says so.
        return repayment.State == from || (repayment.State == RepaymentState.Settled && from == RepaymentState.Confirmed) ? (repayment, account) : throw RepaymentProblems.Is(repayment.State).Refuse();
    }

    public static async Task<Answer<Repayment>> WriteAsync(Work work, RepaymentRow repayment, RepaymentState decision, string? reason, long overpaid, CancellationToken cancellation, SameMoney? same = null)
    {
        await work.Db.ExecuteAsync(Insert, new
        {
            tenant = work.Tenant,
            id = repayment.Id,
            decision = Words.Of(decision),
            agency = repayment.AgencyId,
            overpaid,
            reason,
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
            sameAs = same?.Payment,
            attributed = same?.IsAttributed ?? true,
        }, cancellation);
        await work.AuditAsync($"repayment.{Words.Of(decision)}", repayment.Id, changes: BeforeAfter.OfState(repayment.State, decision));
        await work.EmitAsync(new($"repayment.{Words.Of(decision)}", repayment.Id, work.Tenant, repayment.AgencyId, repayment.CaseId, repayment.AccountId));
        await Promises.Outcome.SettleAsync(work, repayment.AccountId, cancellation);
        return Answer.Created($"/v1/repayments/{repayment.Id}", (await Get.ReadAsync(work, repayment.Id, cancellation))!);
    }
}

/// <summary>A direct payment that a repayment is confirmed to be.</summary>
/// <param name="IsAttributed">The payment is not another case's already: one money is one case's.</param>
internal sealed record SameMoney(Id Payment, bool IsAttributed);
