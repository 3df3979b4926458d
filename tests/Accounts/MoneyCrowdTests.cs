using System.Collections.Concurrent;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Accounts;

/// <summary>A hundred callers at once on one account.</summary>
public sealed class MoneyCrowdTests
{
    [Fact]
    public async Task Nothing_is_negative_nothing_counts_twice_and_nothing_is_lost()
    {
        await using var story = await Story.AtCasesAsync();
        var asOf = story.Today;
        story.Service.Clock.Advance(TimeSpan.FromDays(1));
        List<Repayment> reports = [];
        for (var n = 0; n < 24; n++)
        {
            reports.Add(await story.ReportAsync(5_000 + n));
        }

        var answers = new ConcurrentBag<string>();
        var file = story.Figures(100_000, 5_000, 500);
        List<Func<Task>> deeds =
        [
            .. reports.SelectMany(report => Enumerable.Repeat(() => TryAsync("confirmed", () => story.ConfirmAsync(report)), 2)),
            .. reports.Take(12).Select(report => (Func<Task>)(() => TryAsync("reversed", () => story.ReverseAsync(report)))),
            .. Enumerable.Range(0, 12).SelectMany(n => Enumerable.Repeat(() => TryAsync("booked", () => story.PaidDirectlyAsync(1_000 + n, $"B-{n}")), 2)),
            .. Enumerable.Range(0, 10).Select(n => (Func<Task>)(() => TryAsync("reported", () => story.ReportAsync(1 + n)))),
            .. Enumerable.Range(0, 6).Select(_ => (Func<Task>)(() => TryAsync("refreshed", () => story.RefreshAsync(file, asOf)))),
        ];
        Assert.Equal(100, deeds.Count);

        await Task.WhenAll(deeds.OrderBy(_ => Random.Shared.Next()).Select(deed => Task.Run(deed, TestContext.Current.CancellationToken)));

        // Each was confirmed once at most, and what stands is what is missing from the figures, to the last unit.
        var all = (await story.Harbour.Repayments.ListPageAsync(1000)).Items.ToList();
        var payments = (await story.Harbour.DirectPayments.ListPageAsync(1000)).Items.ToList();
        Assert.Equal(all.Count(r => r.State.Value is "confirmed" or "reversed"), answers.Count(answer => answer == "confirmed"));
        Assert.Equal(payments.Count, answers.Count(answer => answer == "booked"));
        Assert.Equal(payments.Count, payments.Select(payment => payment.BankReference).Distinct(StringComparer.Ordinal).Count());
        var standing = all.Where(r => r.State == RepaymentState.Confirmed).Sum(r => r.Amount.Amount) + payments.Sum(payment => payment.Amount.Amount);
        Assert.Equal(105_500 - standing, (await story.AccountAsync()).Balance.Total.Amount);
        Assert.Equal(await story.OwedAsync(), (await story.LedgerAsync()).Sum());

        // The database refuses a bucket below zero, so that none ever was: every posted balance is checked as it is written.
        Assert.Equal("0", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_account WHERE principal < 0 OR interest < 0 OR fees < 0"));

        async Task TryAsync(string done, Func<Task> deed)
        {
            for (; ; )
            {
                try
                {
                    await deed();
                    answers.Add(done);
                    return;
                }
                catch (AgencyException refusal) when (refusal.StatusCode == 503)
                {
                    // Busy: nothing was done, so it is asked again.
                }
                catch (AgencyException refusal)
                {
                    Assert.Equal(409, refusal.StatusCode);
                    answers.Add(refusal.Code);
                    return;
                }
            }
        }
    }
}
