using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.RepaymentPlans;
using Agency.Api.Waivers;

namespace Agency.Api.SettlementProposals;

/// <summary>
/// Where an account stands once money moved: what its plans make of it, and whether anything is left to collect. Money that goes back
/// undoes both.
/// </summary>
internal static class Completion
{
    private static readonly Sql FindResolution = new("SELECT resolution FROM account WHERE bank_id = @tenant AND id = @account");

    /// <summary>
    /// Looks at the plans again, and resolves the account if nothing is owed: an open case closes. One that was resolved by money which
    /// is gone can be assigned again. The account must be locked.
    /// </summary>
    public static async Task ResolveIfPaidAsync(Work work, LockedAccount account, CancellationToken cancellation)
    {
        var after = await Performance.LookAgainAsync(work, account, cancellation);
        var isResolved = account.State == Words.Of(AccountState.Resolved);
        if (after.Owed.Total == 0 && !isResolved)
        {
            await Ledger.ResolveAsync(work, account.Id, await ResolutionAsync(work, account.Id, cancellation));
        }
        else if (after.Owed.Total > 0 && isResolved && await WasPaidAsync(work, account.Id, cancellation))
        {
            await Ledger.ReleaseAsync(work, account.Id);
        }
    }

    private static async Task<Resolution> ResolutionAsync(Work work, Id account, CancellationToken cancellation)
    {
        var resolution = await WaivedResolutionAsync(work, account, cancellation);
        foreach (var plan in (await StandingPlans.OfAccountAsync(work, work.Tenant, account, cancellation)).Where(plan => plan.Standing() == RepaymentPlanState.Completed))
        {
            resolution = plan.Terms.IsPlan ? Resolution.PlanCompleted
                : (await Receipts.ForgivenAsync(work, account, plan.SettlementProposalId)).Total > 0 ? Resolution.SettledInFull
                : resolution;
        }

        return resolution;
    }

    // A fee or some interest let go makes nobody a debtor who paid less than the debt.
    private static async Task<Resolution> WaivedResolutionAsync(Work work, Id account, CancellationToken cancellation) =>
        (await StandingWaivers.ListAsync(work, account, cancellation)).Any(waiver => waiver.Principal > 0) ? Resolution.SettledInFull : Resolution.PaidInFull;

    private static async Task<bool> WasPaidAsync(Work work, Id account, CancellationToken cancellation) =>
        Words.ReadOrNull<Resolution>(await work.Db.FindAsync<string>(FindResolution, new { tenant = work.Tenant, account }, cancellation))
            is Resolution.PaidInFull or Resolution.SettledInFull or Resolution.PlanCompleted;
}
