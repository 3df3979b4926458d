using System.ComponentModel;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Accounts;

/// <summary>A bank lists its accounts; an agency those it has open cases for.</summary>
internal static class List
{
    private static readonly Sql PageForBank = new($"""
        SELECT TOP (@take) {AccountRow.Columns}
        FROM account AS a
        INNER JOIN debtor AS d ON d.bank_id = a.bank_id AND d.id = a.debtor_id
        WHERE a.bank_id = @tenant AND a.id > @after
        ORDER BY a.id
        """);

    private static readonly Sql PageOfPortfolio = new($"""
        SELECT TOP (@take) {AccountRow.Columns}
        FROM account AS a
        INNER JOIN debtor AS d ON d.bank_id = a.bank_id AND d.id = a.debtor_id
        WHERE a.bank_id = @tenant AND a.portfolio_id = @portfolioId AND a.id > @after
        ORDER BY a.id
        """);

    private static readonly Sql PageForAgency = new($"""
        SELECT TOP (@take) {AccountRow.Columns}
        FROM [case] AS c
        INNER JOIN account AS a ON a.bank_id = c.bank_id AND a.id = c.account_id
        INNER JOIN debtor AS d ON d.bank_id = a.bank_id AND d.id = a.debtor_id
        WHERE c.agency_id = @tenant AND c.account_id > @after AND c.ended_at IS NULL
        ORDER BY c.account_id
        """);

    public static void Map(RouteGroupBuilder accounts) => accounts.MapGet("/", HandleAsync)
        .Describe("Accounts_List", Scopes.AccountsRead, "List accounts", "The bank's accounts, or those an agency has open cases for, oldest first.")
        .Returns<Page<Account>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static async Task<Answer<Page<Account>>> HandleAsync(
        [AsParameters] PageQuery page,
        [FromQuery(Name = "portfolio_id"), Description("Only the accounts of this portfolio (banks).")] Id? portfolioId,
        Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var sql = (work.Caller.IsBank, portfolioId) switch
        {
            (true, null) => PageForBank,
            (true, _) => PageOfPortfolio,
            (false, null) => PageForAgency,

            // An agency sees no portfolio, so none of its accounts is in one.
            (false, _) => PageOfPortfolio,
        };
        var rows = await work.Db.ListAsync<AccountRow>(sql, new { tenant = work.Tenant, portfolioId, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.AccountId, row => row.View(work)));
    }
}
