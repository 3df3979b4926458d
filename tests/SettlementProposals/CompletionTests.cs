using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.SettlementProposals;

public sealed class CompletionTests
{
    [Fact]
    public async Task Money_by_the_date_completes_it_waives_the_rest_and_closes_the_case()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(50_000);
        await story.ApproveAsync(proposal);

        await story.PayAsync(49_999);
        Assert.Equal(SettlementProposalState.Approved, (await story.Swift.SettlementProposals.GetAsync(proposal.Id)).State);
        Assert.Equal(AccountState.Placed, (await story.AccountAsync()).State);
        await story.PayAsync(1);

        await AssertSettledAsync(story, proposal, waived: 55_500);
    }

    [Fact]
    public async Task The_waiver_clears_each_bucket_that_is_left()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(300);
        await story.ApproveAsync(proposal);

        await story.PayAsync(300);

        await AssertSettledAsync(story, proposal, waived: 105_200);
        var waiver = (await story.LedgerAsync()).Where(entry => entry.Kind == LedgerKind.Waiver).ToList();
        Assert.Equal((-200L, -5_000L, -100_000L), waiver.Sum());
        Assert.All(waiver, entry => Assert.Equal(proposal.Id, entry.CauseId));
    }

    [Fact]
    public async Task Money_paid_after_the_date_does_not_complete_it()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(50_000, story.Today.AddDays(3));
        await story.ApproveAsync(proposal);
        story.Service.Clock.Advance(TimeSpan.FromDays(5));

        await story.PayAsync(60_000);

        Assert.Equal(SettlementProposalState.Expired, (await story.Swift.SettlementProposals.GetAsync(proposal.Id)).State);
        Assert.Equal((0L, 0L, 45_500L), await story.OwedAsync());
        Assert.Equal(AccountState.Placed, (await story.AccountAsync()).State);
        Assert.DoesNotContain(await story.LedgerAsync(), entry => entry.Kind == LedgerKind.Waiver);
    }

    [Fact]
    public async Task Money_paid_by_the_date_counts_though_it_is_confirmed_later()
    {
        await using var story = await Story.AtCasesAsync();
        var payBy = story.Today.AddDays(3);
        var proposal = await story.ProposeAsync(50_000, payBy);
        await story.ApproveAsync(proposal);
        story.Service.Clock.Advance(TimeSpan.FromDays(4));

        await story.PayAsync(50_000, payBy);

        await AssertSettledAsync(story, proposal, waived: 55_500);
    }

    [Fact]
    public async Task Approval_after_the_money_completes_it_too()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(50_000);
        await story.PayAsync(50_000);
        Assert.Equal(AccountState.Placed, (await story.AccountAsync()).State);

        Assert.Equal(SettlementProposalState.Completed, (await story.ApproveAsync(proposal)).State);

        await AssertSettledAsync(story, proposal, waived: 55_500);
    }

    [Fact]
    public async Task Rejection_after_the_money_waives_nothing()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(50_000);
        await story.PayAsync(50_000);

        await story.Harbour.SettlementProposals.RejectAsync(proposal.Id, Deeds.Because);

        Assert.Equal((0L, 0L, 55_500L), await story.OwedAsync());
        Assert.Equal(AccountState.Placed, (await story.AccountAsync()).State);
    }

    [Fact]
    public async Task Money_confirmed_before_the_proposal_is_not_part_of_it()
    {
        await using var story = await Story.AtCasesAsync();
        await story.PayAsync(60_000);
        var proposal = await story.ProposeAsync(30_000);

        Assert.Equal(SettlementProposalState.Approved, (await story.ApproveAsync(proposal)).State);
        Assert.Equal((0L, 0L, 45_500L), await story.OwedAsync());

        await story.PayAsync(30_000);
        await AssertSettledAsync(story, proposal, waived: 15_500);
    }

    [Fact]
    public async Task Reversing_what_was_confirmed_before_the_proposal_takes_nothing_from_it()
    {
        await using var story = await Story.AtCasesAsync();
        var before = await story.PayAsync(60_000);
        var proposal = await story.ProposeAsync(30_000);
        await story.ApproveAsync(proposal);
        await story.ReverseAsync(before);

        await story.PayAsync(30_000);

        await AssertSettledAsync(story, proposal, waived: 75_500);
    }

    [Fact]
    public async Task Money_that_went_back_does_not_count()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(50_000);
        var bounced = await story.PayAsync(40_000);
        await story.ApproveAsync(proposal);
        await story.ReverseAsync(bounced);

        await story.PayAsync(49_999);

        Assert.Equal(SettlementProposalState.Approved, (await story.Swift.SettlementProposals.GetAsync(proposal.Id)).State);
        Assert.Equal(AccountState.Placed, (await story.AccountAsync()).State);
    }

    [Fact]
    public async Task Money_that_completed_it_and_went_back_undoes_it_all()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(50_000);
        await story.ApproveAsync(proposal);
        await story.PayAsync(10_000);
        var paid = await story.PayAsync(40_000);
        await AssertSettledAsync(story, proposal, waived: 55_500);

        await story.ReverseAsync(paid);

        var read = await story.Swift.SettlementProposals.GetAsync(proposal.Id);
        Assert.Equal((SettlementProposalState.Approved, (DateTimeOffset?)null), (read.State, read.CompletedAt));
        Assert.Equal((0L, 0L, 95_500L), await story.OwedAsync());
        Assert.Equal((0L, 0L, 95_500L), (await story.LedgerAsync()).Sum());
        Assert.Equal((AccountState.Eligible, (Resolution?)null), ((await story.AccountAsync()).State, (await story.AccountAsync()).Resolution));
    }

    [Fact]
    public async Task Money_accepted_beyond_a_settlement_is_used_up_when_what_completed_it_goes_back()
    {
        await using var story = await Story.AtCasesAsync();
        var report = await story.ReportAsync(7_000);
        await story.ApproveAsync(await story.ProposeAsync(50_000));
        var paid = await story.PayAsync(50_000);
        await story.ConfirmAsync(report, acceptOverpayment: true);

        await story.ReverseAsync(paid);

        Assert.Equal((0L, 0L, 98_500L), await story.OwedAsync());
    }

    [Fact]
    public async Task A_concession_binds_the_bank_after_recall()
    {
        await using var story = await Story.AtCasesAsync();
        var lantern = await story.Harbour.MandateAsync("lantern");
        var proposal = await story.ProposeAsync(50_000);
        await story.ApproveAsync(proposal);
        await story.RecallAsync();
        var next = Assert.Single(await story.HandToAsync(story.Lantern, lantern));

        var paid = await story.Lantern.Repayments.CreateAsync(next.Id, new NewRepayment { Amount = Story.Cny(50_000), PaidOn = story.Today });
        await story.ConfirmAsync(paid);

        Assert.Equal(SettlementProposalState.Completed, (await story.Swift.SettlementProposals.GetAsync(proposal.Id)).State);
        Assert.Equal((Resolution?)Resolution.SettledInFull, (await story.AccountAsync()).Resolution);
        Assert.Equal(CaseState.Closed, (await story.Harbour.Cases.GetAsync(next.Id)).State);
    }

    private static async Task AssertSettledAsync(Story story, SettlementProposal proposal, long waived)
    {
        var read = await story.Swift.SettlementProposals.GetAsync(proposal.Id);
        Assert.Equal((SettlementProposalState.Completed, (DateTimeOffset?)story.Service.Clock.GetUtcNow()), (read.State, read.CompletedAt));
        var account = await story.AccountAsync();
        Assert.Equal((0L, AccountState.Resolved, (Resolution?)Resolution.SettledInFull), (account.Balance.Total.Amount, account.State, account.Resolution));
        var ledger = await story.LedgerAsync();
        Assert.Equal((0L, 0L, 0L), ledger.Sum());
        Assert.Equal(-waived, ledger.Where(entry => entry.Kind == LedgerKind.Waiver).Sum(entry => entry.Amount.Amount));
        var closed = await story.Harbour.Cases.GetAsync(story.Case.Id);
        Assert.Equal((CaseState.Closed, "settled_in_full"), (closed.State, closed.EndReason));
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.Cases.GetAsync(id));
    }
}
