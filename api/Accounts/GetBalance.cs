using System.ComponentModel;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Accounts;

/// <summary>What was owed on an account, added up from its ledger.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="At">Movements recorded until this instant are counted: what was known then.</param>
/// <param name="AsOf">Movements that count from this day or an earlier one are counted; absent, all of them.</param>
/// <param name="Balance">What was owed, by bucket. Between days a bucket can be below zero: money that was paid early, by a bank's later figure.</param>
/// <param name="Entries">How many movements were added up.</param>
public sealed record AccountBalance(Id AccountId, DateTimeOffset At, DateOnly? AsOf, Balance Balance, long Entries);

/// <summary>
/// Both sides ask what was owed at an instant of the past. There are two times: when the service came to know of a movement, and the
/// day that it counts from, which for money is the day it was paid. Either can be asked for, and both.
/// </summary>
internal static class GetBalance
{
    private static readonly Sql Sum = new("""
        SELECT MAX(a.currency) AS currency,
            COALESCE(SUM(CASE WHEN l.bucket = 'principal' THEN l.amount END), 0) AS principal,
            COALESCE(SUM(CASE WHEN l.bucket = 'interest' THEN l.amount END), 0) AS interest,
            COALESCE(SUM(CASE WHEN l.bucket = 'fees' THEN l.amount END), 0) AS fees,
            COUNT(l.id) AS entries
        FROM account AS a
        LEFT JOIN ledger_entry AS l ON l.bank_id = a.bank_id AND l.account_id = a.id AND l.created_at <= @at AND l.effective_on <= @asOf
        WHERE a.bank_id = @bank AND a.id = @id
        """);

    public static void Map(RouteGroupBuilder accounts) => accounts.MapGet("/{id}/balance", HandleAsync)
        .Describe("Accounts_GetBalance", Scopes.AccountsRead, "Read an account's balance at an instant", "What was owed, added up from the ledger: with at what had been recorded by then, with as_of what counts from that day or before, with both what was known then of that day. Without either what is owed now. An agency sees it while it has an open case for the account.")
        .Returns<AccountBalance>()
        .Refuses(AccountProblems.NotFound);

    private static async Task<Answer<AccountBalance>> HandleAsync(
        Id id,
        [FromQuery(Name = "at"), Description("Only what was recorded until this instant; now when absent.")] DateTimeOffset? at,
        [FromQuery(Name = "as_of"), Description("Only what counts from this day or an earlier one; money counts from the day it was paid.")] DateOnly? asOf,
        Work work, CancellationToken cancellation)
    {
        var bank = await LedgerEntries.RequireBankAsync(work, id, cancellation);
        var instant = at?.ToUniversalTime() ?? work.Now;
        var sums = await work.Db.FindAsync<Sums>(Sum, new { bank, id, at = instant, asOf = asOf ?? DateOnly.MaxValue }, cancellation);
        return Answer.Ok(new AccountBalance(
            id, instant, asOf, Balance.Of(sums!.Principal, sums.Interest, sums.Fees, sums.Currency ?? throw AccountProblems.NotFound.Refuse()), sums.Entries));
    }

    private sealed record Sums(string? Currency, long Principal, long Interest, long Fees, long Entries);
}
