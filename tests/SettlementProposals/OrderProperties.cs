using System.Globalization;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.SettlementProposals;

/// <summary>
/// Reports, confirmations, a reversal, a refresh and the clock, in random orders that end on the same day: each order leaves the plan,
/// the balance, the account and the hold the same.
/// </summary>
public sealed class OrderProperties
{
    private const int Orders = 24;

    [Theory]
    [InlineData(35_000, "completed", 0, "resolved", "")]
    [InlineData(4_000, "defaulted", 99_000 - 4_000, "placed", "")]
    [InlineData(20_000, "in_force", 99_000 - 20_000, "placed", "plan_active")]
    public async Task Every_order_leaves_the_same(long second, SettlementProposalState state, long balance, AccountState account, string hold)
    {
        await using var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(Csv(100_000), 300);
        var random = new Random(20260302);
        var runs = new List<(Case Case, SettlementProposal Proposal, Queue<Func<Task>> Deeds)>();
        var begun = story.Today;
        foreach (var @case in story.Cases.Values.OrderBy(c => c.Account.AccountNumber, StringComparer.Ordinal))
        {
            // The second half is due a month after the first.
            var proposal = await story.Swift.SettlementProposals.CreateAsync(@case.Id, new NewSettlementProposal
            {
                Kind = SettlementKind.Instalments,
                Amount = Story.Cny(60_000),
                Instalments = 2,
                FirstDueOn = begun.AddDays(5),
                Reason = "A small income",
            });
            await story.ApproveAsync(proposal);
            await story.SignedAsync(proposal.Id);
            await story.Harbour.SettlementProposals.CommenceAsync(proposal.Id);
            runs.Add((@case, proposal, new()));
        }

        story.Service.Clock.Advance(TimeSpan.FromDays(4));
        foreach (var (@case, _, deeds) in runs)
        {
            // Money of the first day is in the figures of that day; the rest is paid later.
            var first = await story.ReportAsync(25_000, begun, @case);
            var later = await story.ReportAsync(second, begun.AddDays(3), @case);
            var bounced = await story.ReportAsync(7_000, begun.AddDays(2), @case);
            Func<Task>[] all =
            [
                () => story.ConfirmAsync(first),
                () => story.ConfirmAsync(later),
                async () =>
                {
                    await story.ConfirmAsync(bounced, acceptOverpayment: true);
                    await story.ReverseAsync(bounced);
                },
                () => RefreshAsync(story, @case.Account.AccountNumber, begun.AddDays(1)),
            ];
            random.Shuffle(all);
            Array.ForEach(all, deeds.Enqueue);
        }

        // The clock comes somewhere in between, and takes the first payment's days of grace with it.
        foreach (var (_, _, deeds) in runs)
        {
            for (var left = random.Next(deeds.Count + 1); left > 0; left--)
            {
                await deeds.Dequeue()();
            }
        }

        await story.PassAsync(15);
        foreach (var (_, _, deeds) in runs)
        {
            while (deeds.TryDequeue(out var deed))
            {
                await deed();
            }
        }

        await story.PassAsync(1);
        foreach (var (@case, proposal, _) in runs)
        {
            var found = await story.AccountAsync(@case.Account.Id);
            var holds = (await story.Harbour.Holds.ListOfAccountPageAsync(@case.Account.Id)).Items.Where(h => h.LiftedAt is null).Select(h => h.Kind.ToString());
            Assert.Equal(
                (state, balance, account, hold, balance),
                ((await story.ReadAsync(proposal)).State, found.Balance.Total.Amount, found.State, string.Join(',', holds), (await story.LedgerAsync(@case.Account.Id)).Sum(entry => entry.Amount.Amount)));
        }
    }

    private static string Csv(long principal) => "account_number,debtor_reference,debtor_name,principal,interest,fees,oldest_due_date\n"
        + string.Concat(Enumerable.Range(1, Orders).Select(n => string.Create(CultureInfo.InvariantCulture, $"O-{n},OD-{n},Example Debtor,{principal},5000,500,2026-01-01\n")));

    // A file that comes when nothing is left to collect changes nothing.
    private static Task RefreshAsync(Story story, string number, DateOnly asOf) => story.Harbour.ImportAsync(
        story.Portfolio.Id,
        string.Create(CultureInfo.InvariantCulture, $"account_number,debtor_reference,debtor_name,principal,interest,fees,oldest_due_date\n{number},OD-{number[2..]},Example Debtor,99000,0,0,2026-01-01\n"),
        asOf,
        ImportMode.Refresh);
}
