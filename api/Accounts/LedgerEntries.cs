using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Accounts;

/// <summary>What moved a balance.</summary>
public enum LedgerKind
{
    /// <summary>The balance as first imported.</summary>
    Opening,

    /// <summary>Confirmed money.</summary>
    Repayment,

    /// <summary>Confirmed money taken back.</summary>
    Reversal,

    /// <summary>What a completed settlement forgives.</summary>
    Waiver,
}

/// <summary>The parts of a balance; payments fill fees, then interest, then principal.</summary>
public enum Bucket
{
    Principal,
    Interest,
    Fees,
}

/// <summary>One movement of one bucket of an account's balance; never changed, never removed.</summary>
/// <param name="Id">The entry.</param>
/// <param name="Kind">What moved the balance.</param>
/// <param name="Bucket">Which part of it.</param>
/// <param name="Amount">By how much: positive adds to the debt, negative takes off it.</param>
/// <param name="CauseId">The import, repayment or settlement proposal behind it.</param>
/// <param name="EffectiveOn">The date it counts from: a payment's date, not the day it was confirmed.</param>
/// <param name="CreatedAt">When it was written.</param>
public sealed record LedgerEntry(Id Id, LedgerKind Kind, Bucket Bucket, Money Amount, Id CauseId, DateOnly EffectiveOn, DateTimeOffset CreatedAt);

/// <summary>Both sides read why the balance is what it is.</summary>
internal static class LedgerEntries
{
    private static readonly Sql FindBank = new("SELECT bank_id FROM account WHERE id = @id AND bank_id = @tenant");
    private static readonly Sql FindBankOfCase = new("SELECT bank_id FROM [case] WHERE agency_id = @tenant AND account_id = @id AND ended_at IS NULL");

    private static readonly Sql Page = new("""
        SELECT TOP (@take) id, kind, bucket, amount, currency, cause_id, effective_on, created_at
        FROM ledger_entry
        WHERE bank_id = @bank AND account_id = @id AND id > @after
        ORDER BY id
        """);

    public static void Map(RouteGroupBuilder accounts) => accounts.MapGet("/{id}/ledger-entries", HandleAsync)
        .Describe("Accounts_ListLedgerEntries", Scopes.AccountsRead, "List an account's ledger", "Every movement of the balance, oldest first; they add up to it.")
        .Returns<Page<LedgerEntry>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, AccountProblems.NotFound);

    private static async Task<Answer<Page<LedgerEntry>>> HandleAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var bank = await work.Db.FindAsync<int?>(work.Caller.IsBank ? FindBank : FindBankOfCase, new { tenant = work.Tenant, id }, cancellation)
            ?? throw AccountProblems.NotFound.Refuse();
        var rows = await work.Db.ListAsync<Row>(Page, new { bank, id, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View));
    }

    private sealed record Row(Id Id, string Kind, string Bucket, long Amount, string Currency, Id CauseId, DateOnly EffectiveOn, DateTimeOffset CreatedAt)
    {
        public LedgerEntry View => new(Id, Words.Read<LedgerKind>(Kind), Words.Read<Bucket>(Bucket), new Money(Amount, Currency), CauseId, EffectiveOn, CreatedAt);
    }
}
