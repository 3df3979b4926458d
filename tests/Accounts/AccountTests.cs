using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Accounts;

public sealed class AccountTests
{
    [Fact]
    public async Task Days_past_due_and_cycle_follow_the_clock()
    {
        await using var story = await Story.AtCasesAsync(7);
        Assert.Equal([(30, "M1"), (60, "M2"), (90, "M3"), (120, "M4"), (150, "M5"), (180, "M6"), (210, "M7+")], await OverdueAsync());

        story.Service.Clock.Advance(TimeSpan.FromHours(21.9));
        Assert.Equal((30, "M1"), (await OverdueAsync())[0]);

        story.Service.Clock.Advance(TimeSpan.FromHours(0.1));
        Assert.Equal([(31, "M2"), (61, "M3"), (91, "M4"), (121, "M5"), (151, "M6"), (181, "M7+"), (211, "M7+")], await OverdueAsync());

        async Task<List<(int, string)>> OverdueAsync()
        {
            var cases = (await story.Swift.AllCasesAsync()).OrderBy(c => c.Account.AccountNumber, StringComparer.Ordinal).ToList();
            var accounts = (await story.Harbour.AllAccountsAsync()).OrderBy(a => a.AccountNumber, StringComparer.Ordinal).Select(a => (a.DaysPastDue, a.Cycle)).ToList();
            Assert.Equal(accounts, cases.Select(c => (c.Account.DaysPastDue, c.Account.Cycle)));
            return accounts;
        }
    }

    [Fact]
    public async Task What_is_due_today_is_not_overdue()
    {
        await using var story = await Story.AtTenantsAsync();
        var portfolio = await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Due today", Currency = "CNY" });
        await story.Harbour.ImportAsync(portfolio.Id, $"""
            account_number,debtor_reference,debtor_name,principal,oldest_due_date
            B-1,D-1,Example Debtor,1000,{story.Today:yyyy-MM-dd}
            """, story.Today);
        var account = Assert.Single(await story.Harbour.AllAccountsAsync());
        Assert.Equal((0, "M0"), (account.DaysPastDue, account.Cycle));

        story.Service.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal((1, "M1"), ((await story.AccountAsync(account.Id)).DaysPastDue, (await story.AccountAsync(account.Id)).Cycle));
    }

    [Fact]
    public async Task The_ledger_begins_with_the_opening_balance()
    {
        await using var story = await Story.AtCasesAsync();

        var ledger = await story.LedgerAsync();

        Assert.Equal((500L, 5_000L, 100_000L), ledger.Sum());
        Assert.All(ledger, entry => Assert.Equal((LedgerKind.Opening, story.Import.Id, story.Today), (entry.Kind, entry.CauseId, entry.EffectiveOn)));
        Assert.EquivalentWithExclusions(ledger, (await story.Swift.Accounts.ListLedgerEntriesPageAsync(story.Case.Account.Id)).Items, strict: true, "RawAnswer", "ETag");
    }

    [Fact]
    public async Task It_is_found_by_the_bank_s_number_by_whoever_sees_it()
    {
        await using var story = await Story.AtCasesAsync();
        var id = story.Cases["A-2"].Account.Id;

        Assert.Equal([id], await FoundAsync(story.Harbour, "A-2"));
        Assert.Equal([id], await FoundAsync(story.Swift, "A-2"));
        Assert.Equal([id], (await story.Harbour.Accounts.ListPageAsync(portfolioId: story.Portfolio.Id, accountNumber: "A-2")).Items.Select(account => account.Id));
        Assert.Empty((await story.Swift.Accounts.ListPageAsync(portfolioId: story.Portfolio.Id, accountNumber: "A-2")).Items);
        Assert.Empty(await FoundAsync(story.Harbour, "a-2"));
        Assert.Empty(await FoundAsync(story.Summit, "A-2"));
        Assert.Empty(await FoundAsync(story.Lantern, "A-2"));
        await story.RecallAsync(story.Cases["A-2"]);
        Assert.Empty(await FoundAsync(story.Swift, "A-2"));

        static async Task<List<Guid>> FoundAsync(Side side, string number) => [.. (await side.Accounts.ListPageAsync(accountNumber: number)).Items.Select(account => account.Id)];
    }

    [Fact]
    public async Task To_the_other_bank_and_the_other_agency_it_does_not_exist()
    {
        await using var story = await Story.AtCasesAsync();

        foreach (var other in new[] { story.Summit, story.Lantern })
        {
            await story.HidesAsync("account.not_found", story.Case.Account.Id, id => other.Accounts.GetAsync(id));
            await story.HidesAsync("account.not_found", story.Case.Account.Id, id => other.Accounts.ListLedgerEntriesPageAsync(id));
            Assert.Empty(await other.AllAccountsAsync());
            Assert.Empty(await other.AllAccountsAsync(story.Portfolio.Id));
        }
    }
}
