using System.Globalization;
using System.Text;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Cases;

public sealed class ListTests
{
    private const int Count = 60;

    public static TheoryData<string, bool> Sorts => new(
        from sort in new[] { "id", "days_past_due", "balance", "last_contact", "next_promise" }
        from reversed in new[] { false, true }
        select (sort, reversed));

    [Theory]
    [MemberData(nameof(Sorts))]
    public async Task Pages_in_any_order_are_the_whole_list_sorted(string sort, bool reversed)
    {
        await using var story = await ManyAsync();
        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            var all = await side.AllCasesAsync();
            Assert.Equal(Count, all.Count);

            var order = (reversed ? "-" : "") + sort;
            Assert.Equal(7, (await side.Cases.ListPageAsync(7, sort: order)).Items.Count);
            var walked = await side.Cases.ListAsync(sort: order, pageSize: 7).ToListAsync();

            Assert.Equal(Sorted(all, sort, reversed).Select(Shown), walked.Select(Shown));
        }
    }

    [Theory]
    [InlineData("balance")]
    [InlineData("-days_past_due")]
    public async Task A_filter_keeps_the_order(string sort)
    {
        await using var story = await ManyAsync();
        var all = await story.Swift.AllCasesAsync();
        var collector = await story.Swift.PersonAsync("collector");
        var team = await story.Swift.TeamAsync("North", false, collector);
        var mine = all.Where((_, index) => index % 3 == 0).Select(@case => @case.Id).ToList();
        await story.Swift.Cases.DistributeAsync(new CaseDistribution { CaseIds = mine, ToPersonIds = [collector] });
        var expected = Sorted(all.Where(@case => mine.Contains(@case.Id)), sort.TrimStart('-'), sort[0] == '-').Select(@case => @case.Id).ToList();

        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.Equal(expected, await WalkAsync(side, sort, collector: collector));
            Assert.Equal(expected, await WalkAsync(side, sort, team: team.Id));
            Assert.Equal(expected, await WalkAsync(side, sort, collector: collector, state: "open"));
            Assert.Equal(mine.Order(BigEndian), (await WalkAsync(side, null, collector: collector)).Order(BigEndian));
            Assert.Equal(mine, await WalkAsync(side, null, collector: collector));
            Assert.Equal(mine, await WalkAsync(side, "id", team: team.Id));
            Assert.Equal(Enumerable.Reverse(mine), await WalkAsync(side, "-id", team: team.Id));
        }

        Assert.Equal(expected, await WalkAsync(story.Service.As("collector@swift.example"), sort));
        Assert.Equal(mine, await WalkAsync(story.Service.As("collector@swift.example"), null));
    }

    [Fact]
    public async Task The_cases_of_a_debtor_are_those_of_all_accounts_that_the_caller_sees()
    {
        await using var story = await ManyAsync();
        var all = await story.Swift.AllCasesAsync();
        var debtor = all.First(@case => @case.Account.AccountNumber == "N-3").Account.Debtor.Id;
        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.Equal(["N-3", "N-53"], (await side.Cases.ListPageAsync(debtorId: debtor)).Items.Select(@case => @case.Account.AccountNumber));
            Assert.Equal(["N-53"], (await side.Cases.ListPageAsync(debtorId: debtor, accountNumber: "N-53")).Items.Select(@case => @case.Account.AccountNumber));
            var first = await side.Cases.ListPageAsync(1, debtorId: debtor, sort: "-id");
            Assert.Equal("N-53", first.Items.Single().Account.AccountNumber);
            Assert.Equal("N-3", (await side.Cases.ListPageAsync(1, first.Next, debtorId: debtor, sort: "-id")).Items.Single().Account.AccountNumber);
        }

        Assert.Empty((await story.Lantern.Cases.ListPageAsync(debtorId: debtor)).Items);
        await story.Harbour.Cases.RecallAsync(all.Single(@case => @case.Account.AccountNumber == "N-53").Id, new CaseRecall { Reason = RecallReason.Complaint });
        Assert.Equal(["N-3"], (await story.Swift.Cases.ListPageAsync(debtorId: debtor)).Items.Select(@case => @case.Account.AccountNumber));
        Assert.Equal(2, (await story.Harbour.Cases.ListPageAsync(debtorId: debtor)).Items.Count);
    }

    [Fact]
    public async Task A_value_that_changes_moves_its_case()
    {
        await using var story = await Story.AtCasesAsync();
        Assert.Equal(["A-1", "A-2", "A-3"], await NumbersAsync(story.Swift, "balance"));
        Assert.Equal(["A-3", "A-2", "A-1"], await NumbersAsync(story.Swift, "-days_past_due"));

        await story.ConfirmAsync(await story.ReportAsync(300_000, on: story.Cases["A-3"]));
        await story.Swift.ContactRecords.CreateAsync(story.Cases["A-2"].Id, story.Call());

        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.Equal(["A-3", "A-1", "A-2"], await NumbersAsync(side, "balance"));
            Assert.Equal("A-2", (await NumbersAsync(side, "-last_contact"))[0]);
            Assert.Equal(TestDatabase.Start, (await side.Cases.GetAsync(story.Cases["A-2"].Id)).LastContactAt);
            Assert.Null((await side.Cases.GetAsync(story.Case.Id)).LastContactAt);
            Assert.Null((await side.Cases.GetAsync(story.Case.Id)).NextPromiseOn);
        }

        await story.RecallAsync();
        foreach (var sort in new[] { "id", "-id", "balance", "-balance", "days_past_due", "last_contact", "next_promise" })
        {
            Assert.DoesNotContain("A-1", await NumbersAsync(story.Swift, sort));
            Assert.Equal(3, (await NumbersAsync(story.Harbour, sort)).Count);
        }
    }

    [Fact]
    public async Task A_case_is_found_by_the_bank_s_number_the_agency_s_own_and_its_state()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Swift.Cases.SetReferenceAsync(story.Cases["A-2"].Id, ETag.Any, new CaseReference { AgencyReference = "S-2" });
        await story.Swift.Cases.SetReferenceAsync(story.Cases["A-3"].Id, ETag.Any, new CaseReference { AgencyReference = "S-2" });
        await story.RecallAsync();

        Assert.Equal(["A-1"], (await story.Harbour.Cases.ListPageAsync(accountNumber: "A-1")).Items.Select(@case => @case.Account.AccountNumber));
        Assert.Equal(["A-2"], (await story.Swift.Cases.ListPageAsync(accountNumber: "A-2", sort: "-balance")).Items.Select(@case => @case.Account.AccountNumber));
        Assert.Empty((await story.Swift.Cases.ListPageAsync(accountNumber: "A-1")).Items);
        Assert.Empty((await story.Lantern.Cases.ListPageAsync(accountNumber: "A-2")).Items);
        Assert.Empty((await story.Summit.Cases.ListPageAsync(accountNumber: "A-2")).Items);
        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            var first = await side.Cases.ListPageAsync(1, agencyReference: "S-2");
            Assert.Equal(["A-2", "A-3"], [first.Items.Single().Account.AccountNumber, (await side.Cases.ListPageAsync(1, first.Next, agencyReference: "S-2")).Items.Single().Account.AccountNumber]);
            Assert.Equal(["A-3", "A-2"], (await side.Cases.ListPageAsync(agencyReference: "S-2", sort: "-balance")).Items.Select(@case => @case.Account.AccountNumber));
            Assert.Empty((await side.Cases.ListPageAsync(agencyReference: "S-3")).Items);
        }

        Assert.Empty((await story.Lantern.Cases.ListPageAsync(agencyReference: "S-2")).Items);
        Assert.Equal(["A-1"], (await story.Harbour.Cases.ListPageAsync(state: "recalled")).Items.Select(@case => @case.Account.AccountNumber));
        Assert.Equal(["A-2", "A-3"], (await story.Harbour.Cases.ListPageAsync(state: "open", sort: "balance")).Items.Select(@case => @case.Account.AccountNumber));
        Assert.Empty((await story.Harbour.Cases.ListPageAsync(state: "closed")).Items);
    }

    [Fact]
    public async Task Cases_that_wait_for_the_bank_s_answer_are_found_by_what_is_asked_until_it_is_answered()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Swift.Cases.RequestReturnAsync(story.Cases["A-2"].Id, new CaseReturn { Code = ReturnCode.Unlocated });
        await story.Swift.Cases.RequestReturnAsync(story.Cases["A-1"].Id, new CaseReturn { Code = ReturnCode.Unlocated });
        await story.Swift.Cases.RequestRetentionAsync(story.Cases["A-3"].Id, new CaseRetention { Reason = KeepReason.ActivePromise, TermEnd = story.Assignment.TermEnd.AddDays(20) });
        var collector = story.Service.As("collector@swift.example");

        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.Equal(["A-1", "A-2", "A-3"], await AskedAsync(side, "any"));
            Assert.Equal(["A-1", "A-2"], await AskedAsync(side, "return"));
            Assert.Equal(["A-3"], await AskedAsync(side, "retention"));
            Assert.Empty(await AskedAsync(side, "recall_objection"));
            Assert.Equal(["A-2", "A-1"], (await side.Cases.ListAsync(openMotion: "return", sort: "-balance", pageSize: 1).ToListAsync()).Select(one => one.Account.AccountNumber));
        }

        Assert.Empty(await AskedAsync(story.Lantern, "any"));
        Assert.Empty(await AskedAsync(story.Summit, "any"));
        Assert.Empty(await AskedAsync(collector, "any"));
        await story.Harbour.Cases.RefuseReturnAsync(story.Cases["A-2"].Id, Deeds.Because);
        Assert.Equal(["A-1"], await AskedAsync(story.Harbour, "return"));
        var refusal = await story.RefusesAsync(400, "request.malformed", () => story.Harbour.Cases.ListPageAsync(openMotion: "pending"));
        Assert.Equal("?open_motion", Assert.Single(refusal.Errors!).Pointer);

        static async Task<IEnumerable<string>> AskedAsync(Side side, string asked) =>
            (await side.Cases.ListAsync(openMotion: asked, pageSize: 1).ToListAsync()).Select(one => one.Account.AccountNumber).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Two_handed_over_under_one_number_by_two_banks_are_both_found()
    {
        await using var story = await Story.AtCasesAsync();
        var agreement = await story.Summit.MandateAsync("swift");
        var portfolio = await story.Summit.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });
        await story.Summit.ImportAsync(portfolio.Id, Story.Csv(1), story.Today);
        var assignment = await story.Summit.Assignments.CreateAsync(new NewAssignment { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = story.Today, TermEnd = story.Today.AddDays(90) });
        await story.Swift.Assignments.AcknowledgeAsync(assignment.Id);

        var found = await story.Swift.Cases.ListAsync(accountNumber: "A-1", pageSize: 1).ToListAsync();
        var back = await story.Swift.Cases.ListAsync(accountNumber: "A-1", sort: "-id", pageSize: 1).ToListAsync();

        Assert.Equal(2, found.Select(@case => @case.BankId).Distinct().Count());
        Assert.Equal(found.Select(@case => @case.Id).Reverse(), back.Select(@case => @case.Id));
    }

    [Fact]
    public async Task An_order_or_a_state_that_is_not_known_and_a_cursor_of_another_order_are_refused()
    {
        await using var story = await Story.AtCasesAsync();
        foreach (var sort in new[] { "", "-", "name", "--id", "Balance", "balance,id" })
        {
            var refusal = await story.RefusesAsync(400, "request.malformed", () => story.Swift.Cases.ListPageAsync(sort: sort));
            Assert.Equal("?sort", Assert.Single(refusal.Errors!).Pointer);
        }

        await story.RefusesAsync(400, "request.malformed", () => story.Swift.Cases.ListPageAsync(state: "lost"));
        var next = (await story.Swift.Cases.ListPageAsync(1, sort: "balance")).Next;
        await story.RefusesAsync(400, "query.cursor_invalid", () => story.Swift.Cases.ListPageAsync(1, next, sort: "-balance"));
        await story.RefusesAsync(400, "query.cursor_invalid", () => story.Swift.Cases.ListPageAsync(1, next));
    }

    // Five balances, four due dates, three instants of a contact or none, four days of a promise or none.
    private static async Task<Story> ManyAsync()
    {
        var story = await Story.AtTenantsAsync();
        var agreement = await story.Harbour.MandateAsync("swift");
        var portfolio = await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });
        var csv = new StringBuilder("account_number,debtor_reference,debtor_name,principal,oldest_due_date\n");
        for (var i = 0; i < Count; i++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"N-{i},D-{i % 50},Example Debtor,{1000 + (i * 7 % 5)},{story.Today.AddDays(-10 - (i * 11 % 4)):yyyy-MM-dd}\n");
        }

        await story.Harbour.ImportAsync(portfolio.Id, csv.ToString(), story.Today);
        var assignment = await story.Harbour.Assignments.CreateAsync(new NewAssignment { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = story.Today, TermEnd = story.Today.AddDays(90) });
        await story.Swift.Assignments.AcknowledgeAsync(assignment.Id);
        story.Service.Clock.Advance(TimeSpan.FromMinutes(5));
        foreach (var (i, @case) in (await story.Swift.AllCasesAsync()).Index().Where(one => one.Index % 4 != 0))
        {
            var call = story.Call();
            call.OccurredAt = TestDatabase.Start.AddMinutes(i % 4);
            await story.Swift.ContactRecords.CreateAsync(@case.Id, call);
        }

        using var raw = story.Service.Database.OpenRaw();
        using var command = raw.CreateCommand();
        command.CommandText = "UPDATE base_case_order SET next_promise_on = '2026-04-0' || (1 + unicode(hex(substr(case_id, 16))) % 4) WHERE unicode(hex(substr(case_id, 16))) % 5 <> 0";
        Assert.InRange(command.ExecuteNonQuery(), 1, Count);
        return story;
    }

    private static IEnumerable<Case> Sorted(IEnumerable<Case> cases, string sort, bool reversed)
    {
        Func<Case, IComparable> key = sort switch
        {
            "id" => _ => 0,
            "days_past_due" => @case => @case.Account.DaysPastDue,
            "balance" => @case => @case.Account.Balance.Total.Amount,
            "last_contact" => @case => @case.LastContactAt ?? DateTimeOffset.MinValue,
            _ => @case => @case.NextPromiseOn ?? DateOnly.MaxValue,
        };

        // Days past due rise as the due date falls, and cases of one date come in the order that the dates are read in.
        var idsFall = sort == "days_past_due" ? !reversed : reversed;
        var byKey = reversed ? cases.OrderByDescending(key) : cases.OrderBy(key);
        return idsFall ? byKey.ThenByDescending(@case => @case.Id, BigEndian) : byKey.ThenBy(@case => @case.Id, BigEndian);
    }

    private static readonly Comparer<Guid> BigEndian = Comparer<Guid>.Create((left, right) => string.CompareOrdinal(left.ToString(), right.ToString()));

    private static (string, int, long, DateTimeOffset?, DateOnly?) Shown(Case @case) =>
        (@case.Account.AccountNumber, @case.Account.DaysPastDue, @case.Account.Balance.Total.Amount, @case.LastContactAt, @case.NextPromiseOn);

    private static async Task<List<Guid>> WalkAsync(Side side, string? sort, Guid? collector = null, Guid? team = null, string? state = null) =>
        [.. (await side.Cases.ListAsync(null, sort, state, collector, team, pageSize: 7).ToListAsync()).Select(@case => @case.Id)];

    private static async Task<List<string>> NumbersAsync(Side side, string sort) => [.. (await side.Cases.ListPageAsync(sort: sort)).Items.Select(@case => @case.Account.AccountNumber)];
}
