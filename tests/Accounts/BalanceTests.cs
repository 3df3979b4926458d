using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Accounts;

/// <summary>What was owed at an instant, by when it was known and by the day it counts from.</summary>
public sealed class BalanceTests
{
    [Fact]
    public async Task Both_sides_read_what_was_known_at_an_instant_and_what_counts_from_a_day()
    {
        await using var story = await Story.AtCasesAsync();
        var (account, opened) = (story.Case.Account.Id, story.Service.Clock.GetUtcNow());
        var first = story.Today;
        story.Service.Clock.Advance(TimeSpan.FromDays(4));
        var repayment = await story.ReportAsync(1_500, first.AddDays(1));
        story.Service.Clock.Advance(TimeSpan.FromDays(1));
        await story.ConfirmAsync(repayment);
        var confirmed = story.Service.Clock.GetUtcNow();
        story.Service.Clock.Advance(TimeSpan.FromDays(1));
        await story.ReverseAsync(repayment);

        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.Equal((105_500, 500, 5_000, 100_000, 3L), await ReadAsync(side, opened));
            Assert.Equal((105_500, 500, 5_000, 100_000, 3L), await ReadAsync(side, confirmed.AddSeconds(-1)));
            Assert.Equal((104_000, 0, 4_000, 100_000, 5L), await ReadAsync(side, confirmed));
            Assert.Equal((105_500, 500, 5_000, 100_000, 7L), await ReadAsync(side));
            Assert.Equal((0, 0, 0, 0, 0L), await ReadAsync(side, opened.AddDays(-1)));

            // The money counts from the day it was paid, once it is known.
            Assert.Equal(105_500, (await ReadAsync(side, confirmed, first)).Total);
            Assert.Equal(104_000, (await ReadAsync(side, confirmed, first.AddDays(1))).Total);
            Assert.Equal(105_500, (await ReadAsync(side, null, first.AddDays(1))).Total);
            Assert.Equal(0, (await ReadAsync(side, null, first.AddDays(-1))).Total);
        }

        async Task<(long Total, long Fees, long Interest, long Principal, long Entries)> ReadAsync(Side side, DateTimeOffset? at = null, DateOnly? asOf = null)
        {
            var read = await side.Accounts.GetBalanceAsync(account, at, asOf);
            Assert.Equal((account, at ?? story.Service.Clock.GetUtcNow(), asOf), (read.AccountId, read.At, read.AsOf));
            var balance = read.Balance;
            Assert.Equal(balance.Total.Amount, balance.Fees.Amount + balance.Interest.Amount + balance.Principal.Amount);
            return (balance.Total.Amount, balance.Fees.Amount, balance.Interest.Amount, balance.Principal.Amount, read.Entries);
        }
    }

    [Fact]
    public async Task To_others_the_account_does_not_exist_and_to_the_agency_not_after_the_end()
    {
        await using var story = await Story.AtCasesAsync();
        var account = story.Case.Account.Id;

        await story.HidesAsync("account.not_found", account, id => story.Summit.Accounts.GetBalanceAsync(id));
        await story.HidesAsync("account.not_found", account, id => story.Lantern.Accounts.GetBalanceAsync(id));
        await story.RecallAsync();
        await story.HidesAsync("account.not_found", account, id => story.Swift.Accounts.GetBalanceAsync(id));
        Assert.Equal(105_500, (await story.Harbour.Accounts.GetBalanceAsync(account)).Balance.Total.Amount);
    }

    [Fact]
    public async Task Every_entry_names_what_is_behind_it()
    {
        await using var story = await Story.AtCasesAsync();
        var repayment = await story.PayAsync(100);
        await story.ReverseAsync(repayment);
        var payment = await story.PaidDirectlyAsync(200, "B-1");
        var refresh = await story.RefreshAsync(story.Figures(90_000, 0, 0), story.Today.AddDays(1));

        var entries = await story.LedgerAsync();

        Assert.All(entries, entry => Assert.Equal(entry.Kind.Value switch
        {
            "opening" => (LedgerCause.Import, story.Import.Id),
            "adjustment" => (LedgerCause.Import, refresh.Id),
            "reversal" => (LedgerCause.Repayment, repayment.Id),
            _ when entry.CauseKind == LedgerCause.DirectPayment => (LedgerCause.DirectPayment, payment.Id),
            _ => (LedgerCause.Repayment, repayment.Id),
        }, (entry.CauseKind, entry.CauseId)));
        Assert.Equal(5, entries.Select(entry => (entry.Kind, entry.CauseKind)).Distinct().Count());
    }
}
