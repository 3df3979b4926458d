using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Accounts;

/// <summary>What moved a balance.</summary>
public enum LedgerKind
{
    /// <summary>The balance as first imported.</summary>
    Opening,

    /// <summary>The bank's later figures, or what they make of money that was paid on days they speak of.</summary>
    Adjustment,

    /// <summary>Confirmed money.</summary>
    Repayment,

    /// <summary>Confirmed money taken back.</summary>
    Reversal,

    /// <summary>What is forgiven: by a completed settlement, or by the bank of its own accord.</summary>
    Waiver,
}

/// <summary>What is behind a movement: the kind of thing that the cause's id names.</summary>
public enum LedgerCause
{
    /// <summary>A file of the bank's.</summary>
    Import,

    /// <summary>Money that an agency reported.</summary>
    Repayment,

    /// <summary>Money that was paid to the bank itself.</summary>
    DirectPayment,

    /// <summary>A concession that was completed.</summary>
    SettlementProposal,

    /// <summary>What the bank forgave of its own accord.</summary>
    Waiver,
}

/// <summary>The parts of a balance; the agreement says which of them money fills first.</summary>
public enum Bucket
{
    Principal,
    Interest,
    Fees,
}

/// <summary>One movement of one bucket of an account's balance; never changed, never removed.</summary>
/// <param name="Id">The entry.</param>
/// <param name="AccountId">The account whose balance it moved.</param>
/// <param name="AccountNumber">The bank's number of the account.</param>
/// <param name="Kind">What moved the balance.</param>
/// <param name="Bucket">Which part of it.</param>
/// <param name="Amount">By how much: positive adds to the debt, negative takes off it.</param>
/// <param name="CauseKind">What is behind it.</param>
/// <param name="CauseId">The import, repayment, direct payment, settlement proposal or waiver behind it.</param>
/// <param name="EffectiveOn">The date it counts from: a payment's date, not the day it was confirmed.</param>
/// <param name="CreatedAt">When it was written.</param>
public sealed record LedgerEntry(
    Id Id, Id AccountId, string AccountNumber, LedgerKind Kind, Bucket Bucket, Money Amount, LedgerCause CauseKind, Id CauseId, DateOnly EffectiveOn, DateTimeOffset CreatedAt);

/// <summary>Both sides read why the balance is what it is.</summary>
internal static class LedgerEntries
{
    private static readonly Sql FindBank = new("SELECT bank_id FROM account WHERE id = @id AND bank_id = @tenant");
    private static readonly Sql FindBankOfCase = new("SELECT bank_id FROM [case] WHERE agency_id = @tenant AND account_id = @id AND ended_at IS NULL");

    private static readonly Sql Page = new($"""
        SELECT TOP (@take) {LedgerEntryRow.Columns}
        FROM {LedgerEntryRow.Tables}
        WHERE l.bank_id = @bank AND l.account_id = @id AND l.id > @after
        ORDER BY l.id
        """);

    public static void Map(RouteGroupBuilder accounts) => accounts.MapGet("/{id}/ledger-entries", HandleAsync)
        .Describe("Accounts_ListLedgerEntries", Scopes.AccountsRead, "List an account's ledger", "Every movement of the balance, oldest first; they add up to it.")
        .Returns<Page<LedgerEntry>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, AccountProblems.NotFound);

    /// <summary>The bank of an account that the caller sees.</summary>
    internal static async Task<int> RequireBankAsync(Work work, Id account, CancellationToken cancellation) =>
        await work.Db.FindAsync<int?>(work.Caller.IsBank ? FindBank : FindBankOfCase, new { tenant = work.Tenant, id = account }, cancellation)
            ?? throw AccountProblems.NotFound.Refuse();

    internal static Task<IReadOnlyList<LedgerEntryRow>> ListAsync(Work work, int bank, Id account, Id after, int take, CancellationToken cancellation) =>
        work.Db.ListAsync<LedgerEntryRow>(Page, new { bank, id = account, after, take }, cancellation);

    private static async Task<Answer<Page<LedgerEntry>>> HandleAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var bank = await RequireBankAsync(work, id, cancellation);
        var rows = await ListAsync(work, bank, id, cursors.After(http, work, page), page.Take, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View()));
    }
}

/// <summary>An entry as stored, with its account's number.</summary>
internal sealed record LedgerEntryRow(
    Id Id, Id AccountId, string AccountNumber, string Kind, string Bucket, long Amount, string Currency, Id CauseId, DateOnly EffectiveOn, DateTimeOffset CreatedAt,
    string? CauseKind)
{
    public const string Columns = """
        l.id, l.account_id, a.account_number, l.kind, l.bucket, l.amount, l.currency, l.cause_id, l.effective_on, l.created_at, l.cause_kind
        """;

    public const string Tables = """
        ledger_entry AS l
        INNER JOIN account AS a ON a.bank_id = l.bank_id AND a.id = l.account_id
        """;

    // Entries of an import's accounts, and those of before causes were named, say it by their kind.
    private LedgerCause Cause => Words.ReadOrNull<LedgerCause>(CauseKind) ?? Words.Read<LedgerKind>(Kind) switch
    {
        LedgerKind.Opening => LedgerCause.Import,
        LedgerKind.Waiver => LedgerCause.SettlementProposal,
        _ => LedgerCause.Repayment,
    };

    public LedgerEntry View() => new(
        Id, AccountId, AccountNumber, Words.Read<LedgerKind>(Kind), Words.Read<Bucket>(Bucket), new Money(Amount, Currency), Cause, CauseId, EffectiveOn, CreatedAt);
}
