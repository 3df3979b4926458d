using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Repayments;

/// <summary>
/// An agency takes its report back, as long as the bank has not decided on it. A promise that waited for the money waits no more; what
/// becomes of it is the bank's to say, so the system does it for the bank, right after.
/// </summary>
internal static class Withdraw
{
    private static readonly Sql FindBank = new("SELECT bank_id FROM repayment WHERE agency_id = @tenant AND id = @id");

    private static readonly Sql Insert = new("""
        INSERT INTO repayment_withdrawal (bank_id, repayment_id, agency_id, case_id, reason, person_id, client_id, withdrawn_at)
        VALUES (@bank, @id, @tenant, @case, @reason, @person, @client, @now)
        """);

    public static void Map(RouteGroupBuilder repayments) => repayments.MapPost("/{id}/withdrawal", HandleAsync)
        .Describe("Repayments_Withdraw", Scopes.RepaymentsWrite, "Withdraw a repayment", "The agency takes its report back: a mistake. It can while the bank has not decided on it and the time for reports on the case is not over.")
        .Returns<Repayment>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, RepaymentProblems.IsConfirmed, RepaymentProblems.IsRejected, RepaymentProblems.IsReversed, RepaymentProblems.IsWithdrawn, RepaymentProblems.AfterWindow)
        .On(Get.ReadAsync, RepaymentProblems.NotFound);

    private static async Task<Answer<Repayment>> HandleAsync(Id id, RepaymentWithdrawal withdrawal, Work work, SystemWork system, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        var bank = await work.Db.FindAsync<int?>(FindBank, new { tenant = work.Tenant, id }, cancellation) ?? throw RepaymentProblems.NotFound.Refuse();
        _ = await work.Db.FindAsync<Id?>(Decision.Lock, new { bank, id }, cancellation);
        var repayment = await Get.FindAsync(work, id, cancellation) ?? throw RepaymentProblems.NotFound.Refuse();
        if (repayment.State != RepaymentState.Reported)
        {
            throw RepaymentProblems.Is(repayment.State).Refuse();
        }

        var tenures = await Tenure.FindAsync(work, [repayment.CaseId], cancellation);
        if (!tenures.TryGetValue(repayment.CaseId, out var tenure) || !tenure.MayReport(work.Now))
        {
            throw RepaymentProblems.AfterWindow.Refuse();
        }

        await work.Db.ExecuteAsync(
            Insert,
            new { bank, id, tenant = work.Tenant, @case = repayment.CaseId, withdrawal.Reason, person = work.Caller.Person, client = work.Caller.Client, now = work.Now },
            cancellation);
        await work.AuditAsync("repayment.withdrawn", id);
        await work.EmitAsync(new("repayment.withdrawn", id, bank, work.Tenant, repayment.CaseId, repayment.AccountId));
        work.AfterCommit(c => system.RunAsync(bank, looking => Promises.Outcome.LookAgainAsync(looking, repayment.AccountId, c), c));
        return Answer.Created($"/v1/repayments/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>The withdrawal of a report.</summary>
/// <param name="Reason">For the bank to read; up to 400 characters, no debtor's private data.</param>
public sealed record RepaymentWithdrawal(string? Reason = null)
{
    private sealed class Rules : AbstractValidator<RepaymentWithdrawal>
    {
        public Rules() => RuleFor(w => w.Reason).MaximumLength(400);
    }
}
