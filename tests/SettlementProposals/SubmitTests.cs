using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.SettlementProposals;

public sealed class SubmitTests
{
    [Fact]
    public async Task Both_sides_read_what_was_proposed()
    {
        await using var story = await Story.AtCasesAsync();

        var made = await story.ProposeAsync(105_499, story.Today);

        Assert.Equal((105_499L, story.Today, SettlementProposalState.Submitted, "Lost the job"), (made.Amount.Amount, made.PayBy, made.State, made.Reason));
        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.EquivalentWithExclusions(made, await side.SettlementProposals.GetAsync(made.Id), strict: true, "RawAnswer", "ETag");
            Assert.EquivalentWithExclusions(made, Assert.Single((await side.SettlementProposals.ListPageAsync()).Items), strict: true, "RawAnswer", "ETag");
            Assert.EquivalentWithExclusions(made, Assert.Single((await side.SettlementProposals.ListOfCasePageAsync(story.Case.Id)).Items), strict: true, "RawAnswer", "ETag");
        }
    }

    [Fact]
    public async Task To_others_neither_the_case_nor_the_proposal_exists()
    {
        await using var story = await Story.AtCasesAsync();
        var made = await story.ProposeAsync(50_000);

        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Lantern.SettlementProposals.CreateAsync(id, Proposal(story), CallOptions.WithKey("key")));
        foreach (var other in new[] { story.Summit, story.Lantern })
        {
            await story.HidesAsync("settlement_proposal.not_found", made.Id, id => other.SettlementProposals.GetAsync(id));
            await story.HidesAsync("case.not_found", story.Case.Id, id => other.SettlementProposals.ListOfCasePageAsync(id));
            Assert.Empty((await other.SettlementProposals.ListPageAsync()).Items);
        }
    }

    [Fact]
    public async Task The_same_key_proposes_once()
    {
        await using var story = await Story.AtCasesAsync();

        await story.ActsOnceAsync(key => story.ProposeAsync(50_000, key: key));
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtCasesAsync();

        await story.RefusesAsync(422, "settlement_proposal.no_concession", () => story.ProposeAsync(105_500));
        await story.RefusesAsync(422, "settlement_proposal.no_concession", () => story.ProposeAsync(105_501));
        await story.RefusesAsync(422, "settlement_proposal.pay_by_past", () => story.ProposeAsync(50_000, story.Today.AddDays(-2)));
        await story.RefusesAsync(422, "settlement_proposal.wrong_currency", () => PostAsync(p => p.Amount.Currency = "USD"));
        await story.RefusesAsync(422, "request.invalid", () => PostAsync(p => p.Amount.Amount = 0));
        await story.RefusesAsync(422, "request.invalid", () => PostAsync(p => p.Reason = ""));
        await story.RefusesAsync(422, "request.invalid", () => PostAsync(p => p.Reason = new string('x', 4001)));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Harbour.SettlementProposals.CreateAsync(story.Case.Id, Proposal(story), CallOptions.WithKey("key")));

        Task PostAsync(Action<NewSettlementProposal> spoil)
        {
            var proposal = Proposal(story);
            spoil(proposal);
            return story.Swift.SettlementProposals.CreateAsync(story.Case.Id, proposal, CallOptions.WithKey("key"));
        }
    }

    [Fact]
    public async Task One_proposal_an_account_is_pending_at_a_time()
    {
        await using var story = await Story.AtCasesAsync();
        var first = await story.ProposeAsync(50_000, story.Today.AddDays(2));

        await story.RefusesAsync(409, "settlement_proposal.pending", () => story.ProposeAsync(60_000));
        await story.Harbour.SettlementProposals.RejectAsync(first.Id, Deeds.Because);
        var second = await story.ProposeAsync(60_000, story.Today.AddDays(2));
        await story.ApproveAsync(second);
        await story.RefusesAsync(409, "settlement_proposal.pending", () => story.ProposeAsync(70_000));

        story.Service.Clock.Advance(TimeSpan.FromDays(4));
        Assert.Equal(SettlementProposalState.Expired, (await story.Swift.SettlementProposals.GetAsync(second.Id)).State);
        Assert.Equal(SettlementProposalState.Submitted, (await story.ProposeAsync(70_000)).State);
    }

    [Fact]
    public async Task Ten_proposals_at_once_leave_one_pending()
    {
        await using var story = await Story.AtCasesAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(async n =>
        {
            try
            {
                await story.ProposeAsync(50_000 + n);
                return "submitted";
            }
            catch (AgencyException refusal)
            {
                return refusal.Code;
            }
        }));

        Assert.Single(outcomes, outcome => outcome == "submitted");
        Assert.Equal(9, outcomes.Count(outcome => outcome == "settlement_proposal.pending"));
    }

    private static NewSettlementProposal Proposal(Story story) =>
        new() { Kind = SettlementKind.LumpSum, Amount = Story.Cny(50_000), PayBy = story.Today.AddDays(10), Reason = "Lost the job" };
}
