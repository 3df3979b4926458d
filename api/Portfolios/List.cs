using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Portfolios;

/// <summary>A bank lists its portfolios.</summary>
internal static class List
{
    private static readonly Sql Page = new("""
        SELECT TOP (@take) id, name, currency, created_at, changed_at
        FROM portfolio
        WHERE bank_id = @tenant AND id > @after
        ORDER BY id
        """);

    public static void Map(RouteGroupBuilder portfolios) => portfolios.MapGet("/", HandleAsync)
        .Describe("Portfolios_List", Scopes.PortfoliosRead, "List portfolios", "The bank's portfolios, oldest first.")
        .Returns<Page<Portfolio>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static async Task<Answer<Page<Portfolio>>> HandleAsync([AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var rows = await work.Db.ListAsync<Portfolio>(Page, new { tenant = work.Tenant, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row));
    }
}
