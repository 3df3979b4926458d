using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.SettlementProposals;

/// <summary>The bank's inbox: proposals that the bank has to answer.</summary>
public sealed class WaitingTests
{
    [Fact]
    public async Task What_waits_is_what_the_bank_has_to_answer()
    {
        await using var story = await Story.AtCasesAsync();
        var waits = await story.ProposeAsync(80_000);
        var (second, third) = (story.Cases["A-2"], story.Cases["A-3"]);
        var countered = await story.Swift.SettlementProposals.CreateAsync(second.Id, story.LumpSum(1_000));
        var rejected = await story.Swift.SettlementProposals.CreateAsync(third.Id, story.LumpSum(1_000));
        await story.Harbour.SettlementProposals.RejectAsync(rejected.Id, new RejectionReason { Reason = "Too little." });
        await story.Harbour.SettlementProposals.CounterAsync(countered.Id, new SettlementCounterOffer { Kind = SettlementKind.LumpSum, Amount = new Money { Amount = 2_000, Currency = "CNY" }, PayBy = story.Today.AddDays(20) });

        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.Equal([waits.Id], (await side.SettlementProposals.ListPageAsync(waiting: true)).Items.Select(item => item.Id));
        }

        await story.Swift.SettlementProposals.DeclineAsync(countered.Id, new SettlementReply());
        Assert.Equal([waits.Id], (await story.Harbour.SettlementProposals.ListPageAsync(waiting: true)).Items.Select(item => item.Id));
        await story.Harbour.SettlementProposals.ApproveAsync(waits.Id, new SettlementProposalApproval());
        Assert.Empty((await story.Harbour.SettlementProposals.ListPageAsync(waiting: true)).Items);
        Assert.Equal(3, (await story.Harbour.SettlementProposals.ListPageAsync()).Items.Count);
    }
}
