using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Waivers;

/// <summary>What a bank has forgiven of its own accord on an account, and has not taken back.</summary>
internal static class StandingWaivers
{
    // The range is one account: of an equal sign SQLite thinks that the bank's whole key is as short a way.
    private static readonly Sql OfAccount = new($"""
        SELECT {WaiverRow.Columns}
        FROM {WaiverRow.Tables}
        WHERE w.bank_id = @tenant AND w.account_id >= @account AND w.account_id <= @account AND w.reversed_at IS NULL
        ORDER BY w.id
        """);

    public static Task<IReadOnlyList<WaiverRow>> ListAsync(Work work, Id account, CancellationToken cancellation) =>
        work.Db.ListAsync<WaiverRow>(OfAccount, new { tenant = work.Tenant, account }, cancellation);

    /// <summary>
    /// Something is owed again: what figures of the bank's left a waiver nothing to take off, it takes off now. As an adjustment, since no
    /// more is forgiven than was granted.
    /// </summary>
    public static async Task<LockedAccount> UseRestAsync(Work work, LockedAccount account, CancellationToken cancellation)
    {
        foreach (var waiver in account.RefreshedOn is null || account.Owed.Total == 0 ? [] : await ListAsync(work, account.Id, cancellation))
        {
            if (waiver.EffectiveOn > account.RefreshedOn)
            {
                var rest = (waiver.Parts - await Receipts.ForgivenAsync(work, account.Id, waiver.Id)).AtMost(account.Owed);
                account = await Ledger.PostAsync(work, account, [new(waiver.Cause, LedgerKind.Adjustment, default(Allocation) - rest, waiver.EffectiveOn)]);
            }
        }

        return account;
    }
}
