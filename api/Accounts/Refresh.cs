using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Accounts;

/// <summary>
/// Brings an account to the bank's figures of a day: what counts from that day or before is adjusted to them, bucket by bucket, and
/// the money of later days is spread over them anew, so that it makes no difference whether it or the file came first.
/// </summary>
internal static class Refresh
{
    private static readonly Sql Entries = new("""
        SELECT kind, bucket, amount, cause_id, cause_kind, effective_on
        FROM ledger_entry
        WHERE bank_id = @tenant AND account_id = @account
        ORDER BY id
        """);

    /// <summary>Posts what it takes, and returns the account as it then stands.</summary>
    /// <param name="figures">What is owed on the day, by the bank's file.</param>
    /// <param name="asOf">The day; not before that of an earlier refresh.</param>
    public static async Task<LockedAccount> ToAsync(Work work, LockedAccount account, Allocation figures, DateOnly asOf, Id import, CancellationToken cancellation)
    {
        var entries = await work.Db.ListAsync<Entry>(Entries, new { tenant = work.Tenant, account = account.Id }, cancellation);
        List<Movement> movements = [new(new(LedgerCause.Import, import), LedgerKind.Adjustment, figures - Sum(entries.Where(entry => entry.EffectiveOn <= asOf)), asOf)];
        var left = figures;
        foreach (var waiver in entries.Where(entry => entry.EffectiveOn > asOf && entry.IsOfWaiver).GroupBy(entry => entry.Cause))
        {
            Spread(waiver.Key, (left + Sum(waiver.Where(entry => entry.IsGranted))).AtLeastZero(), waiver.First().EffectiveOn);
        }

        foreach (var receipt in entries.Any(entry => entry.CauseId != import) ? await Receipts.StandingAsync(work, account.Id, asOf, cancellation) : [])
        {
            Spread(receipt.Cause, left - Allocation.Of(receipt.Amount, left, receipt.Order), receipt.PaidOn);
        }

        return await Ledger.PostAsync(work, account, movements);

        void Spread(Cause cause, Allocation rest, DateOnly effectiveOn)
        {
            movements.Add(new(cause, LedgerKind.Adjustment, rest - left - Sum(entries.Where(entry => entry.CauseId == cause.Id)), effectiveOn));
            left = rest;
        }
    }

    private static Allocation Sum(IEnumerable<Entry> entries) => entries.Aggregate(default(Allocation), (sum, entry) => sum + Allocation.In(Words.Read<Bucket>(entry.Bucket), entry.Amount));

    private sealed record Entry(string Kind, string Bucket, long Amount, Id CauseId, string? CauseKind, DateOnly EffectiveOn)
    {
        public bool IsOfWaiver => CauseKind == Words.Of(LedgerCause.SettlementProposal) || CauseKind == Words.Of(LedgerCause.Waiver);

        // What former figures left of the bank's own waiver says nothing of what these leave; a settlement's is worked out anew after them.
        public bool IsGranted => Kind == Words.Of(LedgerKind.Waiver) || CauseKind != Words.Of(LedgerCause.Waiver);

        public Cause Cause => new(Words.Read<LedgerCause>(CauseKind!), CauseId);
    }
}
