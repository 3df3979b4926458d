using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Agreements;

/// <summary>Either side lists the agreements between them.</summary>
internal static class List
{
    private static readonly SidedSql Page = new($$"""
        SELECT TOP (@take) {{AgreementRow.Columns}}
        FROM {{AgreementRow.Tables}}
        WHERE a.{side} = @tenant AND a.id > @after
        ORDER BY a.id
        """);

    public static void Map(RouteGroupBuilder agreements) => agreements.MapGet("/", HandleAsync)
        .Describe("Agreements_List", Scopes.AgreementsRead, "List agreements", "The caller's agreements in their latest versions, oldest first.")
        .Returns<Page<Agreement>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static async Task<Answer<Page<Agreement>>> HandleAsync([AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var rows = await work.Db.ListAsync<AgreementRow>(work.Side(Page), new { tenant = work.Tenant, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View()));
    }
}
