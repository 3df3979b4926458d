using Agency.Api.Accounts;
using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Promises;
using Agency.Api.SettlementProposals;

namespace Agency.Api.RepaymentPlans;

/// <summary>
/// What becomes of an account's plans, worked out anew whenever money is decided on, a file came, or a date has passed: the states, what
/// is forgiven, and the hold. The bank's deed or the system's.
/// </summary>
internal static class Performance
{
    private static readonly Sql Booked = new("""
        SELECT id, cause_id
        FROM ledger_entry
        WHERE bank_id = @tenant AND account_id = @account AND kind = 'repayment'
        ORDER BY id
        """);

    /// <summary>Writes what changed, and returns the account as it then stands. It must be locked.</summary>
    public static async Task<LockedAccount> LookAgainAsync(Work work, LockedAccount account, CancellationToken cancellation)
    {
        var plans = await StandingPlans.OfAccountAsync(work, work.Tenant, account.Id, cancellation);
        if (plans.Count == 0)
        {
            return account;
        }

        var money = await Receipts.MoneyAsync(work, account.Id, DateOnly.MinValue, cancellation);
        var pending = await Outcome.PendingAsync(work, account.Id, cancellation);
        var booked = await work.Db.ListAsync<Entry>(Booked, new { tenant = work.Tenant, account = account.Id }, cancellation);
        foreach (var plan in plans)
        {
            // What was confirmed before the proposal had come off the balance that it was made on: counting it would count it twice, and
            // dates can't tell it apart on the day of the proposal. Ids sort by time of making.
            var before = booked.Where(entry => entry.Id < plan.SettlementProposalId).Select(entry => entry.CauseId).ToHashSet();
            List<Payment> payments = [.. money.Where(one => !before.Contains(one.Id)).Select(one => new Payment(one.Id, one.PaidOn, one.Amount))];
            var verdict = Verdict.On(plan, SettlementProposalRow.Today(work), payments, pending, account.Owed.Total == 0);
            account = await CarryOutAsync(work, plan, verdict, account, cancellation);
        }

        return account;
    }

    private static async Task<LockedAccount> CarryOutAsync(Work work, RepaymentPlanRow plan, Verdict verdict, LockedAccount account, CancellationToken cancellation)
    {
        var before = plan.Standing();
        var isCompleted = verdict.State == RepaymentPlanState.Completed;
        var after = isCompleted ? await ForgiveAsync(work, plan, account) : await UnforgiveAsync(work, plan, account);
        var kept = plan with
        {
            State = Words.Of(verdict.State),
            Paid = verdict.Paid,
            LookOn = verdict.LookOn,
            EndedAt = verdict.State is RepaymentPlanState.Approved or RepaymentPlanState.InForce ? null : before == verdict.State ? plan.EndedAt : work.Now,
            WaivedOn = isCompleted ? plan.WaivedOn ?? SettlementProposalRow.Today(work) : null,
        };
        if (kept != plan)
        {
            await kept.KeepAsync(work);
        }

        if (verdict.State != before)
        {
            var deed = verdict.State is RepaymentPlanState.Approved or RepaymentPlanState.InForce ? "reopened" : Words.Of(verdict.State);
            await Decision.TellAsync(work, plan.SettlementProposalId, plan.AgencyId, plan.CaseId, plan.AccountId, deed, BeforeAfter.OfState(before, verdict.State));
            if (plan.Terms.IsPlan)
            {
                await PlanHold.SetAsync(work, plan.AccountId, verdict.State == RepaymentPlanState.InForce, $"The repayment plan is {Words.Of(verdict.State)}.", cancellation);
            }
        }

        return after;
    }

    // Nothing more is forgiven than is owed, and the agreed fees once.
    private static async Task<LockedAccount> ForgiveAsync(Work work, RepaymentPlanRow plan, LockedAccount account)
    {
        var terms = plan.Terms;
        var forgiven = terms.ForgivesRest ? account.Owed.Total
            : terms.Waiver is { } fees ? Math.Min(account.Owed.Total, fees - (await Receipts.ForgivenAsync(work, account.Id, plan.SettlementProposalId)).Total)
            : 0;

        // Of fees first: where money has paid the fees, it pays what is forgiven in their place.
        var parts = Allocation.Of(forgiven, account.Owed, Allocation.DefaultOrder);
        return await PostAsync(work, plan, account, default(Allocation) - parts, SettlementProposalRow.Today(work));
    }

    private static async Task<LockedAccount> UnforgiveAsync(Work work, RepaymentPlanRow plan, LockedAccount account)
    {
        // Later figures of the bank's say what is owed without it.
        if (plan.WaivedOn is not { } day || account.RefreshedOn > day)
        {
            return account;
        }

        return await PostAsync(work, plan, account, await Receipts.ForgivenAsync(work, account.Id, plan.SettlementProposalId), day);
    }

    private static Task<LockedAccount> PostAsync(Work work, RepaymentPlanRow plan, LockedAccount account, Allocation by, DateOnly day) =>
        Ledger.PostAsync(work, account, [new(new(LedgerCause.SettlementProposal, plan.SettlementProposalId), LedgerKind.Waiver, by, day)]);

    private sealed record Entry(Id Id, Id CauseId);
}
