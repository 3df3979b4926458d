using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Accounts;

/// <summary>A sum spread over the buckets of a balance.</summary>
internal readonly record struct Allocation(long Principal, long Interest, long Fees)
{
    public long Total => checked(Principal + Interest + Fees);

    /// <summary>What money fills first where an agreement does not order otherwise.</summary>
    public static IReadOnlyList<Bucket> DefaultOrder { get; } = [Bucket.Fees, Bucket.Interest, Bucket.Principal];

    public long this[Bucket bucket] => bucket switch
    {
        Bucket.Principal => Principal,
        Bucket.Interest => Interest,
        _ => Fees,
    };

    /// <summary>The sum in one bucket.</summary>
    public static Allocation In(Bucket bucket, long amount) => bucket switch
    {
        Bucket.Principal => new(amount, 0, 0),
        Bucket.Interest => new(0, amount, 0),
        _ => new(0, 0, amount),
    };

    /// <summary>Spreads money over what is owed, bucket after bucket. What exceeds the balance is left out.</summary>
    public static Allocation Of(long amount, Allocation owed, IReadOnlyList<Bucket> order)
    {
        var spread = default(Allocation);
        foreach (var bucket in order)
        {
            spread += In(bucket, Math.Min(amount - spread.Total, owed[bucket]));
        }

        return spread;
    }

    public Allocation AtMost(Allocation other) => new(Math.Min(Principal, other.Principal), Math.Min(Interest, other.Interest), Math.Min(Fees, other.Fees));

    public Allocation AtLeastZero() => new(Math.Max(0, Principal), Math.Max(0, Interest), Math.Max(0, Fees));

    public static Allocation operator -(Allocation left, Allocation right) => new(left.Principal - right.Principal, left.Interest - right.Interest, left.Fees - right.Fees);

    public static Allocation operator +(Allocation left, Allocation right) => new(left.Principal + right.Principal, left.Interest + right.Interest, left.Fees + right.Fees);
}

/// <summary>An account locked for a movement of money: nobody else moves its balance before this transaction ends.</summary>
/// <param name="RefreshedOn">The day of the bank's last refresh: its figures say all there is to say up to that day. Null before the first.</param>
internal sealed record LockedAccount(Id Id, string Currency, long Principal, long Interest, long Fees, string State, DateOnly? RefreshedOn)
{
    private static readonly Sql Find = new("""
        SELECT id, currency, principal, interest, fees, state, refreshed_on
        FROM account WITH (UPDLOCK, HOLDLOCK)
        WHERE bank_id = @tenant AND id = @id
        """);

    private static readonly Sql FindFirstFigures = new("SELECT as_of FROM account WHERE bank_id = @tenant AND id = @id");

    public Allocation Owed => new(Principal, Interest, Fees);

    public static async Task<LockedAccount> ReadAsync(Work work, Id id) =>
        await work.Db.FindAsync<LockedAccount>(Find, new { tenant = work.Tenant, id }) ?? throw AccountProblems.NotFound.Refuse();

    /// <summary>The day of the figures that it was first imported with.</summary>
    public Task<DateOnly> FirstFiguresOnAsync(Work work, CancellationToken cancellation) =>
        work.Db.FindAsync<DateOnly>(FindFirstFigures, new { tenant = work.Tenant, Id }, cancellation);

    public LockedAccount Owing(Allocation owed) => this with { Principal = owed.Principal, Interest = owed.Interest, Fees = owed.Fees };
}

/// <summary>What a movement of a balance names as the reason for it.</summary>
internal readonly record struct Cause(LedgerCause Kind, Id Id);

/// <summary>One movement of a balance, in as many entries as it moves buckets.</summary>
/// <param name="By">What each bucket changes by: negative takes off the debt.</param>
/// <param name="EffectiveOn">The day it counts from.</param>
internal readonly record struct Movement(Cause Cause, LedgerKind Kind, Allocation By, DateOnly EffectiveOn);

/// <summary>Moves balances. The account's columns are the sum of its entries, kept in the same transaction.</summary>
internal static class Ledger
{
    private static readonly Sql Insert = new("""
        INSERT INTO ledger_entry (bank_id, account_id, id, kind, bucket, amount, currency, cause_id, effective_on, created_at, cause_kind)
        VALUES (@tenant, @account, @id, @kind, @bucket, @amount, @currency, @cause, @effectiveOn, @now, @causeKind)
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

    /// <summary>Writes the movements and the balance after all of them, which is returned. Nothing is written where nothing moves.</summary>
    public static async Task<LockedAccount> PostAsync(Work work, LockedAccount account, IReadOnlyList<Movement> movements)
    {
        if (movements.All(movement => movement.By == default))
        {
            return account;
        }

        var @case = await Ending.FindOpenAsync(work, account.Id);
        var after = account.Owed;
        foreach (var movement in movements)
        {
            foreach (var bucket in Allocation.DefaultOrder.Where(bucket => movement.By[bucket] != 0))
            {
                await WriteAsync(work, account, @case, movement, bucket);
            }

            after += movement.By;
        }

        if (after != account.Owed)
        {
            await work.Db.ExecuteAsync(UpdateBalance, new { tenant = work.Tenant, id = account.Id, after.Principal, after.Interest, after.Fees, now = work.Now });
            await CaseOrder.BalanceMovedAsync(work, account.Id, after.Total);
        }

        return account.Owing(after);
    }

    private static async Task WriteAsync(Work work, LockedAccount account, Ending.OpenCase? @case, Movement movement, Bucket bucket)
    {
        var id = work.NewId();
        await work.Db.ExecuteAsync(Insert, new
        {
            tenant = work.Tenant,
            account = account.Id,
            id,
            kind = Words.Of(movement.Kind),
            bucket = Words.Of(bucket),
            amount = movement.By[bucket],
            currency = account.Currency,
            cause = movement.Cause.Id,
            causeKind = Words.Of(movement.Cause.Kind),
            movement.EffectiveOn,
            now = work.Now,
        });
        await work.EmitAsync(new("ledger_entry.posted", id, work.Tenant, @case?.AgencyId, @case?.Id, account.Id));
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
