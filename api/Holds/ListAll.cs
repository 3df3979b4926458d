using System.ComponentModel;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Holds;

/// <summary>The holds across all cases: a bank's all, an agency's those raised in its open cases. What stood before comes with the case.</summary>
internal static class ListAll
{
    private static readonly SidedSql Page = new($$"""
        SELECT TOP (@take) {{HoldRow.Columns}}
        FROM {{HoldRow.Tables}}
        WHERE h.{side} = @tenant AND h.id > @after
        ORDER BY h.id
        """);

    public static void Map(RouteGroupBuilder holds) => holds.MapGet("/", HandleAsync)
        .Describe("Holds_List", Scopes.HoldsRead, "List holds", "The bank's holds, or those raised in an agency's open cases, in the order they were raised; with changed_after those that were raised or lifted since, as they are now. A hold that stood before a case began is shown with the case.")
        .Returns<Page<Hold>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, FeedProblems.Combined, RecordProblems.AccountNumberAmbiguous);

    private static async Task<Answer<Page<Hold>>> HandleAsync(
        [AsParameters] PageQuery page,
        [FromQuery(Name = "changed_after"), Description("Only what was raised or lifted since: start, or the changedAfter of the answer before. Ask again until it stays the same; one item may come twice.")] string? changedAfter,
        [FromQuery(Name = "account_number"), Description("Only those on the account that has this number at the bank.")] string? accountNumber,
        Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        if (changedAfter is not null)
        {
            return Answer.Ok(await Changes.ReadAsync(work, cursors, http, page, changedAfter, cancellation));
        }

        var after = cursors.After(http, work, page);
        var rows = accountNumber is not null
            ? await OfNumberAsync(work, accountNumber, after, page.Take, cancellation)
            : await work.Db.ListAsync<HoldRow>(work.Side(Page), new { tenant = work.Tenant, after, take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(work)));
    }

    private static async Task<IReadOnlyList<HoldRow>> OfNumberAsync(Work work, string number, Id after, int take, CancellationToken cancellation) =>
        await AccountNumbers.FindAsync(work, number, cancellation) is { } found ? await List.OfAccountAsync(work, found.BankId, found.Id, after, take, cancellation) : [];
}
