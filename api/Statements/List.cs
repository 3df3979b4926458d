using System.ComponentModel;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Statements;

/// <summary>Either side lists statements: all there are, those of a month, or what changed.</summary>
internal static class List
{
    private static readonly SidedSql Page = new($$"""
        SELECT TOP (@take) {{StatementRow.Columns}}
        FROM {{StatementRow.Tables}}
        WHERE s.{side} = @tenant AND s.id > @after
        ORDER BY s.id
        """);

    private static readonly SidedSql PageOfMonth = new($$"""
        SELECT TOP (@take) {{StatementRow.Columns}}
        FROM {{StatementRow.Tables}}
        WHERE s.{side} = @tenant AND s.month = @month AND s.id > @after
        ORDER BY s.id
        """);

    public static void Map(RouteGroupBuilder statements) => statements.MapGet("/", HandleAsync)
        .Describe("Statements_List", Scopes.StatementsRead, "List statements", "All statements between the caller and its banks or agencies, in the order they were drafted; with changed_after those that were drafted, issued, answered, paid or locked since, as they are now.")
        .Returns<Page<Statement>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, FeedProblems.Combined, StatementProblems.NoMonth);

    private static async Task<Answer<Page<Statement>>> HandleAsync(
        [AsParameters] PageQuery page,
        [FromQuery(Name = "changed_after"), Description("Only what changed since: start, or the changedAfter of the answer before. Ask again until it stays the same; one item may come twice.")] string? changedAfter,
        [FromQuery(Name = "month"), Description("Only those of the month that begins on this day.")] DateOnly? month,
        Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        if (changedAfter is not null)
        {
            return Answer.Ok(await Changes.ReadAsync(work, cursors, http, page, changedAfter, cancellation));
        }

        if (month is { Day: not 1 })
        {
            throw StatementProblems.NoMonth.Refuse();
        }

        var rows = await work.Db.ListAsync<StatementRow>(
            work.Side(month is null ? Page : PageOfMonth), new { tenant = work.Tenant, month, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View()));
    }
}
