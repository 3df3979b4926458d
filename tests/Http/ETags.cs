using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Http;

/// <summary>An ETag names an answer as its caller sees it; a change must name what it changes. Raw, as the header itself is what is tried.</summary>
public sealed class ETags
{
    [Fact]
    public async Task An_answer_the_caller_has_is_304_without_a_body()
    {
        await using var story = await Story.AtCasesAsync(1);
        var (swift, path) = (story.Swift.Http, $"/v1/cases/{story.Case.Id}");
        var tag = (await swift.CallAsync("GET", path)).Is(200).ETag!;

        foreach (var known in (string[])[tag, $"W/{tag}", $"\"other\", {tag}", "*"])
        {
            var answer = (await swift.CallAsync("GET", path, (string?)null, ("If-None-Match", known))).Is(304);
            Assert.Empty(answer.Bytes);
            Assert.Equal(tag, answer.ETag);
        }

        (await swift.CallAsync("GET", path, (string?)null, ("If-None-Match", "\"other\""))).Is(200);
        (await swift.CallAsync("GET", path, (string?)null, ("If-None-Match", "not quoted"))).Is(200);
        (await swift.CallAsync("GET", $"/v1/cases/{Guid.Empty}", (string?)null, ("If-None-Match", "*"))).IsProblem(404, "case.not_found");
    }

    [Fact]
    public async Task A_change_needs_the_ETag_last_read()
    {
        await using var service = await TestService.StartAsync();
        var harbour = service.For("harbour");
        var made = await harbour.CallAsync("POST", "/v1/portfolios", """{"name":"Cards","currency":"CNY"}""");
        var path = made.Location!;
        var tag = (await harbour.CallAsync("GET", path)).ETag!;
        Assert.Equal(tag, made.ETag);

        (await RenameAsync()).IsProblem(428, "precondition.required");
        (await RenameAsync("\"stale\"")).IsProblem(412, "precondition.failed");
        (await RenameAsync($"W/{tag}")).IsProblem(412, "precondition.failed");
        (await RenameAsync("not quoted")).IsProblem(412, "precondition.failed");
        Assert.Equal("Cards", (await harbour.CallAsync("GET", path)).Json.GetProperty("name").GetString());

        service.Clock.Advance(TimeSpan.FromSeconds(1));
        var renamed = (await RenameAsync($"\"stale\", {tag}")).Is(200);
        Assert.Equal((await harbour.CallAsync("GET", path)).ETag, renamed.ETag);
        (await RenameAsync(tag)).IsProblem(412, "precondition.failed");
        (await RenameAsync("*")).Is(200);

        // Another bank's portfolio is as absent as one that is not there, whatever the header says.
        var summit = service.For("summit");
        (await summit.CallAsync("PATCH", path, """{"name":"x"}""", ("If-Match", "*"))).IsProblem(404, "portfolio.not_found");
        (await summit.CallAsync("PATCH", path, """{"name":"x"}""", ("If-Match", renamed.ETag!))).IsProblem(404, "portfolio.not_found");

        Task<Reply> RenameAsync(string? match = null) =>
            harbour.CallAsync("PATCH", path, """{"name":"Loans"}""", match is null ? [] : [("If-Match", match)]);
    }

    [Fact]
    public async Task Only_one_of_two_changes_to_what_both_read_goes_through()
    {
        await using var service = await TestService.StartAsync();
        var harbour = service.For("harbour");
        var made = await harbour.CallAsync("POST", "/v1/portfolios", """{"name":"Cards","currency":"CNY"}""");

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => harbour.CallAsync("PATCH", made.Location!, $$"""{"name":"{{i}}"}""", ("If-Match", made.ETag!))));

        Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.IsProblem(412, "precondition.failed"));
    }

    [Fact]
    public async Task An_action_on_what_has_changed_since_is_412_and_does_nothing()
    {
        await using var story = await Story.AtCasesAsync(2);
        var harbour = story.Harbour.Http;
        var path = $"/v1/cases/{story.Case.Id}";
        var before = (await harbour.CallAsync("GET", path)).ETag!;
        await RepayAsync(story);
        var entries = story.Service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry");

        (await harbour.CallAsync("POST", $"{path}/recall", """{"reason":"complaint"}""", ("If-Match", before))).IsProblem(412, "precondition.failed");
        Assert.Equal("active", (await harbour.CallAsync("GET", path)).Json.GetProperty("state").GetString());
        Assert.Equal(entries, story.Service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry"));

        var now = (await harbour.CallAsync("GET", path)).ETag!;
        (await harbour.CallAsync("POST", $"{path}/recall", """{"reason":"complaint"}""", ("If-Match", now))).Is(201);
    }

    [Fact]
    public async Task A_cases_ETag_changes_with_its_balance_and_with_the_day()
    {
        await using var story = await Story.AtCasesAsync(1);
        var (swift, path) = (story.Swift.Http, $"/v1/cases/{story.Case.Id}");
        var first = (await swift.CallAsync("GET", path)).ETag!;
        story.Service.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(first, (await swift.CallAsync("GET", path)).ETag);

        await RepayAsync(story);
        var paid = (await swift.CallAsync("GET", path, (string?)null, ("If-None-Match", first))).Is(200);
        Assert.NotEqual(first, paid.ETag, StringComparer.Ordinal);

        story.Service.Clock.Advance(TimeSpan.FromDays(1));
        var later = (await swift.CallAsync("GET", path, (string?)null, ("If-None-Match", paid.ETag!))).Is(200);
        Assert.NotEqual(paid.ETag, later.ETag, StringComparer.Ordinal);
        Assert.Equal(31, later.Json.GetProperty("account").GetProperty("daysPastDue").GetInt32());
    }

    private static async Task RepayAsync(Story story)
    {
        var repayment = await story.Swift.Repayments.CreateAsync(story.Case.Id, new NewRepayment { Amount = Story.Cny(1000), PaidOn = story.Today });
        await story.Harbour.Repayments.ConfirmAsync(repayment.Id, new RepaymentConfirmation());
    }
}
