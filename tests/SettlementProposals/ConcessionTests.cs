using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.SettlementProposals;

/// <summary>A concession binds the bank after a recall too, so it must not give a second one without knowing.</summary>
public sealed class ConcessionTests
{
    private static readonly NewSettlementProposal Half =
        new() { Kind = SettlementKind.Lump_sum, Amount = Story.Cny(50_000), PayBy = new DateOnly(2026, 3, 31), Reason = "Lost the job." };

    [Fact]
    public async Task The_next_agency_s_proposal_is_not_approved_beside_one_that_stands()
    {
        await using var story = await Story.AtCasesAsync();
        var first = await story.Swift.SettlementProposals.CreateAsync(story.Case.Id, Half);
        await story.Harbour.SettlementProposals.ApproveAsync(first.Id, new SettlementProposalApproval());
        await story.Harbour.Cases.RecallAsync(story.Case.Id, new CaseRecall { Reason = RecallReason.Breach });

        var mandate = await story.Harbour.MandateAsync("lantern");
        var assignment = await story.Harbour.Assignments.CreateAsync(
            new NewAssignment { AgreementId = mandate.Id, PortfolioId = story.Portfolio.Id, TermStart = story.Today, TermEnd = story.Today.AddMonths(3) });
        await story.Lantern.Assignments.AcknowledgeAsync(assignment.Id);
        var @case = Assert.Single(await story.Lantern.AllCasesAsync());
        var second = await story.Lantern.SettlementProposals.CreateAsync(@case.Id, Half);

        var refusal = await Assert.ThrowsAsync<AgencyException<ProblemBody>>(() =>
            story.Harbour.SettlementProposals.ApproveAsync(second.Id, new SettlementProposalApproval()));
        Assert.Equal((409, "settlement_proposal.pending"), (refusal.StatusCode, refusal.Result.Code));
        Assert.Equal(SettlementProposalState.Submitted, (await story.Lantern.SettlementProposals.GetAsync(second.Id)).State);
    }

    [Fact]
    public async Task A_debtor_s_last_day_to_pay_is_over_when_it_is_over_everywhere()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.Swift.SettlementProposals.CreateAsync(story.Case.Id, Half);
        var end = new DateTimeOffset(Half.PayBy.AddDays(1).ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero);

        story.Service.Clock.SetUtcNow(end.AddMilliseconds(-1));
        Assert.Equal(SettlementProposalState.Submitted, (await story.Harbour.SettlementProposals.GetAsync(proposal.Id)).State);
        story.Service.Clock.SetUtcNow(end);
        Assert.Equal(SettlementProposalState.Expired, (await story.Harbour.SettlementProposals.GetAsync(proposal.Id)).State);
    }
}
