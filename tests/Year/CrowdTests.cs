using Agency.Api.Webhooks;
using Agency.Sdk;
using Agency.Tests.Support;
using Agency.Tests.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.Year;

/// <summary>Eight callers at once on the same accounts: nobody can say who comes first, but the totals must agree.</summary>
public sealed class CrowdTests
{
    private const int Accounts = 24;
    private const int Callers = 8;
    private const int DeedsEach = 110;

    // Happen by other deeds too, or more than once an answer.
    private static readonly string[] ByOthers = ["case.ended"];

    [Fact]
    public async Task Eight_callers_at_once_leave_totals_that_agree()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var story = await Story.AtCasesAsync(Accounts, builder =>
        {
            builder.Configuration["Webhooks:AllowHttp"] = "true";
            builder.Configuration["Webhooks:AllowedNetworks:0"] = "127.0.0.0/8";
            builder.Configuration["Webhooks:Background"] = "false";
        });
        var crowd = new Crowd(story, await story.Harbour.MandateAsync("lantern"));
        crowd.Learn(story.Cases.Values, "swift");
        await story.Harbour.Webhooks.CreateAsync(new Sdk.NewWebhookSubscription { Url = receiver.Url, Types = ["*"] });
        var before = await EventsAsync(story);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => crowd.PlayAsync(DeedsEach, new Random(caller))));

        var events = (await EventsAsync(story))[before.Count..];
        foreach (var (happened, count) in crowd.Done.Where(done => !ByOthers.Contains(done.Key, StringComparer.Ordinal)))
        {
            Assert.Equal((happened, count), (happened, events.Count(e => e.Type == happened)));
        }

        Assert.True(crowd.Done.Count >= 24, string.Join(' ', crowd.Done.Keys));
        await story.Service.Services.GetRequiredService<WebhookWorker>().RunAsync(CancellationToken.None);
        Assert.Equal(events.Select(e => e.Id.ToString()).Order(StringComparer.Ordinal), receiver.Messages.Select(message => message.Id).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

        var all = await story.Harbour.AllCasesAsync();
        Assert.Equal(all.Count(c => c.EndedAt is not null), events.Count(e => e.Type == "case.ended"));
        await MoneyAgreesAsync(story, crowd, all);
        await StatesAgreeAsync(story, all);
    }

    private static async Task MoneyAgreesAsync(Story story, Crowd crowd, List<Case> all)
    {
        var repayments = await story.Harbour.Repayments.ListAsync(pageSize: 1000).ToListAsync();
        Assert.Equal(crowd.Repayments.Order(), repayments.Select(repayment => repayment.Id).Order());
        foreach (var account in await story.Harbour.AllAccountsAsync())
        {
            var ledger = await story.LedgerAsync(account.Id);
            var balance = account.Balance;
            Assert.Equal((balance.Fees.Amount, balance.Interest.Amount, balance.Principal.Amount), ledger.Sum());
            var taken = ledger.Where(entry => entry.Kind.Value is "repayment" or "reversal").Sum(entry => -entry.Amount.Amount);
            var opening = ledger.Where(entry => entry.Kind == LedgerKind.Opening).Sum(entry => entry.Amount.Amount);
            var confirmed = repayments.Where(r => r.AccountId == account.Id && r.State == RepaymentState.Confirmed).Sum(r => r.Amount.Amount);
            // What settlements forgave is not there for money to take.
            var forgiven = ledger.Where(entry => entry.Kind == LedgerKind.Waiver).Sum(entry => -entry.Amount.Amount);
            Assert.Equal(Math.Min(opening - forgiven, confirmed), taken);
            Assert.True(balance.Total.Amount >= 0);
            Assert.True(all.Count(c => c.Account.Id == account.Id && c.EndedAt is null) <= 1);
            Assert.Equal(account.State == AccountState.Placed, all.Exists(c => c.Account.Id == account.Id && c.EndedAt is null));
        }
    }

    // One open promise a case, none of one that has ended; and a state is what the last motion that waits makes of it.
    private static async Task StatesAgreeAsync(Story story, List<Case> all)
    {
        var promises = (await story.Harbour.Promises.ListAsync(pageSize: 1000).ToListAsync()).ToLookup(promise => promise.CaseId);
        foreach (var c in all)
        {
            Assert.InRange(promises[c.Id].Count(promise => promise.State == PromiseState.Open), 0, c.EndedAt is null ? 1 : 0);
            Assert.Equal(c.State == CaseState.RecallObjected, c.OpenMotion?.Kind == MotionKind.RecallObjection);
            Assert.Equal(c.State == CaseState.ReturnRequested, c.OpenMotion?.Kind == MotionKind.Return);
            Assert.True(c.EndedAt is null || c.OpenMotion is null);
            Assert.Equal(c.Holds.Select(hold => hold.Kind).Distinct().Count(), c.Holds.Count);
        }
    }

    private static async Task<List<PublishedEvent>> EventsAsync(Story story)
    {
        var events = new List<PublishedEvent>();
        var after = "start";
        while (true)
        {
            var page = await story.Harbour.Events.ListPageAsync(limit: 1000, changedAfter: after);
            events.AddRange(page.Items);
            if (page.Items.Count == 0)
            {
                return events;
            }

            after = page.ChangedAfter;
        }
    }
}
