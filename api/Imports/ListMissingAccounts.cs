using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Imports;

/// <summary>A bank reads which accounts of the portfolio a refreshing file left out. They are listed and never dropped: only the bank knows why they are not there.</summary>
internal static class ListMissingAccounts
{
    // Ids sort by time: an account that no file has named since, this one included, has an older one as its last.
    private static readonly Sql Page = new($"""
        SELECT TOP (@take) {Accounts.AccountRow.Columns}
        FROM account AS a
        INNER JOIN debtor AS d ON d.bank_id = a.bank_id AND d.id = a.debtor_id
        WHERE a.bank_id = @tenant AND a.portfolio_id = @portfolio AND a.id > @after AND a.state <> 'resolved' AND COALESCE(a.last_import_id, a.import_id) < @id
        ORDER BY a.id
        """);

    public static void Map(RouteGroupBuilder imports) => imports.MapGet("/{id}/missing-accounts", HandleAsync)
        .Describe("Imports_ListMissingAccounts", Scopes.PortfoliosRead, "List the accounts a refresh left out", "The accounts of the portfolio that are not resolved and that neither this file nor a later one of mode refresh or both has named, oldest first. Nothing was done to them.")
        .Returns<Page<Account>>()
        .Refuses(ImportProblems.NotFound, ImportProblems.IsNoRefresh, ImportProblems.IsNotCompleted, HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static async Task<Answer<Page<Account>>> HandleAsync(Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var import = await Get.ReadAsync(work, id, cancellation) ?? throw ImportProblems.NotFound.Refuse();
        if (import.Mode == ImportMode.New)
        {
            throw ImportProblems.IsNoRefresh.Refuse();
        }

        if (import.State != ImportState.Completed)
        {
            throw ImportProblems.IsNotCompleted.Refuse();
        }

        var key = new { tenant = work.Tenant, portfolio = import.PortfolioId, id, after = cursors.After(http, work, page), take = page.Take };
        var rows = await work.Db.ListAsync<Accounts.AccountRow>(Page, key, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.AccountId, row => row.View(work)));
    }
}
