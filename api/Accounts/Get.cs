using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Accounts;

/// <summary>A bank reads an account of its own; an agency one that it has an open case for.</summary>
internal static class Get
{
    private static readonly Sql FindForBank = new($"""
        SELECT {AccountRow.Columns}
        FROM account AS a
        INNER JOIN debtor AS d ON d.bank_id = a.bank_id AND d.id = a.debtor_id
        WHERE a.bank_id = @tenant AND a.id = @id
        """);

    private static readonly Sql FindForAgency = new($"""
        SELECT {AccountRow.Columns}
        FROM [case] AS c
        INNER JOIN account AS a ON a.bank_id = c.bank_id AND a.id = c.account_id
        INNER JOIN debtor AS d ON d.bank_id = a.bank_id AND d.id = a.debtor_id
        WHERE c.agency_id = @tenant AND c.account_id = @id AND c.ended_at IS NULL
        """);

    public static void Map(RouteGroupBuilder accounts) => accounts.MapGet("/{id}", HandleAsync)
        .Describe("Accounts_Get", Scopes.AccountsRead, "Read an account", "One account with its balance today and its debtor, masked. An agency sees it while it has an open case for it.")
        .Returns<Account>()
        .On(ReadAsync, AccountProblems.NotFound);

    internal static async Task<Account?> ReadAsync(Work work, Id id, CancellationToken cancellation)
    {
        var row = await work.Db.FindAsync<AccountRow>(work.Caller.IsBank ? FindForBank : FindForAgency, new { tenant = work.Tenant, id }, cancellation);
        return row?.View(work);
    }

    private static async Task<Answer<Account>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw AccountProblems.NotFound.Refuse());
}
