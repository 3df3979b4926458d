using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.SettlementProposals;

/// <summary>
/// An approved lump sum is completed when the money that was paid from its submission to its date, and confirmed since, reaches
/// the amount: what is left of the balance is waived.
/// </summary>
internal static class Completion
{
    internal static readonly Sql Approved = new($"""
        SELECT {SettlementProposalRow.Columns}
        FROM {SettlementProposalRow.Tables}
        WHERE p.bank_id = @tenant AND p.account_id = @account AND w.decision = 'approved' AND v.decision IS NULL
        ORDER BY p.id
        """);

    // What was confirmed before the proposal had come off the balance that the proposal was made on: counting it would count it
    // twice, and dates can't tell it apart on the day of the proposal. Ids sort by time of making.
    private static readonly Sql PaidTowards = new("""
        SELECT COALESCE(SUM(-e.amount), 0)
        FROM ledger_entry AS e
        WHERE e.bank_id = @tenant AND e.account_id = @account AND e.kind IN ('repayment', 'reversal') AND e.effective_on >= @from AND e.effective_on <= @to
            AND EXISTS
            (
                SELECT 1
                FROM ledger_entry AS c
                WHERE c.bank_id = e.bank_id AND c.account_id = e.account_id AND c.cause_id = e.cause_id AND c.kind = 'repayment' AND c.id > @proposal
            )
        """);

    /// <summary>
    /// Resolves the account if nothing is owed, or if its settlement's money is all there; then what is left is waived. An open
    /// case closes. The account must be locked.
    /// </summary>
    public static async Task ResolveIfPaidAsync(Work work, LockedAccount account, CancellationToken cancellation)
    {
        if (account.State == Words.Of(AccountState.Resolved))
        {
            return;
        }

        var completed = await FindPaidAsync(work, account, cancellation);
        if (completed is not null)
        {
            _ = await Ledger.PostAsync(work, account, LedgerKind.Waiver, default(Allocation) - account.Owed, completed.Id, SettlementProposalRow.Today(work));
            await Decision.WriteAsync(work, completed, SettlementProposalState.Completed, null);
        }

        if (account.Owed.Total == 0)
        {
            await Ledger.ResolveAsync(work, account.Id, Resolution.PaidInFull);
        }
        else if (completed is not null)
        {
            await Ledger.ResolveAsync(work, account.Id, Resolution.SettledInFull);
        }
    }

    private static async Task<SettlementProposalRow?> FindPaidAsync(Work work, LockedAccount account, CancellationToken cancellation)
    {
        foreach (var proposal in await work.Db.ListAsync<SettlementProposalRow>(Approved, new { tenant = work.Tenant, account = account.Id }, cancellation))
        {
            var paid = await work.Db.FindAsync<long>(PaidTowards, new
            {
                tenant = work.Tenant,
                account = account.Id,
                proposal = proposal.Id,
                from = SettlementProposalRow.EarliestDay(proposal.SubmittedAt),
                to = proposal.PayBy,
            }, cancellation);
            if (paid >= proposal.Amount)
            {
                return proposal;
            }
        }

        return null;
    }
}
