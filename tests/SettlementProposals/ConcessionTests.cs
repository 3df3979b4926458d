using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.SettlementProposals;

/// <summary>A concession binds the bank after a recall too, so it must not give a second one without knowing.</summary>
public sealed class ConcessionTests
{
    private static readonly NewSettlementProposal Half =
        new() { Kind = SettlementKind.LumpSum, Amount = Story.Cny(50_000), PayBy = new DateOnly(2026, 3, 31), Reason = "Lost the job." };

    [Fact]
    public async Task The_next_agency_s_proposal_is_not_approved_beside_one_that_stands()
    {
        await using var story = await Story.AtCasesAsync();
        var first = await story.Swift.SettlementProposals.CreateAsync(story.Case.Id, Half);
        await story.RecallAsync();
        var @case = Assert.Single(await story.HandToAsync(story.Lantern, await story.Harbour.MandateAsync("lantern")));
        var second = await story.Lantern.SettlementProposals.CreateAsync(@case.Id, Half);
        await story.ApproveAsync(first);

        await story.RefusesAsync(409, "settlement_proposal.pending", () => story.ApproveAsync(second));

        Assert.Equal(SettlementProposalState.Submitted, (await story.Lantern.SettlementProposals.GetAsync(second.Id)).State);
    }

    [Fact]
    public async Task The_next_agency_sees_the_terms_that_stand_and_not_how_they_came_about()
    {
        await using var story = await Story.AtCasesAsync();
        var first = await story.Swift.SettlementProposals.CreateAsync(story.Case.Id, Half);
        await story.ApproveAsync(first);
        await story.RecallAsync();
        var @case = Assert.Single(await story.HandToAsync(story.Lantern, await story.Harbour.MandateAsync("lantern")));

        await story.RefusesAsync(409, "settlement_proposal.pending", () => story.Lantern.SettlementProposals.CreateAsync(@case.Id, Half));
        await story.HidesAsync("settlement_proposal.not_found", first.Id, id => story.Lantern.SettlementProposals.GetAsync(id));
        var plan = Assert.Single((await story.Lantern.RepaymentPlans.ListOfCasePageAsync(@case.Id)).Items);
        Assert.Equal((first.Id, 50_000L, RepaymentPlanState.Approved), (plan.Id, plan.Amount.Amount, plan.State));
        Assert.EquivalentWithExclusions(plan, await story.Lantern.RepaymentPlans.GetAsync(first.Id), strict: true, "RawAnswer", "ETag");
        Assert.EquivalentWithExclusions(plan, await story.Swift.RepaymentPlans.GetAsync(first.Id), strict: true, "RawAnswer", "ETag");
        await story.HidesAsync("repayment_plan.not_found", first.Id, id => story.Summit.RepaymentPlans.GetAsync(id));
    }

    [Fact]
    public async Task A_debtor_s_last_day_to_pay_is_over_when_it_is_over_everywhere()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.Swift.SettlementProposals.CreateAsync(story.Case.Id, Half);
        var end = new DateTimeOffset(Half.PayBy!.Value.AddDays(1).ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero);

        story.Service.Clock.SetUtcNow(end.AddMilliseconds(-1));
        Assert.Equal(SettlementProposalState.Submitted, (await story.Harbour.SettlementProposals.GetAsync(proposal.Id)).State);
        story.Service.Clock.SetUtcNow(end);
        Assert.Equal(SettlementProposalState.Expired, (await story.Harbour.SettlementProposals.GetAsync(proposal.Id)).State);
    }
}
