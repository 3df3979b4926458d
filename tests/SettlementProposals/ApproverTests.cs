using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.SettlementProposals;

/// <summary>Separation is by person: above the agreement's limit two approve, and nobody who wrote the counter-offer.</summary>
public sealed class ApproverTests
{
    private static readonly SettlementProposalApproval Yes = new();
    private static readonly NewAgreementTerms TwoAbove = new() { SecondApprovalAbove = Story.Cny(55_000) };

    [Fact]
    public async Task A_large_concession_is_approved_by_two_different_people()
    {
        await using var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(Story.Csv(1), 100, TwoAbove);
        await story.Service.HireAsync("harbour", "second@harbour.example", "approver");
        var (first, second) = (story.Service.As("approver@harbour.example"), story.Service.As("second@harbour.example"));
        var proposal = await story.ProposeAsync(story.LumpSum());

        var once = await story.ActsOnceAsync(key => first.SettlementProposals.ApproveAsync(proposal.Id, Yes, CallOptions.WithKey(key)));

        Assert.Equal((SettlementProposalState.Submitted, true, null), (once.State, once.FirstApprovedAt is not null, once.DecidedAt));
        await story.RefusesAsync(409, "settlement_proposal.took_part", () => first.SettlementProposals.ApproveAsync(proposal.Id, Yes, CallOptions.WithKey("again")));
        await story.RefusesAsync(409, "settlement_proposal.client_is_second", () => story.Harbour.SettlementProposals.ApproveAsync(proposal.Id, Yes, CallOptions.WithKey("again")));
        await story.RefusesAsync(409, "settlement_proposal.has_first_approval", () => story.Harbour.SettlementProposals.CounterAsync(proposal.Id, story.Other(), CallOptions.WithKey("key")));
        Assert.Equal(SettlementProposalState.Approved, (await second.SettlementProposals.ApproveAsync(proposal.Id, Yes)).State);
    }

    [Fact]
    public async Task A_client_may_be_the_first_of_two()
    {
        await using var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(Story.Csv(1), 100, TwoAbove);
        var proposal = await story.ProposeAsync(story.LumpSum());
        await story.ApproveAsync(proposal);

        await story.RefusesAsync(409, "settlement_proposal.client_is_second", () => story.ApproveAsync(proposal));

        Assert.Equal(SettlementProposalState.Approved, (await story.Service.As("approver@harbour.example").SettlementProposals.ApproveAsync(proposal.Id, Yes)).State);
    }

    [Theory]
    [InlineData(50_500, "approved")]
    [InlineData(50_499, "submitted")]
    public async Task The_limit_itself_needs_one(long amount, SettlementProposalState state)
    {
        await using var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(Story.Csv(1), 100, TwoAbove);

        Assert.Equal(state, (await story.ApproveAsync(await story.ProposeAsync(story.LumpSum(amount)))).State);
    }

    [Fact]
    public async Task A_large_concession_in_a_counter_offer_waits_for_two_who_did_not_write_it()
    {
        await using var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(Story.Csv(1), 100, TwoAbove);
        await story.Service.HireAsync("harbour", "second@harbour.example", "approver");
        await story.Service.HireAsync("harbour", "third@harbour.example", "approver");
        var (first, second, third) = (story.Service.As("approver@harbour.example"), story.Service.As("second@harbour.example"), story.Service.As("third@harbour.example"));
        var proposal = await story.ProposeAsync(story.LumpSum(30_000));
        await first.SettlementProposals.CounterAsync(proposal.Id, story.Other(40_000));

        await story.Swift.SettlementProposals.AcceptAsync(proposal.Id, new SettlementReply());

        Assert.Equal(SettlementProposalState.Submitted, (await story.ReadAsync(proposal)).State);
        await story.RefusesAsync(409, "settlement_proposal.has_counter", () => second.SettlementProposals.CounterAsync(proposal.Id, story.Other(), CallOptions.WithKey("key")));
        await story.RefusesAsync(409, "settlement_proposal.took_part", () => first.SettlementProposals.ApproveAsync(proposal.Id, Yes, CallOptions.WithKey("key")));
        await second.SettlementProposals.ApproveAsync(proposal.Id, Yes);
        await story.RefusesAsync(409, "settlement_proposal.took_part", () => first.SettlementProposals.ApproveAsync(proposal.Id, Yes, CallOptions.WithKey("key")));
        Assert.Equal(SettlementProposalState.Approved, (await third.SettlementProposals.ApproveAsync(proposal.Id, Yes)).State);
        Assert.Equal(40_000, (await story.PlanAsync(proposal)).Amount.Amount);
    }

    [Fact]
    public async Task What_an_agency_may_offer_is_the_agreements_to_say()
    {
        await using var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(Story.Csv(1), 100, new()
        {
            LeastAmount = Story.Cny(20_000),
            MaxInstalments = 6,
            DiscountLimits = [new DiscountLimit { Kind = SettlementKind.LumpSum, BasisPoints = 4_000 }, new DiscountLimit { Kind = SettlementKind.FeeWaiver, BasisPoints = 30 }],
        });

        await story.RefusesAsync(422, "settlement_proposal.below_least_amount", () => story.ProposeAsync(story.LumpSum(19_999)));
        await story.RefusesAsync(422, "settlement_proposal.above_discount_limit", () => story.ProposeAsync(story.LumpSum(63_299)));
        await story.RefusesAsync(422, "settlement_proposal.too_many_instalments", () => story.ProposeAsync(story.Instalments(count: 7)));
        await story.RefusesAsync(422, "settlement_proposal.above_discount_limit", () => story.ProposeAsync(story.FeeWaiver(waiver: 317)));
        Assert.Equal(105_500, (await story.ProposeAsync(story.LumpSum(63_300))).Balance.Amount);
    }

    [Fact]
    public async Task A_hundred_callers_approve_once()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(story.LumpSum());

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async n =>
        {
            try
            {
                await story.Harbour.SettlementProposals.ApproveAsync(proposal.Id, Yes, CallOptions.WithKey($"key {n}"));
                return "approved";
            }
            catch (AgencyException refusal)
            {
                return refusal.Code;
            }
        }));

        Assert.Equal(1, answers.Count(answer => answer == "approved"));
        Assert.All(answers.Where(answer => answer != "approved"), answer => Assert.Equal("settlement_proposal.is_approved", answer));
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_repayment_plan"));
    }
}
