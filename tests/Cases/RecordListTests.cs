using System.Text.Json;
using Agency.Sdk;
using Agency.Tests.Http;
using Agency.Tests.Support;

namespace Agency.Tests.Cases;

/// <summary>Lists of what is reported under cases are narrowed by the bank's number, the agency's own or the case. Raw, since one test goes through four lists by their addresses.</summary>
public sealed class RecordListTests
{
    public static TheoryData<string> Lists => ["/v1/contact-records", "/v1/repayments", "/v1/settlement-proposals"];

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Each_filter_finds_its_rows_for_both_sides_and_nothing_for_others(string list)
    {
        await using var story = await Story.AtCasesAsync(3);
        var made = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (number, @case) in story.Cases)
        {
            made[number] = (await ReportAsync(story, list, @case, $"REF-{number}")).GetProperty("id").GetString()!;
        }

        foreach (var side in (Side[])[story.Harbour, story.Swift])
        {
            Assert.Equal(made.Values.Order(StringComparer.Ordinal), await IdsAsync(side, list), StringComparer.Ordinal);
            Assert.Equal([made["A-2"]], await IdsAsync(side, $"{list}?account_number=A-2"), StringComparer.Ordinal);
            Assert.Equal([made["A-2"]], await IdsAsync(side, $"{list}?agency_reference=REF-A-2"), StringComparer.Ordinal);
            Assert.Equal([made["A-2"]], await IdsAsync(side, $"{list}?case_id={story.Cases["A-2"].Id}"), StringComparer.Ordinal);
            Assert.Empty(await IdsAsync(side, $"{list}?account_number=a-2"));
            Assert.Empty(await IdsAsync(side, $"{list}?agency_reference=REF"));
            Assert.Empty(await IdsAsync(side, $"{list}?case_id={Guid.CreateVersion7()}"));
            Assert.Equal("A-1", (await side.Http.CallAsync("GET", $"{list}/{made["A-1"]}")).Is(200).Json.GetProperty("accountNumber").GetString());
            (await side.Http.CallAsync("GET", $"{list}?account_number=A-2&case_id={story.Case.Id}")).IsProblem(400, "query.filters_combined");
        }

        foreach (var other in (Side[])[story.Summit, story.Lantern])
        {
            Assert.Empty(await IdsAsync(other, list));
            Assert.Empty(await IdsAsync(other, $"{list}?account_number=A-2"));
            Assert.Empty(await IdsAsync(other, $"{list}?agency_reference=REF-A-2"));
            Assert.Empty(await IdsAsync(other, $"{list}?case_id={story.Cases["A-2"].Id}"));
        }
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task An_accounts_rows_come_case_by_case_and_an_agency_gets_its_own(string list)
    {
        await using var story = await Story.AtCasesAsync(1);
        List<string> made = [];
        for (var i = 0; i < (list == "/v1/settlement-proposals" ? 1 : 3); i++)
        {
            made.Add((await ReportAsync(story, list, story.Case, "REF")).GetProperty("id").GetString()!);
        }

        await story.RecallAsync();
        Assert.Empty(await IdsAsync(story.Swift, $"{list}?account_number=A-1"));
        Assert.Equal(made, await IdsAsync(story.Swift, $"{list}?case_id={story.Case.Id}"), StringComparer.Ordinal);
        Assert.Equal(made, await IdsAsync(story.Swift, $"{list}?agency_reference=REF", limit: 1), StringComparer.Ordinal);

        story.Service.Clock.Advance(TimeSpan.FromHours(12));
        var next = Assert.Single(await story.HandToAsync(story.Lantern, await story.Harbour.MandateAsync("lantern")));
        if (list != "/v1/settlement-proposals")
        {
            var hers = (await ReportAsync(story, list, next, "REF", story.Lantern)).GetProperty("id").GetString()!;
            Assert.Equal([hers], await IdsAsync(story.Lantern, $"{list}?account_number=A-1"), StringComparer.Ordinal);
            made.Add(hers);
        }

        Assert.Equal(made, await IdsAsync(story.Harbour, $"{list}?account_number=A-1", limit: 1), StringComparer.Ordinal);
        Assert.Equal(made, await IdsAsync(story.Harbour, $"{list}?account_number=A-1", limit: 2), StringComparer.Ordinal);
        Assert.Equal(made, await IdsAsync(story.Harbour, $"{list}?account_number=A-1"), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_number_that_two_of_an_agencys_banks_use_is_refused_until_the_case_is_named()
    {
        await using var story = await Story.AtCasesAsync(1);
        await story.ReportAsync(100);
        var portfolio = await story.Summit.Portfolios.CreateAsync(new NewPortfolio { Name = "Loans", Currency = "CNY" });
        await story.Summit.ImportAsync(portfolio.Id, Story.Csv(1), story.Today);
        var agreement = await story.Summit.MandateAsync("swift");
        var assignment = await story.Summit.Assignments.CreateAsync(new NewAssignment { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = story.Today, TermEnd = story.Today.AddDays(30) });
        Assert.Single((await story.Swift.Repayments.ListPageAsync(accountNumber: "A-1")).Items);

        await story.Swift.Assignments.AcknowledgeAsync(assignment.Id);

        (await story.Swift.Http.CallAsync("GET", "/v1/repayments?account_number=A-1")).IsProblem(400, "query.account_number_ambiguous");
        (await story.Swift.Http.CallAsync("GET", "/v1/ledger-entries?account_number=A-1")).IsProblem(400, "query.account_number_ambiguous");
        Assert.Single((await story.Harbour.Repayments.ListPageAsync(accountNumber: "A-1")).Items);
        Assert.Empty((await story.Summit.Repayments.ListPageAsync(accountNumber: "A-1")).Items);
        Assert.Single((await story.Swift.Repayments.ListPageAsync(caseId: story.Case.Id)).Items);
    }

    private static async Task<JsonElement> ReportAsync(Story story, string list, Case on, string reference, Side? by = null)
    {
        var day = $"{story.Today:yyyy-MM-dd}";
        var json = list switch
        {
            "/v1/contact-records" => $$"""{"channel":"call","direction":"outbound","party":"debtor","outcome":"busy","occurredAt":"{{story.Service.Clock.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}}","agencyReference":"{{reference}}"}""",
            "/v1/repayments" => $$"""{"amount":{"amount":1,"currency":"CNY"},"paidOn":"{{day}}","agencyReference":"{{reference}}"}""",
            _ => $$"""{"kind":"lump_sum","amount":{"amount":500,"currency":"CNY"},"payBy":"{{day}}","reason":"Hardship","agencyReference":"{{reference}}"}""",
        };
        var made = (await (by ?? story.Swift).Http.CallAsync("POST", $"/v1/cases/{on.Id}/{list.Split('/')[^1]}", json)).Is(201).Json;
        Assert.Equal((reference, on.Account.AccountNumber), (made.GetProperty("agencyReference").GetString(), made.GetProperty("accountNumber").GetString()));
        return made;
    }

    private static async Task<List<string>> IdsAsync(Side side, string path, int limit = 50)
    {
        List<string> ids = [];
        string? cursor = null;
        do
        {
            var page = (await side.Http.CallAsync("GET", $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}")).Is(200).Json;
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        return ids;
    }
}
