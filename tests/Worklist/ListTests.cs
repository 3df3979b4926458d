using System.Globalization;
using System.Text;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Worklist;

public sealed class ListTests
{
    private const string Collector = "collector@swift.example";
    private const string Supervisor = "supervisor@swift.example";
    private const string Manager = "manager@swift.example";

    [Fact]
    public async Task Each_case_stands_where_its_reason_puts_it()
    {
        await using var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(
            """
            account_number,debtor_reference,debtor_name,principal,oldest_due_date
            little,D-1,Example One,100,2026-01-20
            much,D-2,Example Two,900,2026-01-20
            worked,D-3,Example Three,999,2026-01-20
            rolls,D-4,Example Four,100,2026-01-04
            never,D-5,Example Five,100,2025-01-20
            back,D-6,Example Six,100,2026-01-20
            promised,D-7,Example Seven,100,2026-01-20
            held,D-8,Example Eight,100,2026-01-20
            noticed,D-9,Example Nine,200,2026-01-20
            """,
            90);
        foreach (var (number, @case) in story.Cases.Where(one => one.Key != "never"))
        {
            await CallAsync(story, @case, number == "back" ? Outcome.Callback : Outcome.NonCommittal);
        }

        await story.Swift.Promises.CreateAsync(story.Cases["promised"].Id, new NewPromise { Amount = Story.Cny(50), DueOn = story.Today.AddDays(2) });
        story.Service.Clock.Advance(TimeSpan.FromDays(2));
        await CallAsync(story, story.Cases["worked"], Outcome.NoAnswer);
        await story.Harbour.Holds.CreateAsync(story.Cases["held"].Id, new NewHold { Kind = HoldKind.Dispute });
        await story.RecallAsync(story.Cases["noticed"], RecallReason.Reallocation);

        var list = (await story.Swift.WorklistItems.ListPageAsync()).Items;

        Assert.Equal(
            [
                ("promised", "promise_due", 2, 18), ("back", "callback", 2, 18), ("never", "silence", null, null), ("rolls", "days_past_due", 2, 2),
                ("much", "balance", 2, 18), ("little", "balance", 2, 18), ("worked", "worked_today", 0, 18), ("noticed", "held", 2, 18), ("held", "held", 2, 18),
            ],
            list.Select(item => (item.Case.Account.AccountNumber, item.Reason.Value, item.DaysSinceContact, item.DaysToNextCycle)));
        Assert.Equal(story.Today, list[0].Case.NextPromiseOn);
        Assert.Equal("E************", list[0].Case.Account.Debtor.Name);
        Assert.Equal(HoldKind.Dispute, Assert.Single(list[^1].Case.Holds).Kind);
    }

    [Fact]
    public async Task Who_is_worked_goes_down_and_the_next_one_comes()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Swift.StaffAsync();
        var collector = story.Service.As(Collector);
        Assert.Equal(["A-3 silence", "A-2 silence", "A-1 silence"], await ListAsync(collector));

        foreach (var expected in new[] { "A-3", "A-2", "A-1" })
        {
            var first = Assert.Single((await collector.WorklistItems.ListPageAsync(1)).Items);
            Assert.Equal(expected, first.Case.Account.AccountNumber);
            await CallAsync(story, first.Case, Outcome.NoAnswer, collector);
            story.Service.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(["A-3 worked_today", "A-2 worked_today", "A-1 worked_today"], await ListAsync(collector));
    }

    [Fact]
    public async Task A_promise_that_is_due_and_a_callback_rest_for_two_hours_after_a_call()
    {
        await using var story = await Story.AtCasesAsync();
        await CallAsync(story, story.Cases["A-1"], Outcome.Callback);
        await CallAsync(story, story.Cases["A-2"], Outcome.Promise);
        await story.Swift.Promises.CreateAsync(story.Cases["A-2"].Id, new NewPromise { Amount = Story.Cny(50), DueOn = story.Today });
        Assert.Equal(["A-3 silence", "A-2 worked_today", "A-1 worked_today"], await ListAsync(story.Swift));

        story.Service.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(["A-2 promise_due", "A-1 callback", "A-3 silence"], await ListAsync(story.Swift));

        await CallAsync(story, story.Cases["A-2"], Outcome.NoAnswer);
        await CallAsync(story, story.Cases["A-1"], Outcome.NoAnswer);
        Assert.Equal(["A-3 silence", "A-2 worked_today", "A-1 worked_today"], await ListAsync(story.Swift));

        // Who was called back is not to be called back any more; what is promised is still due.
        story.Service.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(["A-2 promise_due", "A-3 silence", "A-1 worked_today"], await ListAsync(story.Swift));
    }

    [Fact]
    public async Task A_callback_that_was_reported_by_mistake_is_none_once_corrected()
    {
        await using var story = await Story.AtCasesAsync();
        var wrong = await CallAsync(story, story.Case, Outcome.Callback);
        story.Service.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal("A-1 callback", (await ListAsync(story.Swift))[0]);

        var right = story.Call();
        (right.Outcome, right.OccurredAt, right.Supersedes) = (Outcome.Refused, wrong.OccurredAt, wrong.Id);
        await story.Swift.ContactRecords.CreateAsync(story.Case.Id, right);

        Assert.Equal(["A-3 silence", "A-2 silence", "A-1 worked_today"], await ListAsync(story.Swift));
    }

    [Fact]
    public async Task Everybody_has_the_cases_they_see_and_nobody_else_s()
    {
        await using var story = await Story.AtCasesAsync(4);
        var (one, two) = (await story.Swift.PersonAsync("collector"), await story.Service.HireAsync("swift", "two@swift.example", "collector"));
        var supervisor = await story.Swift.PersonAsync("supervisor");
        var north = await story.Swift.TeamAsync("North", false, one, supervisor);
        var south = await story.Swift.TeamAsync("South", false, two);
        foreach (var (number, person) in new[] { ("A-1", one), ("A-2", two), ("A-3", supervisor) })
        {
            await story.Swift.Cases.SetCollectorAsync(story.Cases[number].Id, ETag.Any, new CaseCollector { PersonId = person });
        }

        var (collector, lead, manager) = (story.Service.As(Collector), story.Service.As(Supervisor), story.Service.As(Manager));
        Assert.Equal(["A-1"], await NumbersAsync(collector));
        Assert.Equal(["A-2"], await NumbersAsync(story.Service.As("two@swift.example")));
        Assert.Equal(["A-3", "A-1"], await NumbersAsync(lead));
        Assert.Equal(["A-4", "A-3", "A-2", "A-1"], await NumbersAsync(manager));
        Assert.Equal(["A-4", "A-3", "A-2", "A-1"], await NumbersAsync(story.Swift));

        // A filter names fewer of them, never more.
        Assert.Empty(await NumbersAsync(collector, two));
        Assert.Empty(await NumbersAsync(collector, team: south.Id));
        Assert.Equal(["A-1"], await NumbersAsync(collector, team: north.Id));
        Assert.Equal(["A-1"], await NumbersAsync(lead, one));
        Assert.Empty(await NumbersAsync(lead, two));
        Assert.Equal(["A-3", "A-1"], await NumbersAsync(lead, team: north.Id));
        Assert.Empty(await NumbersAsync(lead, team: south.Id));
        Assert.Equal(["A-2"], await NumbersAsync(manager, two));
        Assert.Equal(["A-2"], await NumbersAsync(manager, team: south.Id));
        Assert.Empty(await NumbersAsync(manager, one, south.Id));

        Assert.Empty((await story.Lantern.WorklistItems.ListPageAsync()).Items);
        Assert.Empty((await story.Lantern.WorklistItems.ListPageAsync(collectorId: one)).Items);
        await story.RefusesAsync(403, "auth.wrong_tenant_kind", () => story.Harbour.WorklistItems.ListPageAsync());
    }

    [Fact]
    public async Task A_case_that_lies_on_a_supervisor_s_own_desk_alone_is_theirs()
    {
        await using var story = await Story.AtCasesAsync();
        var supervisor = await story.Swift.PersonAsync("supervisor");
        await story.Swift.Cases.SetCollectorAsync(story.Case.Id, ETag.Any, new CaseCollector { PersonId = supervisor });
        Assert.Equal(["A-1"], await NumbersAsync(story.Service.As(Supervisor)));
    }

    [Fact]
    public async Task An_assignment_is_a_filter_for_everybody_and_an_ended_case_is_gone()
    {
        await using var story = await Story.AtCasesAsync();
        var portfolio = await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "More cards", Currency = "CNY" });
        await story.Harbour.ImportAsync(portfolio.Id, Story.Csv(2, "B"), story.Today);
        var second = await story.Harbour.Assignments.CreateAsync(new NewAssignment { AgreementId = story.Agreement.Id, PortfolioId = portfolio.Id, TermStart = story.Today, TermEnd = story.Today.AddDays(90) });
        await story.Swift.Assignments.AcknowledgeAsync(second.Id);
        await story.Swift.StaffAsync();
        await story.RecallAsync(story.Cases["A-2"]);

        foreach (var side in new[] { story.Swift, story.Service.As(Manager), story.Service.As(Supervisor), story.Service.As(Collector) })
        {
            Assert.Equal(["A-3", "A-1"], await NumbersAsync(side, assignment: story.Assignment.Id));
            Assert.Equal(["B-2", "B-1"], await NumbersAsync(side, assignment: second.Id));
            Assert.Equal(4, (await NumbersAsync(side)).Count);
        }
    }

    [Fact]
    public async Task Pages_are_the_whole_list_once()
    {
        await using var story = await ManyAsync(60);
        var whole = (await story.Swift.WorklistItems.ListPageAsync(1000)).Items.Select(Shown).ToList();
        Assert.Equal(60, whole.Count);
        Assert.True(whole.Select(item => item.Reason).Distinct().Count() >= 5, "The list has too few reasons to tell by.");

        Assert.Equal(whole, (await story.Swift.WorklistItems.ListAsync(pageSize: 7).ToListAsync()).Select(Shown));
        foreach (var reason in WorklistReason.Known)
        {
            var ofReason = await story.Swift.WorklistItems.ListAsync(reason: reason.Value, pageSize: 3).ToListAsync();
            Assert.Equal(whole.Where(item => item.Reason == reason), ofReason.Select(Shown));
        }
    }

    [Fact]
    public async Task A_page_goes_on_after_its_place_though_the_case_before_it_has_moved()
    {
        await using var story = await Story.AtCasesAsync(5);
        var first = await story.Swift.WorklistItems.ListPageAsync(2);
        Assert.Equal(["A-5", "A-4"], first.Items.Select(item => item.Case.Account.AccountNumber));
        await CallAsync(story, story.Cases["A-4"], Outcome.NoAnswer);
        var second = await story.Swift.WorklistItems.ListPageAsync(2, first.Next);
        Assert.Equal(["A-3", "A-2"], second.Items.Select(item => item.Case.Account.AccountNumber));
        var third = await story.Swift.WorklistItems.ListPageAsync(2, second.Next);
        Assert.Equal(["A-1", "A-4"], third.Items.Select(item => item.Case.Account.AccountNumber));
        Assert.Null(third.Next);
    }

    [Fact]
    public async Task More_cases_than_one_list_ranks_are_refused_and_fewer_named_are_not()
    {
        await using var story = await Story.AtCasesAsync(3, builder => builder.Configuration["Worklist:MaxCases"] = "2");
        var team = await story.Swift.TeamAsync("North", false, await story.Swift.PersonAsync("collector"));
        await story.Swift.Cases.DistributeAsync(new CaseDistribution { CaseIds = [story.Cases["A-1"].Id, story.Cases["A-2"].Id], ToPersonIds = [await story.Swift.PersonAsync("collector")] });

        await story.RefusesAsync(422, "worklist.too_wide", () => story.Swift.WorklistItems.ListPageAsync());
        await story.RefusesAsync(422, "worklist.too_wide", () => story.Swift.WorklistItems.ListPageAsync(1));
        Assert.Equal(["A-2", "A-1"], await NumbersAsync(story.Swift, team: team.Id));
        Assert.Equal(["A-2", "A-1"], await NumbersAsync(story.Service.As(Collector)));
    }

    [Fact]
    public async Task A_reason_that_is_none_and_a_cursor_of_another_list_are_refused()
    {
        await using var story = await Story.AtCasesAsync();
        foreach (var reason in new[] { "", "Silence", "promiseDue", "silence,held", "0" })
        {
            var refusal = await story.RefusesAsync(400, "request.malformed", () => story.Swift.WorklistItems.ListPageAsync(reason: reason));
            Assert.Equal("?reason", Assert.Single(refusal.Errors!).Pointer);
        }

        var next = (await story.Swift.WorklistItems.ListPageAsync(1)).Next;
        await story.RefusesAsync(400, "query.cursor_invalid", () => story.Swift.WorklistItems.ListPageAsync(1, next, reason: "silence"));
        var ofCases = (await story.Swift.Cases.ListPageAsync(1)).Next;
        await story.RefusesAsync(400, "query.cursor_invalid", () => story.Swift.WorklistItems.ListPageAsync(1, ofCases));
        await story.RefusesAsync(400, "query.limit_out_of_range", () => story.Swift.WorklistItems.ListPageAsync(0));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1000001")]
    public async Task The_service_does_not_begin_under_a_limit_that_is_none(string limit) =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => Story.AtTenantsAsync(builder => builder.Configuration["Worklist:MaxCases"] = limit));

    // Contacts of three days, promises due or not, holds: every reason is there.
    private static async Task<Story> ManyAsync(int count)
    {
        var csv = new StringBuilder("account_number,debtor_reference,debtor_name,principal,oldest_due_date\n");
        var story = await Story.AtTenantsAsync();
        for (var i = 0; i < count; i++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"N-{i},D-{i},Example Debtor,{1000 + (i * 7 % 5)},{story.Today.AddDays(-40 - (i * 11 % 20)):yyyy-MM-dd}\n");
        }

        await story.PlaceAsync(csv.ToString(), 90);
        var cases = story.Cases.Values.OrderBy(@case => @case.Account.AccountNumber, StringComparer.Ordinal).ToList();
        foreach (var (i, @case) in cases.Index().Where(one => one.Index % 6 != 0))
        {
            await CallAsync(story, @case, i % 5 == 0 ? Outcome.Callback : Outcome.NonCommittal);
            if (i % 7 == 0)
            {
                await story.Swift.Promises.CreateAsync(@case.Id, new NewPromise { Amount = Story.Cny(10), DueOn = story.Today.AddDays(1 + (i % 2)) });
            }
        }

        story.Service.Clock.Advance(TimeSpan.FromDays(1));
        foreach (var (i, @case) in cases.Index().Where(one => one.Index % 11 == 1))
        {
            await CallAsync(story, @case, Outcome.NoAnswer);
            if (i % 2 == 0)
            {
                await story.Harbour.Holds.CreateAsync(@case.Id, new NewHold { Kind = HoldKind.Dispute });
            }
        }

        return story;
    }

    private static Task<ContactRecord> CallAsync(Story story, Case @case, Outcome outcome, Side? by = null)
    {
        var call = story.Call();
        call.Outcome = outcome;
        return (by ?? story.Swift).ContactRecords.CreateAsync(@case.Id, call);
    }

    private static async Task<List<string>> ListAsync(Side side) => [.. (await side.WorklistItems.ListPageAsync()).Items.Select(item => $"{item.Case.Account.AccountNumber} {item.Reason.Value}")];

    private static async Task<List<string>> NumbersAsync(Side side, Guid? collector = null, Guid? team = null, Guid? assignment = null) =>
        [.. (await side.WorklistItems.ListPageAsync(collectorId: collector, teamId: team, assignmentId: assignment)).Items.Select(item => item.Case.Account.AccountNumber)];

    private static (Guid Id, WorklistReason Reason, int? Since, int? Left) Shown(WorklistItem item) => (item.Case.Id, item.Reason, item.DaysSinceContact, item.DaysToNextCycle);
}
