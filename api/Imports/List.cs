using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Portfolios;
using Agency.Api.Tenancy;

namespace Agency.Api.Imports;

/// <summary>A bank lists the imports of a portfolio.</summary>
internal static class List
{
    private static readonly Sql Page = new($"""
        SELECT TOP (@take) {Get.Columns}
        FROM import
        WHERE bank_id = @tenant AND portfolio_id = @id AND id > @after
        ORDER BY id
        """);

    public static void Map(RouteGroupBuilder ofPortfolio) => ofPortfolio.MapGet("/", HandleAsync)
        .Describe("Imports_List", Scopes.PortfoliosRead, "List a portfolio's imports", "The imports of a portfolio, oldest first.")
        .Returns<Page<Import>>()
        .Refuses(PortfolioProblems.NotFound, HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static async Task<Answer<Page<Import>>> HandleAsync(Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        await Create.FindPortfolioAsync(work.Db, work.Tenant, id, cancellation);
        var rows = await work.Db.ListAsync<Get.Row>(Page, new { tenant = work.Tenant, id, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View()));
    }
}
