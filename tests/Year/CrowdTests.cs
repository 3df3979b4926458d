using System.Collections.Concurrent;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Year;

/// <summary>Eight callers at once on the same accounts: nobody can say who comes first, but the totals must agree.</summary>
public sealed class CrowdTests
{
    private const int Accounts = 24;
    private const int Callers = 8;
    private const int DeedsEach = 120;

    private readonly ConcurrentDictionary<string, int> done = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Guid> reported = [];

    [Fact]
    public async Task Eight_callers_at_once_leave_totals_that_agree()
    {
        await using var story = await Story.AtCasesAsync(Accounts);
        var cases = story.Cases.Values.ToList();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => PlayAsync(story, cases, new Random(caller))));

        var events = await EventsAsync(story);
        foreach (var (deed, count) in done.Where(deed => deed.Key != "case.ended"))
        {
            Assert.Equal((deed, count), (deed, events.Count(type => type == deed)));
        }

        var repayments = (await story.Harbour.Repayments.ListAsync(limit: 1000)).Items;
        Assert.Equal(reported.Order(), repayments.Select(r => r.Id).Order());
        var all = (await story.Harbour.Cases.ListAsync(limit: 1000)).Items;
        Assert.Equal(Accounts, all.Count);

        // Money that paid everything ends a case too, and must not end it twice.
        Assert.Equal(all.Count(c => c.EndedAt is not null), events.Count(type => type == "case.ended"));
        foreach (var account in (await story.Harbour.Accounts.ListAsync(limit: 1000)).Items)
        {
            var ledger = await story.LedgerAsync(account.Id);
            var balance = account.Balance;
            Assert.Equal((balance.Fees.Amount, balance.Interest.Amount, balance.Principal.Amount), ledger.Sum());
            var taken = ledger.Where(entry => entry.Kind is LedgerKind.Repayment or LedgerKind.Reversal).Sum(entry => -entry.Amount.Amount);
            var opening = ledger.Where(entry => entry.Kind == LedgerKind.Opening).Sum(entry => entry.Amount.Amount);
            var confirmed = repayments.Where(r => r.AccountId == account.Id && r.State == RepaymentState.Confirmed).Sum(r => r.Amount.Amount);
            Assert.Equal(Math.Min(opening, confirmed), taken);
            Assert.True(balance.Total.Amount >= 0);
            Assert.True(all.Count(c => c.Account.Id == account.Id && c.EndedAt is null) <= 1);
            Assert.Equal(account.State == AccountState.Placed, all.Any(c => c.Account.Id == account.Id && c.EndedAt is null));
        }
    }

    private async Task PlayAsync(Story story, List<Case> cases, Random random)
    {
        var (harbour, swift) = (new Side(story.Service.For("harbour")), new Side(story.Service.For("swift")));
        for (var i = 0; i < DeedsEach; i++)
        {
            var c = cases[random.Next(cases.Count)];
            switch (random.Next(10))
            {
                case 0 or 1 or 2:
                    await TryAsync("repayment.reported", async () => reported.Add((await swift.Repayments.CreateAsync(c.Id, new NewRepayment { Amount = Story.Cny(random.Next(1, 200_000)), PaidOn = story.Today })).Id));
                    break;
                case 3 or 4 when reported.TryPeek(out var repayment):
                    await TryAsync("repayment.confirmed", () => harbour.Repayments.ConfirmAsync(repayment, new RepaymentConfirmation { AcceptOverpayment = random.Next(2) == 0 }));
                    break;
                case 5 when reported.TryPeek(out var repayment):
                    await TryAsync("repayment.reversed", () => harbour.Repayments.ReverseAsync(repayment, Deeds.Because));
                    break;
                case 6:
                    await TryAsync("contact_record.reported", () => swift.ContactRecords.CreateAsync(c.Id, story.Call()));
                    break;
                case 7:
                    await TryAsync("promise.made", () => swift.Promises.CreateAsync(c.Id, new NewPromise { Amount = Story.Cny(100), DueOn = story.Today }));
                    break;
                case 8:
                    await TryAsync("case.return_requested", () => swift.Cases.RequestReturnAsync(c.Id, new CaseReturn { Code = ReturnCode.Conflict }));
                    break;
                default:
                    await TryAsync("case.ended", () => random.Next(2) == 0 ? harbour.Cases.AcceptReturnAsync(c.Id) : harbour.Cases.RefuseReturnAsync(c.Id, Deeds.Because), answer: (answer) => answer is Case { EndedAt: not null });
                    break;
            }
        }
    }

    // A refusal is an answer too: whoever comes second is told.
    private async Task TryAsync<T>(string deed, Func<Task<T>> call, Func<T, bool>? answer = null)
    {
        try
        {
            var made = await call();
            if (answer is null || answer(made))
            {
                done.AddOrUpdate(deed, 1, (_, count) => count + 1);
            }
        }
        catch (AgencyException<ProblemBody> refusal) when (refusal.StatusCode is 404 or 409)
        {
        }
    }

    private Task TryAsync(string deed, Func<Task> call) => TryAsync(deed, async () =>
    {
        await call();
        return true;
    });

    private static async Task<List<string>> EventsAsync(Story story)
    {
        var types = new List<string>();
        var after = "start";
        while (true)
        {
            var page = await story.Harbour.Events.ListAsync(limit: 1000, changed_after: after);
            types.AddRange(page.Items.Select(e => e.Type));
            if (page.Items.Count == 0)
            {
                return types;
            }

            after = page.ChangedAfter;
        }
    }
}
