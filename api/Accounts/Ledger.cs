using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Accounts;

/// <summary>A sum spread over the buckets of a balance.</summary>
internal readonly record struct Allocation(long Principal, long Interest, long Fees)
{
    public long Total => checked(Principal + Interest + Fees);

    /// <summary>Spreads money over what is owed: fees first, then interest, then principal. What exceeds the balance is left out.</summary>
    public static Allocation Of(long amount, Allocation owed)
    {
        var fees = Math.Min(amount, owed.Fees);
        var interest = Math.Min(amount - fees, owed.Interest);
        var principal = Math.Min(amount - fees - interest, owed.Principal);
        return new Allocation(principal, interest, fees);
    }

    public static Allocation operator -(Allocation left, Allocation right) => new(left.Principal - right.Principal, left.Interest - right.Interest, left.Fees - right.Fees);

    public static Allocation operator +(Allocation left, Allocation right) => new(left.Principal + right.Principal, left.Interest + right.Interest, left.Fees + right.Fees);
}

/// <summary>An account locked for a movement of money: nobody else moves its balance before this transaction ends.</summary>
internal sealed record LockedAccount(Id Id, string Currency, long Principal, long Interest, long Fees, string State)
{
    private static readonly Sql Find = new("""
        SELECT id, currency, principal, interest, fees, state
        FROM account WITH (UPDLOCK, HOLDLOCK)
        WHERE bank_id = @tenant AND id = @id
        """);

    public Allocation Owed => new(Principal, Interest, Fees);

    public static async Task<LockedAccount> ReadAsync(Work work, Id id) =>
        await work.Db.FindAsync<LockedAccount>(Find, new { tenant = work.Tenant, id }) ?? throw AccountProblems.NotFound.Refuse();
}

/// <summary>Moves balances. The account's columns are the sum of its entries, kept in the same transaction.</summary>
internal static class Ledger
{
    private static readonly Sql Insert = new("""
        INSERT INTO ledger_entry (bank_id, account_id, id, kind, bucket, amount, currency, cause_id, effective_on, created_at)
        VALUES (@tenant, @account, @id, @kind, @bucket, @amount, @currency, @cause, @effectiveOn, @now)
        """);

    private static readonly Sql UpdateBalance = new("""
        UPDATE account
        SET principal = @principal, interest = @interest, fees = @fees, changed_at = @now
        WHERE bank_id = @tenant AND id = @id
        """);

    private static readonly Sql Resolve = new("""
        UPDATE account
        SET state = @state, resolution = @resolution, assignment_id = NULL, changed_at = @now
        WHERE bank_id = @tenant AND id = @id
        """);

    /// <summary>Writes the movement and the balance after it, which is returned.</summary>
    /// <param name="movement">What each bucket changes by: negative takes off the debt.</param>
    public static async Task<Allocation> PostAsync(Work work, LockedAccount account, LedgerKind kind, Allocation movement, Id cause, DateOnly effectiveOn)
    {
        var @case = await Ending.FindOpenAsync(work, account.Id);
        (Bucket Bucket, long Amount)[] parts = [(Bucket.Fees, movement.Fees), (Bucket.Interest, movement.Interest), (Bucket.Principal, movement.Principal)];
        foreach (var (bucket, amount) in parts)
        {
            if (amount != 0)
            {
                var id = work.NewId();
                await work.Db.ExecuteAsync(Insert, new
                {
                    tenant = work.Tenant,
                    account = account.Id,
                    id,
                    kind = Words.Of(kind),
                    bucket = Words.Of(bucket),
                    amount,
                    currency = account.Currency,
                    cause,
                    effectiveOn,
                    now = work.Now,
                });
                await work.EmitAsync(new("ledger_entry.posted", id, work.Tenant, @case?.AgencyId, @case?.Id, account.Id));
            }
        }

        var after = account.Owed + movement;
        await work.Db.ExecuteAsync(UpdateBalance, new { tenant = work.Tenant, id = account.Id, after.Principal, after.Interest, after.Fees, now = work.Now });
        await CaseOrder.BalanceMovedAsync(work, account.Id, after.Total);
        return after;
    }

    /// <summary>Nothing is left to collect: the account is resolved and an open case for it closes.</summary>
    public static async Task ResolveAsync(Work work, Id account, Resolution resolution)
    {
        var facts = new { tenant = work.Tenant, id = account, state = Words.Of(AccountState.Resolved), resolution = Words.Of(resolution), now = work.Now };
        await work.Db.ExecuteAsync(Resolve, facts);
        if (await Ending.FindOpenAsync(work, account) is { } open)
        {
            await Ending.EndAsync(work, open, CaseState.Closed, Words.Of(resolution));
        }
    }

    /// <summary>The account can be assigned again.</summary>
    public static Task ReleaseAsync(Work work, Id account) => work.Db.ExecuteAsync(
        Resolve, new { tenant = work.Tenant, id = account, state = Words.Of(AccountState.Eligible), resolution = (string?)null, now = work.Now });
}
