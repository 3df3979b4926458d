using System.ComponentModel;
using System.Text;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.RulePacks;

/// <summary>Anybody who works cases lists the rule packs.</summary>
internal static class List
{
    public static void Map(RouteGroupBuilder packs) => packs.MapGet("/", HandleAsync)
        .Describe("RulePacks_List", Scopes.CasesRead, "List rule packs", "The packs that an agreement can name, each with its rules in force on a day.")
        .Returns<Page<RulePackContents>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static Answer<Page<RulePackContents>> HandleAsync(
        [AsParameters] PageQuery page,
        [FromQuery(Name = "on"), Description("The day whose rules are asked for; today when absent.")] DateOnly? on,
        Work work,
        Cursors cursors,
        HttpContext http)
    {
        var day = on ?? DateOnly.FromDateTime(work.Now.UtcDateTime);
        var after = cursors.AfterKey(http, work, page) is { } key ? Encoding.UTF8.GetString(key) : "";
        var rows = RuleBook.All.Values.Where(book => string.CompareOrdinal(book.Code, after) > 0).OrderBy(book => book.Code, StringComparer.Ordinal).Take(page.Take).ToList();
        return Answer.Ok(cursors.Cut(http, work, page, rows, book => Encoding.UTF8.GetBytes(book.Code), book => book.View(day)));
    }
}
