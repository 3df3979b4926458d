using System.Text.Json;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Holds;

/// <summary>The holds that stand now.</summary>
internal static class StandingHolds
{
    // One seek an account, the accounts as one JSON array: a page asks once, not a thousand times.
    private static readonly Sql OfPage = new(
        """
        SELECT h.account_id, h.id, h.kind, h.raised_at
        FROM OPENJSON(@accounts) WITH (bank int '$.bank', account char(32) COLLATE Latin1_General_100_BIN2 '$.account') AS named
        INNER JOIN hold AS h ON h.bank_id = named.bank AND h.account_id = CONVERT(binary(16), named.account, 2)
        WHERE h.lifted_at IS NULL
        """,
        """
        SELECT h.account_id, h.id, h.kind, h.raised_at
        FROM json_each(@accounts) AS named
        CROSS JOIN hold AS h ON h.bank_id = json_extract(named.value, '$.bank') AND h.account_id = unhex(json_extract(named.value, '$.account'))
        WHERE h.lifted_at IS NULL
        """);

    private static readonly Sql OfAccount = new("""
        SELECT account_id, id, kind, raised_at
        FROM hold
        WHERE bank_id = @bank AND account_id = @account AND lifted_at IS NULL
        """);

    private static readonly Sql OfAccountLocked = new("""
        SELECT account_id, id, kind, raised_at
        FROM hold WITH (UPDLOCK, HOLDLOCK)
        WHERE bank_id = @bank AND account_id = @account AND lifted_at IS NULL
        """);

    /// <summary>Those of a page of accounts, by account, oldest first.</summary>
    public static async Task<ILookup<Id, StandingHold>> OfAccountsAsync(Work work, IReadOnlyCollection<(int Bank, Id Account)> accounts, CancellationToken cancellation)
    {
        if (accounts.Count == 0)
        {
            return Enumerable.Empty<Row>().ToLookup(row => row.AccountId, row => row.View());
        }

        // A page may have several cases of one account: each hold is wanted once.
        var values = JsonSerializer.Serialize(accounts.Distinct().Select(a => new { bank = a.Bank, account = Convert.ToHexString(a.Account.ToBytes()) }));
        var rows = await work.Db.ListAsync<Row>(OfPage, new { accounts = values }, cancellation);
        return rows.OrderBy(row => row.Id).ToLookup(row => row.AccountId, row => row.View());
    }

    /// <summary>Those of one account, oldest first.</summary>
    /// <param name="locked">Nobody raises another before this transaction ends.</param>
    public static async Task<IReadOnlyList<StandingHold>> OfAccountAsync(Work work, int bank, Id account, bool locked = false, CancellationToken cancellation = default)
    {
        var rows = await work.Db.ListAsync<Row>(locked ? OfAccountLocked : OfAccount, new { bank, account }, cancellation);
        return [.. rows.OrderBy(row => row.Id).Select(row => row.View())];
    }

    private sealed record Row(Id AccountId, Id Id, string Kind, DateTimeOffset RaisedAt)
    {
        public StandingHold View() => new(Id, Words.Read<HoldKind>(Kind), RaisedAt);
    }
}
