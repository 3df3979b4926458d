using System.ComponentModel;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.RulePacks;

/// <summary>Anybody who works cases reads a rule pack.</summary>
internal static class Get
{
    public static void Map(RouteGroupBuilder packs) => packs.MapGet("/{id}", HandleAsync)
        .Describe("RulePacks_Get", Scopes.CasesRead, "Read a rule pack", "The pack by its code, such as `cn`, with its rules in force on a day.")
        .Returns<RulePackContents>()
        .Refuses(RulePackProblems.NotFound);

    private static Answer<RulePackContents> HandleAsync(
        string id, [FromQuery(Name = "on"), Description("The day whose rules are asked for; today when absent.")] DateOnly? on, Work work) =>
        RuleBook.All.TryGetValue(id, out var book)
            ? Answer.Ok(book.View(on ?? DateOnly.FromDateTime(work.Now.UtcDateTime)))
            : throw RulePackProblems.NotFound.Refuse();
}
