using Agency.Api.Agreements;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Accounts;

/// <summary>Money that the bank has: a repayment that it confirmed, or a payment that went to it directly.</summary>
/// <param name="Order">Which bucket it fills first, second and last.</param>
internal sealed record Receipt(Cause Cause, long Amount, DateOnly PaidOn, IReadOnlyList<Bucket> Order);

/// <summary>
/// Puts money into the ledger and takes it back. Whatever order deeds arrive in, an account owes what the bank's last refresh says
/// less the money paid on later days: money of that day or before is in the bank's figures already, and moves nothing. What exceeded
/// the balance is used up as soon as something is owed again.
/// </summary>
internal static class Receipts
{
    private static readonly Sql OfCause = new("""
        SELECT kind, bucket, SUM(amount) AS amount
        FROM ledger_entry
        WHERE bank_id = @tenant AND account_id = @account AND cause_id = @cause
        GROUP BY kind, bucket
        """);

    // Money that a repayment and a direct payment both stand for counts once, as what was booked first and still stands. The ranges are
    // one account: of an equal sign SQLite thinks that the bank's whole clustered key is as short a way.
    private static readonly Sql StandingRepayments = new("""
        SELECT 'repayment' AS kind, p.id, p.amount, p.paid_on, p.case_id
        FROM repayment AS p
        INNER JOIN repayment_decision AS w ON w.bank_id = p.bank_id AND w.repayment_id = p.id AND w.decision = 'confirmed'
        LEFT JOIN repayment_decision AS v ON v.bank_id = p.bank_id AND v.repayment_id = p.id AND v.decision = 'reversed'
        LEFT JOIN direct_payment AS d ON d.bank_id = w.bank_id AND d.id = w.same_as_id
        WHERE p.bank_id = @tenant AND p.account_id >= @account AND p.account_id <= @account AND p.paid_on > @after AND v.decision IS NULL AND (d.id IS NULL OR d.reversed_at IS NOT NULL)
        """);

    private static readonly Sql StandingPayments = new("""
        SELECT 'direct_payment' AS kind, d.id, d.amount, d.paid_on, COALESCE(d.attributed_case_id, d.case_id) AS case_id
        FROM direct_payment AS d
        LEFT JOIN repayment_decision AS v ON v.bank_id = d.bank_id AND v.repayment_id = d.same_as_id AND v.decision = 'reversed'
        WHERE d.bank_id = @tenant AND d.account_id >= @account AND d.account_id <= @account AND d.paid_on > @after AND d.reversed_at IS NULL AND (d.same_as_id IS NULL OR v.decision IS NOT NULL)
        """);

    /// <summary>What the money exceeds the balance by; none where the bank's figures have it already.</summary>
    public static long Overpaid(LockedAccount account, Receipt receipt) =>
        IsInFigures(account, receipt) ? 0 : Math.Max(0, receipt.Amount - account.Owed.Total);

    /// <summary>The money counts from the day it was paid.</summary>
    public static Task<LockedAccount> PutAsync(Work work, LockedAccount account, Receipt receipt)
    {
        var parts = Allocation.Of(receipt.Amount, account.Owed, receipt.Order);
        if (!IsInFigures(account, receipt))
        {
            return Ledger.PostAsync(work, account, [new(receipt.Cause, LedgerKind.Repayment, default(Allocation) - parts, receipt.PaidOn)]);
        }

        // Both sides read that the money was there, and that the figures of the refresh had it.
        parts += Allocation.In(receipt.Order[^1], receipt.Amount - parts.Total);
        return Ledger.PostAsync(work, account,
        [
            new(receipt.Cause, LedgerKind.Repayment, default(Allocation) - parts, receipt.PaidOn),
            new(receipt.Cause, LedgerKind.Adjustment, parts, account.RefreshedOn!.Value),
        ]);
    }

    /// <summary>The money went back: each bucket gets back what it took, unless the bank's figures are of that day or later.</summary>
    public static async Task<LockedAccount> TakeBackAsync(Work work, LockedAccount account, Receipt receipt)
    {
        var (taken, adjusted) = await TakenAsync(work, account.Id, receipt.Cause.Id);
        var isInFigures = IsInFigures(account, receipt);
        return await Ledger.PostAsync(work, account,
        [
            new(receipt.Cause, LedgerKind.Reversal, default(Allocation) - taken, receipt.PaidOn),
            new(receipt.Cause, LedgerKind.Adjustment, isInFigures ? taken : default(Allocation) - adjusted, isInFigures ? account.RefreshedOn!.Value : receipt.PaidOn),
        ]);
    }

    /// <summary>Money went, or more is owed again: what other money exceeded the balance by comes off it now.</summary>
    public static async Task<LockedAccount> UseExcessAsync(Work work, LockedAccount account, CancellationToken cancellation)
    {
        foreach (var receipt in account.Owed.Total == 0 ? [] : await StandingAsync(work, account.Id, account.RefreshedOn ?? DateOnly.MinValue, cancellation))
        {
            var (taken, adjusted) = await TakenAsync(work, account.Id, receipt.Cause.Id);
            var parts = Allocation.Of(receipt.Amount + (taken + adjusted).Total, account.Owed, receipt.Order);
            account = await Ledger.PostAsync(work, account, [new(receipt.Cause, LedgerKind.Repayment, default(Allocation) - parts, receipt.PaidOn)]);
        }

        return account;
    }

    /// <summary>The money paid after a day that stands, by the day it was paid, which no order of arrival changes.</summary>
    public static async Task<List<Receipt>> StandingAsync(Work work, Id account, DateOnly after, CancellationToken cancellation)
    {
        List<Receipt> receipts = [];
        foreach (var money in await MoneyAsync(work, account, after, cancellation))
        {
            var order = money.CaseId is { } @case ? (await AgreementTerms.OfCaseAsync(work, work.Tenant, @case)).AllocationOrder : Allocation.DefaultOrder;
            receipts.Add(new(new(Words.Read<LedgerCause>(money.Kind), money.Id), money.Amount, money.PaidOn, order));
        }

        return receipts;
    }

    /// <summary>The same, without the order in which it fills the buckets; money that is known twice is there once.</summary>
    public static async Task<IReadOnlyList<StandingMoney>> MoneyAsync(Work work, Id account, DateOnly after, CancellationToken cancellation)
    {
        var key = new { tenant = work.Tenant, account, after };
        List<StandingMoney> found = [.. await work.Db.ListAsync<StandingMoney>(StandingRepayments, key, cancellation), .. await work.Db.ListAsync<StandingMoney>(StandingPayments, key, cancellation)];
        return [.. found.OrderBy(money => money.PaidOn).ThenBy(money => money.Id)];
    }

    /// <summary>What a concession forgives as it stands, bucket by bucket, none of it below zero in sum.</summary>
    public static async Task<Allocation> ForgivenAsync(Work work, Id account, Id proposal)
    {
        var (taken, adjusted) = await TakenAsync(work, account, proposal);
        return default(Allocation) - taken - adjusted;
    }

    // What the money took off the balance, and what figures of the bank's made of that.
    private static async Task<(Allocation Taken, Allocation Adjusted)> TakenAsync(Work work, Id account, Id cause)
    {
        var (taken, adjusted) = (default(Allocation), default(Allocation));
        foreach (var part in await work.Db.ListAsync<Part>(OfCause, new { tenant = work.Tenant, account, cause }))
        {
            var amount = Allocation.In(Words.Read<Bucket>(part.Bucket), part.Amount);
            (taken, adjusted) = Words.Read<LedgerKind>(part.Kind) == LedgerKind.Adjustment ? (taken, adjusted + amount) : (taken + amount, adjusted);
        }

        return (taken, adjusted);
    }

    private static bool IsInFigures(LockedAccount account, Receipt receipt) => receipt.PaidOn <= account.RefreshedOn;

    private sealed record Part(string Kind, string Bucket, long Amount);
}

/// <summary>Money that stands: a confirmed repayment or a direct payment, whichever carries it.</summary>
internal sealed record StandingMoney(string Kind, Id Id, long Amount, DateOnly PaidOn, Id? CaseId);
