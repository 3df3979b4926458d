using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.SettlementProposals;

/// <summary>The bank offers other terms, and the agency answers.</summary>
public sealed class CounterTests
{
    private static readonly SettlementReply Why = new() { Reason = "The debtor can't" };

    [Fact]
    public async Task Both_sides_read_the_other_terms()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(story.LumpSum());

        var countered = await story.ActsOnceAsync(key => story.Harbour.SettlementProposals.CounterAsync(proposal.Id, story.Other(), CallOptions.WithKey(key)));

        Assert.Equal((SettlementProposalState.Countered, 50_000L), (countered.State, countered.Amount.Amount));
        Assert.Equal((70_000L, story.Today.AddDays(20), "A little more", null), (countered.Counter!.Amount.Amount, countered.Counter.PayBy, countered.Counter.Reason, countered.Counter.AcceptedAt));
        Assert.EquivalentWithExclusions(countered, await story.Swift.SettlementProposals.GetAsync(proposal.Id), strict: true, "RawAnswer", "ETag");
    }

    [Fact]
    public async Task Accepted_terms_are_approved_by_that_and_bind()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.CounteredAsync();

        await story.ActsOnceAsync(key => story.Swift.SettlementProposals.AcceptAsync(proposal.Id, new SettlementReply(), CallOptions.WithKey(key)));

        Assert.Equal(SettlementProposalState.Approved, (await story.ReadAsync(proposal)).State);
        Assert.Equal(70_000, (await story.PlanAsync(proposal)).Amount.Amount);
        await story.PayAsync(50_000);
        Assert.Equal(SettlementProposalState.Approved, (await story.ReadAsync(proposal)).State);
        await story.PayAsync(20_000);
        Assert.Equal(SettlementProposalState.Completed, (await story.ReadAsync(proposal)).State);
        Assert.Equal((Resolution?)Resolution.SettledInFull, (await story.AccountAsync()).Resolution);
    }

    [Fact]
    public async Task Declined_terms_are_off_the_table_and_the_agency_may_propose_again()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.CounteredAsync();

        var declined = await story.ActsOnceAsync(key => story.Swift.SettlementProposals.DeclineAsync(proposal.Id, Why, CallOptions.WithKey(key)));

        Assert.Equal((SettlementProposalState.Declined, Why.Reason), (declined.State, declined.ReplyReason));
        await story.ProposeAsync(story.LumpSum(60_000));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_proposal_is_withdrawn_before_it_is_agreed(bool countered)
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = countered ? await story.CounteredAsync() : await story.ProposeAsync(story.LumpSum());

        var withdrawn = await story.ActsOnceAsync(key => story.Swift.SettlementProposals.WithdrawAsync(proposal.Id, Why, CallOptions.WithKey(key)));

        Assert.Equal((SettlementProposalState.Withdrawn, Why.Reason), (withdrawn.State, withdrawn.ReplyReason));
        await story.ProposeAsync(story.LumpSum(60_000));
    }

    [Theory]
    [InlineData("submitted", "accept decline", "settlement_proposal.is_submitted")]
    [InlineData("countered", "approve reject", "settlement_proposal.is_countered")]
    [InlineData("countered", "counter", "settlement_proposal.has_counter")]
    [InlineData("approved", "counter accept decline withdraw", "settlement_proposal.is_approved")]
    [InlineData("rejected", "counter accept decline withdraw", "settlement_proposal.is_rejected")]
    [InlineData("declined", "approve reject counter accept decline withdraw", "settlement_proposal.is_declined")]
    [InlineData("withdrawn", "approve reject counter accept decline withdraw", "settlement_proposal.is_withdrawn")]
    [InlineData("expired", "approve reject counter accept decline withdraw", "settlement_proposal.is_expired")]
    [InlineData("counter expired", "approve reject counter accept decline withdraw", "settlement_proposal.is_expired")]
    public async Task What_its_state_does_not_allow_is_refused_and_leaves_no_trace(string state, string deeds, string code)
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await InStateAsync(story, state);

        foreach (var deed in deeds.Split(' '))
        {
            await story.RefusesAsync(409, code, () => DoAsync(story, deed, proposal.Id));
        }
    }

    [Fact]
    public async Task What_nobody_agreed_to_is_told_to_have_expired_once()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await InStateAsync(story, "counter expired");
        await story.PassAsync(1);

        var told = (await story.Swift.Events.ListPageAsync(1000)).Items.Where(e => e.Subject.Id == proposal.Id).Select(e => e.Type);

        Assert.Equal(["settlement_proposal.submitted", "settlement_proposal.countered", "settlement_proposal.expired"], told);
    }

    [Fact]
    public async Task To_others_it_does_not_exist_and_roles_have_their_part()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(story.LumpSum());

        await story.HidesAsync("settlement_proposal.not_found", proposal.Id, id => story.Summit.SettlementProposals.CounterAsync(id, story.Other(), CallOptions.WithKey("key")));
        await story.HidesAsync("settlement_proposal.not_found", proposal.Id, id => story.Lantern.SettlementProposals.WithdrawAsync(id, Why, CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Service.As("admin@harbour.example").SettlementProposals.CounterAsync(proposal.Id, story.Other(), CallOptions.WithKey("key")));
        await story.Service.As("analyst@harbour.example").SettlementProposals.CounterAsync(proposal.Id, story.Other());
    }

    [Fact]
    public async Task Terms_that_nobody_can_agree_to_are_refused()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(story.LumpSum());

        await story.RefusesAsync(422, "settlement_proposal.no_concession", () => CounterAsync(o => o.Amount = Story.Cny(105_500)));
        await story.RefusesAsync(422, "settlement_proposal.pay_by_past", () => CounterAsync(o => o.PayBy = story.Today.AddDays(-2)));
        await story.RefusesAsync(422, "settlement_proposal.wrong_currency", () => CounterAsync(o => o.Amount.Currency = "USD"));
        await story.RefusesAsync(422, "request.invalid", () => CounterAsync(o => o.Instalments = 3));

        Task CounterAsync(Action<SettlementCounterOffer> spoil)
        {
            var offer = story.Other();
            spoil(offer);
            return story.Harbour.SettlementProposals.CounterAsync(proposal.Id, offer, CallOptions.WithKey("key"));
        }
    }

    private static async Task<SettlementProposal> InStateAsync(Story story, string state)
    {
        var proposal = state is "countered" or "declined" or "counter expired" ? await story.CounteredAsync() : await story.ProposeAsync(story.LumpSum());
        await (state switch
        {
            "approved" => story.ApproveAsync(proposal),
            "rejected" => story.Harbour.SettlementProposals.RejectAsync(proposal.Id, Deeds.Because),
            "declined" => story.Swift.SettlementProposals.DeclineAsync(proposal.Id, Why),
            "withdrawn" => story.Swift.SettlementProposals.WithdrawAsync(proposal.Id, Why),
            "expired" => story.PassAsync(12),
            "counter expired" => story.PassAsync(22),
            _ => Task.CompletedTask,
        });
        return proposal;
    }

    private static Task DoAsync(Story story, string deed, Guid id) => deed switch
    {
        "approve" => story.Harbour.SettlementProposals.ApproveAsync(id, new SettlementProposalApproval(), CallOptions.WithKey("key")),
        "reject" => story.Harbour.SettlementProposals.RejectAsync(id, Deeds.Because, CallOptions.WithKey("key")),
        "counter" => story.Harbour.SettlementProposals.CounterAsync(id, story.Other(), CallOptions.WithKey("key")),
        "accept" => story.Swift.SettlementProposals.AcceptAsync(id, Why, CallOptions.WithKey("key")),
        "decline" => story.Swift.SettlementProposals.DeclineAsync(id, Why, CallOptions.WithKey("key")),
        _ => story.Swift.SettlementProposals.WithdrawAsync(id, Why, CallOptions.WithKey("key")),
    };
}
