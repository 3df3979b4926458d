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

    // A bank has one account of a number, an agency one at each of its banks at most: few, sorted when they are read.
    private static readonly Sql OfNumberForBank = new($"""
        SELECT {AccountRow.Columns}
        FROM account AS a
        INNER JOIN debtor AS d ON d.bank_id = a.bank_id AND d.id = a.debtor_id
        WHERE a.bank_id = @tenant AND a.account_number = @accountNumber AND (@portfolioId IS NULL OR a.portfolio_id = @portfolioId)
        """);

    private static readonly Sql OfNumberForAgency = new($"""
        SELECT {AccountRow.Columns}
        FROM account AS a
        INNER JOIN debtor AS d ON d.bank_id = a.bank_id AND d.id = a.debtor_id
        WHERE a.bank_id IN (SELECT w.bank_id FROM agreement AS w WHERE w.agency_id = @tenant) AND a.account_number = @accountNumber
        """);

    public static void Map(RouteGroupBuilder accounts) => accounts.MapGet("/", HandleAsync)
        .Describe("Accounts_List", Scopes.AccountsRead, "List accounts", "The bank's accounts, or those an agency has open cases for, oldest first.")
        .Returns<Page<Account>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid)
        .HasFullView();

    private static async Task<Answer<Page<Account>>> HandleAsync(
        [AsParameters] PageQuery page,
        [FromQuery(Name = "portfolio_id"), Description("Only the accounts of this portfolio (banks).")] Id? portfolioId,
        [FromQuery(Name = "account_number"), Description("Only the account that the bank gave this number.")] string? accountNumber,
        [AsParameters] ViewQuery view,
        Work work, Cursors cursors, FullView fullView, HttpContext http, CancellationToken cancellation)
    {
        var after = cursors.After(http, work, page);
        var sql = (work.Caller.IsBank, portfolioId) switch
        {
            (true, null) => PageForBank,
            (true, _) => PageOfPortfolio,
            (false, null) => PageForAgency,

            // An agency sees no portfolio, so none of its accounts is in one.
            (false, _) => PageOfPortfolio,
        };
        var rows = accountNumber is not null
            ? await OfNumberAsync(work, accountNumber, portfolioId, after, cancellation)
            : await work.Db.ListAsync<AccountRow>(sql, new { tenant = work.Tenant, portfolioId, after, take = page.Take }, cancellation);
        var answer = cursors.Cut(http, work, page, rows, row => row.AccountId, row => row.View(work, view.IsFull));
        if (view.IsFull)
        {
            await fullView.AuditAsync(work, "accounts", [.. answer.Items.Select(account => account.Id)]);
        }

        return Answer.Ok(answer);
    }

    private static async Task<IReadOnlyList<AccountRow>> OfNumberAsync(Work work, string accountNumber, Id? portfolioId, Id after, CancellationToken cancellation)
    {
        if (!work.Caller.IsBank && portfolioId is not null)
        {
            return [];
        }

        var rows = await work.Db.ListAsync<AccountRow>(work.Caller.IsBank ? OfNumberForBank : OfNumberForAgency, new { tenant = work.Tenant, accountNumber, portfolioId }, cancellation);
        return [.. rows.Where(row => row.AccountId > after).OrderBy(row => row.AccountId)];
    }
}
