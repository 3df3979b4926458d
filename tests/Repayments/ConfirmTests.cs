using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Repayments;

public sealed class ConfirmTests
{
    // 5.00 of fees, 50.00 of interest, 1000.00 of principal are owed.
    [Theory]
    [InlineData(1, 499, 5_000, 100_000)]
    [InlineData(500, 0, 5_000, 100_000)]
    [InlineData(501, 0, 4_999, 100_000)]
    [InlineData(5_500, 0, 0, 100_000)]
    [InlineData(5_501, 0, 0, 99_999)]
    [InlineData(105_499, 0, 0, 1)]
    public async Task Money_fills_fees_then_interest_then_principal(long amount, long fees, long interest, long principal)
    {
        await using var story = await Story.AtCasesAsync();
        story.Service.Clock.Advance(TimeSpan.FromDays(1));

        var confirmed = await story.PayAsync(amount, story.Today.AddDays(-1));

        Assert.Equal((RepaymentState.Confirmed, null), (confirmed.State, confirmed.Overpaid));
        Assert.Equal((fees, interest, principal), await story.OwedAsync());
        var ledger = await story.LedgerAsync();
        Assert.Equal((fees, interest, principal), ledger.Sum());
        var moved = ledger.Where(entry => entry.Kind == LedgerKind.Repayment).ToList();
        Assert.Equal(-amount, moved.Sum(entry => entry.Amount.Amount));
        Assert.All(moved, entry => Assert.Equal((confirmed.Id, story.Today.AddDays(-1)), (entry.CauseId, entry.EffectiveOn)));
        Assert.Equal((AccountState.Placed, CaseState.Active), ((await story.AccountAsync()).State, (await story.Swift.Cases.GetAsync(story.Case.Id)).State));
    }

    [Fact]
    public async Task The_whole_balance_resolves_the_account_and_closes_the_case()
    {
        await using var story = await Story.AtCasesAsync();

        await story.PayAsync(105_500);

        var account = await story.AccountAsync();
        Assert.Equal((0L, AccountState.Resolved, (Resolution?)Resolution.PaidInFull), (account.Balance.Total.Amount, account.State, account.Resolution));
        var closed = await story.Harbour.Cases.GetAsync(story.Case.Id);
        Assert.Equal((CaseState.Closed, "paid_in_full", (DateTimeOffset?)TestDatabase.Start), (closed.State, closed.EndReason, closed.EndedAt));
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.Cases.GetAsync(id));
        Assert.Equal(AccountState.Placed, (await story.AccountAsync(story.Cases["A-2"].Account.Id)).State);
    }

    [Fact]
    public async Task More_than_is_owed_is_refused_without_a_trace_unless_accepted()
    {
        await using var story = await Story.AtCasesAsync();
        var repayment = await story.ReportAsync(105_501);

        await story.RefusesAsync(409, "repayment.over_balance", () => story.ConfirmAsync(repayment, key: "key"));
        var confirmed = await story.ConfirmAsync(repayment, acceptOverpayment: true, key: "key");

        Assert.Equal((1L, "CNY"), (confirmed.Overpaid!.Amount, confirmed.Overpaid.Currency));
        Assert.Equal((0L, 0L, 0L), await story.OwedAsync());
        Assert.Equal(-105_500, (await story.LedgerAsync()).Where(entry => entry.Kind == LedgerKind.Repayment).Sum(entry => entry.Amount.Amount));
    }

    [Fact]
    public async Task A_reversal_gives_each_bucket_back_what_was_taken_off_it()
    {
        await using var story = await Story.AtCasesAsync();
        var first = await story.PayAsync(3_000);
        var second = await story.PayAsync(4_000);
        Assert.Equal((0L, 0L, 98_500L), await story.OwedAsync());

        await story.ReverseAsync(first);

        Assert.Equal((500L, 2_500L, 98_500L), await story.OwedAsync());
        Assert.Equal((500L, 2_500L, 98_500L), (await story.LedgerAsync()).Sum());
        var read = await story.Swift.Repayments.GetAsync(first.Id);
        Assert.Equal((RepaymentState.Reversed, Deeds.Because.Reason), (read.State, read.Reason));

        await story.ReverseAsync(second);

        Assert.Equal((500L, 5_000L, 100_000L), await story.OwedAsync());
    }

    [Fact]
    public async Task A_reversal_of_the_last_payment_makes_the_account_assignable_again()
    {
        await using var story = await Story.AtCasesAsync();
        var paid = await story.PayAsync(105_500);

        await story.ReverseAsync(paid);

        var account = await story.AccountAsync();
        Assert.Equal((105_500L, AccountState.Eligible, null), (account.Balance.Total.Amount, account.State, account.Resolution));
        Assert.Equal(CaseState.Closed, (await story.Harbour.Cases.GetAsync(story.Case.Id)).State);
        Assert.Equal(story.Case.Account.Id, Assert.Single(await story.HandToAsync(story.Swift, story.Agreement)).Account.Id);
    }

    [Fact]
    public async Task A_reversal_that_gives_nothing_back_does_not_make_a_paid_account_assignable()
    {
        await using var story = await Story.AtCasesAsync();
        var late = await story.ReportAsync(1_000);
        await story.PayAsync(105_500);
        var excess = await story.ConfirmAsync(late, acceptOverpayment: true);
        Assert.Equal(1_000, excess.Overpaid!.Amount);

        await story.ReverseAsync(excess);

        var account = await story.AccountAsync();
        Assert.Equal((0L, AccountState.Resolved, (Resolution?)Resolution.PaidInFull), (account.Balance.Total.Amount, account.State, account.Resolution));
    }

    [Fact]
    public async Task Thirty_confirmations_of_one_repayment_at_once_take_the_money_off_once()
    {
        await using var story = await Story.AtCasesAsync();
        var repayment = await story.ReportAsync(60_000);

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => OutcomeAsync(() => story.ConfirmAsync(repayment))));

        Assert.Single(answers, answer => answer == "confirmed");
        Assert.Equal(29, answers.Count(answer => answer == "repayment.is_confirmed"));
        Assert.Equal((0L, 0L, 45_500L), await story.OwedAsync());
        Assert.Equal((0L, 0L, 45_500L), (await story.LedgerAsync()).Sum());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_repayments_confirmed_at_once_never_take_more_than_is_owed(bool acceptOverpayment)
    {
        await using var story = await Story.AtCasesAsync(8);
        var pairs = new List<(Case On, Repayment First, Repayment Second)>();
        foreach (var @case in story.Cases.Values)
        {
            var most = @case.Account.Balance.Total.Amount - 1;
            pairs.Add((@case, await story.ReportAsync(most, on: @case), await story.ReportAsync(most, on: @case)));
        }

        var answers = await Task.WhenAll(pairs.SelectMany(pair => new[] { pair.First, pair.Second }).Select(r => OutcomeAsync(() => story.ConfirmAsync(r, acceptOverpayment))));

        Assert.Equal(acceptOverpayment ? 16 : 8, answers.Count(answer => answer == "confirmed"));
        Assert.Equal(acceptOverpayment ? 0 : 8, answers.Count(answer => answer == "repayment.over_balance"));
        foreach (var (@case, _, _) in pairs)
        {
            Assert.Equal((0L, 0L, acceptOverpayment ? 0L : 1L), await story.OwedAsync(@case.Account.Id));
            Assert.Equal((0L, 0L, acceptOverpayment ? 0L : 1L), (await story.LedgerAsync(@case.Account.Id)).Sum());
        }
    }

    private static async Task<string> OutcomeAsync(Func<Task<Repayment>> confirm)
    {
        try
        {
            return (await confirm()).State == RepaymentState.Confirmed ? "confirmed" : "not confirmed";
        }
        catch (AgencyException refusal)
        {
            return refusal.Code;
        }
    }
}
