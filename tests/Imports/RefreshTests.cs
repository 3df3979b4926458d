using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Imports;

/// <summary>A later file brings accounts to its figures; it never doubles, never reopens, and money paid later is still taken off.</summary>
public sealed class RefreshTests
{
    [Fact]
    public async Task The_balance_becomes_the_file_s_and_both_sides_see_why()
    {
        await using var story = await Story.AtCasesAsync();
        await story.PayAsync(1_000);
        story.Service.Clock.Advance(TimeSpan.FromDays(10));

        var import = await story.RefreshAsync(story.Figures(101_000, 6_000, 250), story.Today);

        Assert.Equal((ImportMode.Refresh, 1L, 0L, 1L, 0L, 0L), (import.Mode, import.RowsRead, import.RowsAccepted, import.RowsRefreshed, import.RowsKnown, import.RowsRejected));
        Assert.Equal((250L, 6_000L, 101_000L), await story.OwedAsync());
        var ledger = await story.LedgerAsync();
        Assert.Equal((250L, 6_000L, 101_000L), ledger.Sum());
        Assert.All(ledger.Where(entry => entry.Kind == LedgerKind.Adjustment), entry => Assert.Equal((LedgerCause.Import, import.Id, story.Today), (entry.CauseKind, entry.CauseId, entry.EffectiveOn)));
        Assert.Equal(107_250, (await story.Swift.Accounts.GetBalanceAsync(story.Case.Account.Id, null, story.Today)).Balance.Total.Amount);
        Assert.Equal(story.Today, (await story.Swift.Accounts.GetAsync(story.Case.Account.Id)).AsOf);
        Assert.Contains((await story.Swift.Events.ListPageAsync(1000)).Items, e => e.Type == "account.refreshed" && e.Subject.Id == story.Case.Account.Id);
        Assert.Equal(107_250, (await story.Swift.Cases.ListPageAsync(1000, sort: "balance")).Items.ToList()[0].Account.Balance.Total.Amount);
    }

    [Fact]
    public async Task The_same_file_again_changes_nothing()
    {
        await using var story = await Story.AtCasesAsync();
        await story.RefreshAsync(story.Figures(90_000, 0, 0), story.Today);
        var ledger = await story.LedgerAsync();
        var events = story.Service.Database.Scalar("SELECT COUNT(*) FROM base_event");
        var changed = story.Service.Database.Scalar("SELECT group_concat(changed_at) FROM base_account");
        story.Service.Clock.Advance(TimeSpan.FromDays(1));

        var again = await story.RefreshAsync(story.Figures(90_000, 0, 0), story.Today.AddDays(-1));

        Assert.Equal(1, again.RowsRefreshed);
        Assert.EquivalentWithExclusions(ledger, await story.LedgerAsync(), strict: true, "RawAnswer", "ETag");
        Assert.Equal(events, story.Service.Database.Scalar("SELECT COUNT(*) FROM base_event"));
        Assert.Equal(changed, story.Service.Database.Scalar("SELECT group_concat(changed_at) FROM base_account"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Money_paid_after_the_day_is_still_taken_off_whichever_came_first(bool moneyFirst)
    {
        await using var story = await Story.AtCasesAsync();
        story.Service.Clock.Advance(TimeSpan.FromDays(3));
        var (asOf, after) = (story.Today.AddDays(-2), story.Today.AddDays(-1));
        var repayment = await story.ReportAsync(10_000, after);
        Repayment? confirmed = null;
        foreach (var step in moneyFirst ? (string[])["money", "file"] : ["file", "money"])
        {
            if (step == "money")
            {
                confirmed = await story.ConfirmAsync(repayment);
            }
            else
            {
                await story.RefreshAsync(story.Figures(50_000, 4_000, 2_000), asOf);
            }
        }

        // Fees, interest, then principal: of the file's figures, not of those that it took the place of.
        Assert.Equal((0L, 0L, 46_000L), await story.OwedAsync());
        Assert.Equal((0L, 0L, 46_000L), (await story.LedgerAsync()).Sum());
        Assert.Equal(56_000, (await story.Harbour.Accounts.GetBalanceAsync(story.Case.Account.Id, null, asOf)).Balance.Total.Amount);
        Assert.Equal(46_000, (await story.Harbour.Accounts.GetBalanceAsync(story.Case.Account.Id, null, after)).Balance.Total.Amount);

        await story.ReverseAsync(confirmed!);
        Assert.Equal((2_000L, 4_000L, 50_000L), await story.OwedAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Money_paid_by_the_day_is_in_the_file_already_whichever_came_first(bool moneyFirst)
    {
        await using var story = await Story.AtCasesAsync();
        story.Service.Clock.Advance(TimeSpan.FromDays(3));
        var asOf = story.Today.AddDays(-1);
        var repayment = await story.ReportAsync(10_000, asOf);
        if (moneyFirst)
        {
            await story.ConfirmAsync(repayment);
        }

        await story.RefreshAsync(story.Figures(95_000, 500, 0), asOf);
        if (!moneyFirst)
        {
            await story.ConfirmAsync(repayment);
        }

        Assert.Equal((0L, 500L, 95_000L), await story.OwedAsync());
        Assert.Equal(-10_000, (await story.LedgerAsync()).Where(entry => entry.Kind == LedgerKind.Repayment).Sum(entry => entry.Amount.Amount));

        // The bank's figures stand until it sends others.
        await story.ReverseAsync(repayment);
        Assert.Equal((0L, 500L, 95_000L), await story.OwedAsync());
        await story.RefreshAsync(story.Figures(100_000, 5_000, 500), story.Today);
        Assert.Equal((500L, 5_000L, 100_000L), await story.OwedAsync());
    }

    [Fact]
    public async Task What_the_money_exceeded_the_balance_by_is_used_up_when_something_is_owed_again()
    {
        await using var story = await Story.AtCasesAsync();
        story.Service.Clock.Advance(TimeSpan.FromDays(3));
        var (first, second) = (await story.ReportAsync(105_500), await story.ReportAsync(1_000));
        await story.ConfirmAsync(first);
        await story.ConfirmAsync(second, acceptOverpayment: true);
        await story.ReverseAsync(first);
        Assert.Equal((0L, 4_500L, 100_000L), await story.OwedAsync());

        await story.RefreshAsync(story.Figures(300, 200, 100), story.Today.AddDays(-1));
        Assert.Equal((AccountState.Resolved, 0L), ((await story.AccountAsync()).State, (await story.AccountAsync()).Balance.Total.Amount));
    }

    [Fact]
    public async Task A_balance_of_nothing_resolves_the_account_and_closes_its_case()
    {
        await using var story = await Story.AtCasesAsync();

        await story.RefreshAsync(story.Figures(0, 0, 0), story.Today);

        var account = await story.AccountAsync();
        Assert.Equal((0L, AccountState.Resolved, (Resolution?)Resolution.PaidInFull), (account.Balance.Total.Amount, account.State, account.Resolution));
        Assert.Equal(CaseState.Closed, (await story.Harbour.Cases.GetAsync(story.Case.Id)).State);
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.Cases.GetAsync(id));

        // And no later file opens it again.
        story.Service.Clock.Advance(TimeSpan.FromDays(1));
        var later = await story.RefreshAsync(story.Figures(5, 0, 0), story.Today, ImportMode.Both);
        Assert.Equal((0L, 1L), (later.RowsRefreshed, later.RowsRejected));
        Assert.Equal("account.is_resolved", Assert.Single((await story.Harbour.Imports.ListErrorsPageAsync(later.Id)).Items).Code);
        Assert.Equal(AccountState.Resolved, (await story.AccountAsync()).State);
    }

    [Fact]
    public async Task Figures_that_cannot_be_taken_are_told_row_by_row_and_change_nothing()
    {
        await using var story = await Story.AtCasesAsync();
        await story.RefreshAsync(story.Figures(90_000, 0, 0), story.Today);
        var before = await story.LedgerAsync();

        var older = await story.RefreshAsync(story.Figures(1, 0, 0), story.Today.AddDays(-1));
        var other = await story.RefreshAsync("""
            account_number,debtor_reference,debtor_name,principal,oldest_due_date
            A-1,AD-2,Example Debtor 2,1,2026-01-01
            A-1,AD-1,Somebody Else,1,2026-01-01
            N-1,ND-1,Example New,1,2026-01-01
            A-2,AD-2,Example Debtor 2,-1,2026-01-01
            A-3,AD-3,Example Debtor 3,300000,2026-01-01
            A-3,AD-3,Example Debtor 3,300000,2026-01-01

            """, story.Today);

        Assert.Equal(["account.older_figures"], await CodesAsync(older));
        Assert.Equal(["debtor.conflict", "debtor.conflict", "account.unknown", "account.balance_not_positive", "account.duplicate_in_file"], await CodesAsync(other));
        Assert.Equal((6L, 1L, 5L), (other.RowsRead, other.RowsRefreshed, other.RowsRejected));
        Assert.EquivalentWithExclusions(before, await story.LedgerAsync(), strict: true, "RawAnswer", "ETag");

        async Task<IEnumerable<string>> CodesAsync(Import import) => (await story.Harbour.Imports.ListErrorsPageAsync(import.Id)).Items.Select(error => error.Code);
    }

    [Fact]
    public async Task A_mode_that_there_is_not_is_refused_before_the_file_is_read()
    {
        await using var story = await Story.AtCasesAsync();
        using var file = new MemoryStream([1]);

        var problem = await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Imports.CreateAsync(story.Portfolio.Id, new AgencyUpload(file, "text/csv"), null, "Refresh"));

        Assert.Equal("?mode", Assert.Single(problem.Errors!).Pointer);
    }

    [Fact]
    public async Task An_account_of_another_portfolio_is_not_touched()
    {
        await using var story = await Story.AtCasesAsync();
        var other = await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Other", Currency = "CNY" });

        var import = await story.Harbour.ImportAsync(other.Id, story.Figures(1, 0, 0), story.Today, ImportMode.Both);

        Assert.Equal("account.other_portfolio", Assert.Single((await story.Harbour.Imports.ListErrorsPageAsync(import.Id)).Items).Code);
        Assert.Equal((500L, 5_000L, 100_000L), await story.OwedAsync());
    }

    [Fact]
    public async Task New_and_known_accounts_come_in_one_file_and_new_alone_leaves_known_ones()
    {
        await using var story = await Story.AtCasesAsync();
        var csv = story.Figures(90_000, 0, 0) + "N-1,ND-1,Example New,700,0,0,2026-01-01\n";

        var fresh = await story.RefreshAsync(csv, story.Today, ImportMode.New);
        Assert.Equal((1L, 1L, 0L, 0L), (fresh.RowsAccepted, fresh.RowsKnown, fresh.RowsRefreshed, fresh.RowsRejected));
        Assert.Equal((500L, 5_000L, 100_000L), await story.OwedAsync());
        Assert.Null(fresh.Links.MissingAccounts);

        var both = await story.RefreshAsync(csv + "N-2,ND-2,Example Newer,800,0,0,2026-01-01\nN-3,ND-3,Example Nothing,0,0,0,2026-01-01\n", story.Today, ImportMode.Both);
        Assert.Equal((1L, 0L, 2L, 1L), (both.RowsAccepted, both.RowsKnown, both.RowsRefreshed, both.RowsRejected));
        Assert.Equal((0L, 0L, 90_000L), await story.OwedAsync());
    }

    [Fact]
    public async Task Other_facts_of_the_row_are_taken_over_and_what_it_leaves_empty_stays()
    {
        await using var story = await Story.AtCasesAsync();
        await story.RefreshAsync("""
            account_number,debtor_reference,debtor_name,phone,principal,interest,fees,oldest_due_date,city,credit_limit
            A-1,AD-1,Example Debtor 1,+8610000009999,100000,5000,500,2025-10-01,Harbin,900000

            """, story.Today);

        var account = await story.AccountAsync();

        Assert.Equal((new DateOnly(2025, 10, 1), "Harbin", 900_000L, "card"), (account.OldestDueDate, account.City, account.CreditLimit!.Amount, account.Product));
        Assert.Equal((500L, 5_000L, 100_000L), await story.OwedAsync());
        Assert.Equal(3, (await story.LedgerAsync()).Count);
        Assert.Equal(3, (await story.Harbour.ContactPoints.ListAsync(story.Case.Id)).Items.Count);
        Assert.Equal(story.Case.Id, (await story.Swift.Cases.ListPageAsync(1000, sort: "-days_past_due")).Items.ToList()[0].Id);
    }

    [Fact]
    public async Task What_a_refresh_leaves_out_is_listed_until_a_file_names_it()
    {
        await using var story = await Story.AtCasesAsync();
        await story.RecallAsync(story.Cases["A-3"], RecallReason.Sold);
        var first = await story.RefreshAsync(story.Figures(90_000, 0, 0), story.Today);

        var missing = Assert.Single((await story.Harbour.Imports.ListMissingAccountsPageAsync(first.Id)).Items);
        Assert.Equal(("A-2", AccountState.Placed, 211_000L), (missing.AccountNumber, missing.State, missing.Balance.Total.Amount));
        Assert.Equal($"/v1/imports/{first.Id}/missing-accounts", first.Links.MissingAccounts);

        await story.RefreshAsync("account_number,debtor_reference,debtor_name,principal,oldest_due_date\nA-2,AD-2,Example Debtor 2,211000,2026-01-01\n", story.Today);
        Assert.Empty((await story.Harbour.Imports.ListMissingAccountsPageAsync(first.Id)).Items);

        await story.HidesAsync("import.not_found", first.Id, id => story.Summit.Imports.ListMissingAccountsPageAsync(id));
        await story.RefusesAsync(409, "import.is_no_refresh", () => story.Harbour.Imports.ListMissingAccountsPageAsync(story.Import.Id));
    }
}
