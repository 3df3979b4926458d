using System.ComponentModel;
using System.Text.Json;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Accounts;

/// <summary>Either side lists the entries of all ledgers it sees, account by account, or what moved balances since.</summary>
internal static class ListLedgerEntries
{
    // How many of an agency's accounts are read at a time: one has a handful of entries.
    private const int AccountsAtOnce = 64;

    // The first comparison is what the key seeks by; the OR alone would read from the first account.
    private static readonly Sql PageForBank = new($"""
        SELECT TOP (@take) {LedgerEntryRow.Columns}
        FROM {LedgerEntryRow.Tables}
        WHERE l.bank_id = @tenant AND l.account_id >= @account AND (l.account_id > @account OR l.id > @after)
        ORDER BY l.account_id, l.id
        """);

    private static readonly Sql AccountsOfAgency = new("""
        SELECT TOP (@take) bank_id, account_id
        FROM [case]
        WHERE agency_id = @tenant AND account_id >= @account AND ended_at IS NULL
        ORDER BY account_id
        """);

    private static readonly Sql OfAccounts = new(
        $"""
        SELECT {LedgerEntryRow.Columns}
        FROM OPENJSON(@accounts) WITH (bank_id int '$.b', account_id varchar(32) COLLATE Latin1_General_100_BIN2 '$.a') AS named
        CROSS JOIN {LedgerEntryRow.Tables}
        WHERE l.bank_id = named.bank_id AND l.account_id = CONVERT(binary(16), named.account_id, 2)
        """,
        $"""
        SELECT {LedgerEntryRow.Columns}
        FROM json_each(@accounts) AS named
        CROSS JOIN {LedgerEntryRow.Tables}
        WHERE l.bank_id = json_extract(named.value, '$.b') AND l.account_id = unhex(json_extract(named.value, '$.a'))
        """);

    public static void Map(RouteGroupBuilder entries) => entries.MapGet("/", HandleAsync)
        .Describe("LedgerEntries_List", Scopes.AccountsRead, "List ledger entries", "The entries of every account the caller sees, account by account, each oldest first; with changed_after what moved balances since, in that order. Opening entries come in the list alone.")
        .Returns<Page<LedgerEntry>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, FeedProblems.Combined, RecordProblems.AccountNumberAmbiguous);

    private static async Task<Answer<Page<LedgerEntry>>> HandleAsync(
        [AsParameters] PageQuery page,
        [FromQuery(Name = "changed_after"), Description("Only what was posted since: start, or the changedAfter of the answer before. Ask again until it stays the same; one item may come twice.")] string? changedAfter,
        [FromQuery(Name = "account_number"), Description("Only those of the account that has this number at the bank.")] string? accountNumber,
        Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        if (changedAfter is not null)
        {
            return Answer.Ok(await LedgerChanges.ReadAsync(work, cursors, http, page, changedAfter, cancellation));
        }

        var (account, after) = cursors.AfterPair(http, work, page);
        var rows = accountNumber is not null ? await OfNumberAsync(work, accountNumber, after, page.Take, cancellation)
            : work.Caller.IsBank ? await work.Db.ListAsync<LedgerEntryRow>(PageForBank, new { tenant = work.Tenant, account, after, take = page.Take }, cancellation)
            : await OfAgencyAsync(work, account, after, page.Take, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => [.. row.AccountId.ToBytes(), .. row.Id.ToBytes()], row => row.View()));
    }

    private static async Task<IReadOnlyList<LedgerEntryRow>> OfNumberAsync(Work work, string number, Id after, int take, CancellationToken cancellation) =>
        await AccountNumbers.FindAsync(work, number, cancellation) is { } found ? await LedgerEntries.ListAsync(work, found.BankId, found.Id, after, take, cancellation) : [];

    private static async Task<IReadOnlyList<LedgerEntryRow>> OfAgencyAsync(Work work, Id from, Id after, int take, CancellationToken cancellation)
    {
        List<LedgerEntryRow> rows = [];
        var account = from;
        while (true)
        {
            var accounts = await work.Db.ListAsync<AccountKey>(AccountsOfAgency, new { tenant = work.Tenant, account, take = AccountsAtOnce }, cancellation);
            var entries = await work.Db.ListAsync<LedgerEntryRow>(OfAccounts, new { accounts = JsonSerializer.Serialize(accounts.Select(a => new { b = a.BankId, a = a.AccountId.Value.ToString("N") })) }, cancellation);

            // The account that a round begins with was read by the one before; in the first it is the cursor's, read in part.
            rows.AddRange(entries
                .Where(row => row.AccountId != account || (account == from && row.Id > after))
                .OrderBy(row => row.AccountId).ThenBy(row => row.Id));
            if (rows.Count >= take || accounts.Count < AccountsAtOnce)
            {
                return [.. rows.Take(take)];
            }

            account = accounts[^1].AccountId;
        }
    }

    private sealed record AccountKey(int BankId, Id AccountId);
}
