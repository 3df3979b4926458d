using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Repayments;

public sealed class ReportTests
{
    [Fact]
    public async Task Both_sides_read_the_report_and_the_balance_stays()
    {
        await using var story = await Story.AtCasesAsync();
        story.Service.Clock.Advance(TimeSpan.FromDays(3));

        var made = await story.ReportAsync(60_000, story.Today.AddDays(-2));

        Assert.Equal((60_000L, "CNY", RepaymentState.Reported, false), (made.Amount.Amount, made.Amount.Currency, made.State, made.OverBalance));
        Assert.Equal((story.Case.Id, story.Case.Account.Id, story.Today.AddDays(-2)), (made.CaseId, made.AccountId, made.PaidOn));
        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.EquivalentWithExclusions(made, await side.Repayments.GetAsync(made.Id), strict: true, "RawAnswer", "ETag");
            Assert.EquivalentWithExclusions(made, Assert.Single((await side.Repayments.ListPageAsync()).Items), strict: true, "RawAnswer", "ETag");
            Assert.EquivalentWithExclusions(made, Assert.Single((await side.Repayments.ListOfCasePageAsync(story.Case.Id)).Items), strict: true, "RawAnswer", "ETag");
        }

        Assert.Equal((500L, 5_000L, 100_000L), await story.OwedAsync());
    }

    [Fact]
    public async Task More_than_is_owed_is_flagged_and_exactly_that_is_not()
    {
        await using var story = await Story.AtCasesAsync();

        Assert.False((await story.ReportAsync(105_500)).OverBalance);
        Assert.True((await story.ReportAsync(105_501)).OverBalance);
    }

    [Fact]
    public async Task Today_is_the_debtors_today()
    {
        await using var story = await Story.AtCasesAsync();
        var tomorrow = story.Today.AddDays(1);
        await story.RefusesAsync(422, "repayment.paid_in_future", () => story.ReportAsync(1, tomorrow));

        // 16:00 UTC is midnight in Shanghai.
        story.Service.Clock.Advance(TimeSpan.FromHours(14));

        Assert.Equal(tomorrow, (await story.ReportAsync(1, tomorrow)).PaidOn);
    }

    [Fact]
    public async Task To_others_neither_the_case_nor_the_repayment_exists()
    {
        await using var story = await Story.AtCasesAsync();
        var made = await story.ReportAsync(100);

        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Lantern.Repayments.CreateAsync(id, Pay(story, 1), CallOptions.WithKey("key")));
        foreach (var other in new[] { story.Summit, story.Lantern })
        {
            await story.HidesAsync("repayment.not_found", made.Id, id => other.Repayments.GetAsync(id));
            await story.HidesAsync("case.not_found", story.Case.Id, id => other.Repayments.ListOfCasePageAsync(id));
            Assert.Empty((await other.Repayments.ListPageAsync()).Items);
        }
    }

    [Fact]
    public async Task The_same_key_reports_once()
    {
        await using var story = await Story.AtCasesAsync();

        await story.ActsOnceAsync(key => story.Swift.Repayments.CreateAsync(story.Case.Id, Pay(story, 100), CallOptions.WithKey(key)));

        Assert.Single((await story.Swift.Repayments.ListPageAsync()).Items);
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtCasesAsync();
        var id = story.Case.Id;

        await story.RefusesAsync(422, "repayment.wrong_currency", () => story.Swift.Repayments.CreateAsync(id, new NewRepayment { Amount = new Money { Amount = 1, Currency = "USD" }, PaidOn = story.Today }, CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "request.invalid", () => story.Swift.Repayments.CreateAsync(id, Pay(story, 0), CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "request.invalid", () => story.Swift.Repayments.CreateAsync(id, Pay(story, -1), CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "request.invalid", () => story.Swift.Repayments.CreateAsync(id, Pay(story, long.MaxValue), CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Harbour.Repayments.CreateAsync(id, Pay(story, 1), CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task Fifty_identical_reports_at_once_make_one_row_and_get_one_answer()
    {
        await using var story = await Story.AtCasesAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ => (await SendAsync(60_000)).RawAnswer!));

        Assert.All(answers, answer => Assert.Equal(201, answer.StatusCode));
        Assert.Single(answers.Select(answer => Convert.ToHexString(answer.Body.Span)).Distinct(StringComparer.Ordinal));
        Assert.Single(answers.Select(answer => answer.Header("Location")).Distinct(StringComparer.Ordinal));
        Assert.Equal(49, answers.Count(answer => answer.IsReplay));
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_repayment"));
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action = 'repayment.reported'"));

        await story.RefusesAsync(422, "idempotency.key_reused", () => SendAsync(60_001));

        Task<Repayment> SendAsync(long amount) => story.Swift.Repayments.CreateAsync(
            story.Case.Id, new NewRepayment { Amount = Story.Cny(amount), PaidOn = story.Today }, CallOptions.WithKey("one for all"));
    }

    [Fact]
    public async Task A_key_belongs_to_its_client_its_person_and_its_address()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Swift.StaffAsync();
        var collector = story.Service.As("collector@swift.example");

        await story.Swift.Repayments.CreateAsync(story.Case.Id, Pay(story, 1), CallOptions.WithKey("key"));
        await collector.Repayments.CreateAsync(story.Case.Id, Pay(story, 1), CallOptions.WithKey("key"));
        await story.Swift.Repayments.CreateAsync(story.Cases["A-2"].Id, Pay(story, 1), CallOptions.WithKey("key"));
        Assert.Equal(3, (await story.Swift.Repayments.ListPageAsync()).Items.Count);

        story.Service.Clock.Advance(TimeSpan.FromDays(8));
        await story.Swift.Repayments.CreateAsync(story.Case.Id, Pay(story, 2), CallOptions.WithKey("key"));
        Assert.Equal(4, (await story.Swift.Repayments.ListPageAsync()).Items.Count);
    }

    private static NewRepayment Pay(Story story, long amount) => new() { Amount = Story.Cny(amount), PaidOn = story.Today };
}
