using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Assignments;

public sealed class SubmitTests
{
    [Fact]
    public async Task The_agency_is_offered_figures_and_nothing_else_before_it_acknowledges()
    {
        await using var story = await Story.AtAssignmentAsync();

        var offered = await story.Swift.Assignments.GetAsync(story.Assignment.Id);

        Assert.Equal((AssignmentState.Submitted, 3, 633_000L), (offered.State, offered.Accounts, offered.Balance.Total.Amount));
        Assert.Equal((600_000L, 30_000L, 3_000L), (offered.Balance.Principal.Amount, offered.Balance.Interest.Amount, offered.Balance.Fees.Amount));
        Assert.Equal([("M1", 1, 105_500L), ("M2", 1, 211_000L), ("M3", 1, 316_500L)], offered.DaysPastDueMix.Select(s => (s.Cycle, s.Accounts, s.Total.Amount)));
        Assert.Null(offered.PortfolioId);
        Assert.Equal(story.Portfolio.Id, story.Assignment.PortfolioId);
        Assert.Empty(await story.Swift.AllAccountsAsync());
        Assert.Empty(await story.Swift.AllCasesAsync());
        var account = (await story.Harbour.AllAccountsAsync())[0];
        await story.HidesAsync("account.not_found", account.Id, id => story.Swift.Accounts.GetAsync(id));
        await story.HidesAsync("account.not_found", account.Id, id => story.Swift.Accounts.ListLedgerEntriesPageAsync(id));
    }

    [Fact]
    public async Task To_the_other_bank_and_the_other_agency_it_does_not_exist_nor_can_they_assign_foreign_accounts()
    {
        await using var story = await Story.AtAccountsAsync();
        var made = await story.Harbour.Assignments.CreateAsync(story.WholePortfolio());
        var own = await story.Summit.MandateAsync("swift");

        foreach (var other in new[] { story.Summit, story.Lantern })
        {
            await story.HidesAsync("assignment.not_found", made.Id, id => other.Assignments.GetAsync(id));
            Assert.Empty((await other.Assignments.ListPageAsync()).Items);
        }

        await story.HidesAsync("agreement.not_found", story.Agreement.Id, id => story.Summit.Assignments.CreateAsync(With(story, a => a.AgreementId = id)));
        await story.HidesAsync("portfolio.not_found", story.Portfolio.Id, id => story.Summit.Assignments.CreateAsync(With(story, a => (a.AgreementId, a.PortfolioId) = (own.Id, id))));
    }

    [Fact]
    public async Task The_same_key_assigns_once()
    {
        await using var story = await Story.AtAccountsAsync();

        var made = await story.ActsOnceAsync(key => story.Harbour.Assignments.CreateAsync(story.WholePortfolio(), CallOptions.WithKey(key)));

        Assert.Equal(3, made.Accounts);
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtTenantsAsync();
        var agreement = await story.Harbour.Agreements.CreateAsync(new NewAgreement
        {
            AgencyId = await story.Harbour.AgencyIdAsync("swift"),
            Title = "March alone",
            ValidFrom = story.Today,
            ValidTo = story.Today.AddDays(30),
        });
        var portfolio = await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Empty", Currency = "CNY" });

        await story.RefusesAsync(409, "agreement.not_in_force", () => AssignAsync(story.Today.AddDays(-1), story.Today));
        await story.RefusesAsync(409, "agreement.not_in_force", () => AssignAsync(story.Today, story.Today.AddDays(31)));
        await story.RefusesAsync(409, "assignment.no_eligible_accounts", () => AssignAsync(story.Today, story.Today.AddDays(30)));
        await story.RefusesAsync(422, "request.invalid", () => AssignAsync(story.Today.AddDays(1), story.Today));
        await story.RefusesAsync(422, "request.invalid", () => AssignAsync(story.Today, story.Today, new AssignmentFilter { MinBalance = -1 }));
        await story.RefusesAsync(422, "request.invalid", () => AssignAsync(story.Today, story.Today, new AssignmentFilter { MinBalance = 2, MaxBalance = 1 }));
        await story.RefusesAsync(422, "request.invalid", () => AssignAsync(story.Today, story.Today, new AssignmentFilter { MinDaysPastDue = int.MaxValue }));
        await story.RefusesAsync(422, "request.invalid", () => AssignAsync(story.Today, story.Today, new AssignmentFilter { MinDaysPastDue = 2, MaxDaysPastDue = 1 }));
        await story.RefusesAsync(422, "request.invalid", () => AssignAsync(story.Today, story.Today, new AssignmentFilter { City = "" }));
        await story.RefusesAsync(422, "request.invalid", () => AssignAsync(story.Today, story.Today, new AssignmentFilter { City = new string('x', 101) }));
        await story.RefusesAsync(422, "request.invalid", () => AssignAsync(story.Today, story.Today, new AssignmentFilter { Cycles = [] }));
        await story.RefusesAsync(422, "request.invalid", () => AssignAsync(story.Today, story.Today, new AssignmentFilter { Cycles = ["M1", "M7"] }));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Assignments.CreateAsync(With(agreement.Id, portfolio.Id, story.Today, story.Today), CallOptions.WithKey("key")));

        Task AssignAsync(DateOnly from, DateOnly to, AssignmentFilter? filter = null)
        {
            var assignment = With(agreement.Id, portfolio.Id, from, to);
            assignment.Filter = filter;
            return story.Harbour.Assignments.CreateAsync(assignment, CallOptions.WithKey("key"));
        }

        static NewAssignment With(Guid agreement, Guid portfolio, DateOnly from, DateOnly to) =>
            new() { AgreementId = agreement, PortfolioId = portfolio, TermStart = from, TermEnd = to };
    }

    [Fact]
    public async Task Accounts_are_reserved_from_the_offer_on()
    {
        await using var story = await Story.AtAssignmentAsync();
        var lantern = await story.Harbour.MandateAsync("lantern");

        await story.RefusesAsync(409, "assignment.no_eligible_accounts", () => story.Harbour.Assignments.CreateAsync(story.WholePortfolio()));
        await story.RefusesAsync(409, "assignment.no_eligible_accounts", () => story.Harbour.Assignments.CreateAsync(With(story, a => a.AgreementId = lantern.Id)));
    }

    // Accounts are 30, 60 and 90 days past due and owe 1055.00, 2110.00 and 3165.00.
    [Theory]
    [InlineData(null, null, 60, null, 2, 3)]
    [InlineData(null, null, 61, null, 3)]
    [InlineData(null, null, null, 60, 1, 2)]
    [InlineData(null, null, null, 59, 1)]
    [InlineData(null, null, 60, 60, 2)]
    [InlineData(null, null, 91, null)]
    [InlineData(211_000, null, null, null, 2, 3)]
    [InlineData(211_001, null, null, null, 3)]
    [InlineData(null, 211_000, null, null, 1, 2)]
    [InlineData(null, 210_999, null, null, 1)]
    [InlineData(211_000, 211_000, 60, 60, 2)]
    public async Task The_filter_takes_what_lies_on_its_bounds(int? minBalance, int? maxBalance, int? minDays, int? maxDays, params int[] accounts)
    {
        await using var story = await Story.AtAccountsAsync();
        var slice = With(story, a => a.Filter = new AssignmentFilter { MinBalance = minBalance, MaxBalance = maxBalance, MinDaysPastDue = minDays, MaxDaysPastDue = maxDays });

        if (accounts.Length == 0)
        {
            await story.RefusesAsync(409, "assignment.no_eligible_accounts", () => story.Harbour.Assignments.CreateAsync(slice));
            return;
        }

        var assignment = await story.Harbour.Assignments.CreateAsync(slice);
        await story.Swift.Assignments.AcknowledgeAsync(assignment.Id);

        Assert.Equal((accounts.Length, accounts.Sum(n => n * 105_500L)), (assignment.Accounts, assignment.Balance.Total.Amount));
        Assert.Equal(accounts.Select(n => $"A-{n}"), (await story.Swift.AllCasesAsync()).Select(c => c.Account.AccountNumber).Order());
    }

    [Fact]
    public async Task A_product_is_matched_exactly()
    {
        await using var story = await Story.AtAccountsAsync();

        await story.RefusesAsync(409, "assignment.no_eligible_accounts", () => story.Harbour.Assignments.CreateAsync(With(story, a => a.Filter = new AssignmentFilter { Product = "car" })));
        Assert.Equal(3, (await story.Harbour.Assignments.CreateAsync(With(story, a => a.Filter = new AssignmentFilter { Product = "card" }))).Accounts);
    }

    [Fact]
    public async Task A_city_and_cycles_pick_their_accounts()
    {
        await using var story = await Story.AtTenantsAsync();
        var agreement = await story.Harbour.MandateAsync("swift");
        var portfolio = await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cities", Currency = "CNY" });
        var rows = new[] { ("上海", 0), ("上海", 1), ("上海", 30), ("北京", 31), ("上海", 60), ("上海", 61), ("", 180), ("上海", 181), ("Shanghai", 400) }
            .Select((row, i) => $"B-{i},D-{i},Example Debtor {i},{row.Item1},1000,{story.Today.AddDays(-row.Item2):yyyy-MM-dd}");
        await story.Harbour.ImportAsync(portfolio.Id, "account_number,debtor_reference,debtor_name,city,principal,oldest_due_date\n" + string.Join('\n', rows), story.Today);
        var cities = (await story.Harbour.AllAccountsAsync()).OrderBy(account => account.AccountNumber, StringComparer.Ordinal).Select(account => account.City);
        Assert.Equal(["上海", "上海", "上海", "北京", "上海", "上海", null, "上海", "Shanghai"], cities);

        Assert.Equal(6, await CountAsync(city: "上海"));
        Assert.Equal(0, await CountAsync(city: "上"));
        Assert.Equal(1, await CountAsync(city: "Shanghai"));
        Assert.Equal(1, await CountAsync(null, "M0"));
        Assert.Equal(2, await CountAsync(null, "M1"));
        Assert.Equal(2, await CountAsync(null, "M2"));
        Assert.Equal(1, await CountAsync(null, "M3"));
        Assert.Equal(1, await CountAsync(null, "M6"));
        Assert.Equal(2, await CountAsync(null, "M7+"));
        Assert.Equal(3, await CountAsync("上海", "M1", "M7+"));
        Assert.Equal(9, await CountAsync(null));

        async Task<int> CountAsync(string? city, params string[] cycles)
        {
            var tried = await story.Harbour.Assignments.DryRunAsync(new NewAssignment
            {
                AgreementId = agreement.Id,
                PortfolioId = portfolio.Id,
                TermStart = story.Today,
                TermEnd = story.Today,
                Filter = new AssignmentFilter { City = city, Cycles = cycles.Length == 0 ? null : cycles },
            });
            Assert.All(tried.DaysPastDueMix, share => Assert.True(cycles.Length == 0 || cycles.Contains(share.Cycle, StringComparer.Ordinal)));
            return tried.Accounts;
        }
    }

    [Fact]
    public async Task It_keeps_the_version_of_the_agreement()
    {
        await using var story = await Story.AtAssignmentAsync();

        Assert.Equal(1, story.Assignment.AgreementVersion);
        Assert.Equal(1, (await story.Swift.Assignments.GetAsync(story.Assignment.Id)).AgreementVersion);
    }

    [Fact]
    public async Task What_is_submitted_twice_at_once_is_assigned_once()
    {
        await using var story = await Story.AtAccountsAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            try
            {
                return (await story.Harbour.Assignments.CreateAsync(story.WholePortfolio())).Accounts.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }
            catch (AgencyException refusal)
            {
                return refusal.Code;
            }
        }));

        Assert.Equal([.. Enumerable.Repeat("assignment.no_eligible_accounts", 9), "3"], outcomes.OrderDescending(StringComparer.Ordinal));
    }

    private static NewAssignment With(Story story, Action<NewAssignment> change)
    {
        var assignment = story.WholePortfolio();
        change(assignment);
        return assignment;
    }
}
