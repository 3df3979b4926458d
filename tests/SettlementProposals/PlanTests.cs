using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.SettlementProposals;

/// <summary>Instalments and extensions: signed, performed, in default, reinstated.</summary>
public sealed class PlanTests
{
    [Fact]
    public async Task The_payments_are_due_late_and_paid()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.InForceAsync(story.Instalments(100_000));
        var first = story.Today.AddDays(10);
        await story.PayAsync(40_000);

        var plan = await story.PlanAsync(proposal);

        Assert.Equal((RepaymentPlanState.InForce, 40_000L), (plan.State, plan.Paid.Amount));
        Assert.Equal(
            [(1, first, 33_334L, 33_334L, InstalmentState.Paid), (2, first.AddMonths(1), 33_333L, 6_666L, InstalmentState.Due), (3, first.AddMonths(2), 33_333L, 0L, InstalmentState.Due)],
            plan.Instalments.Select(one => (one.Number, one.DueOn, one.Amount.Amount, one.Paid.Amount, one.State)));
        await story.PassAsync(43);
        Assert.Equal([InstalmentState.Paid, InstalmentState.Late, InstalmentState.Due], (await story.PlanAsync(proposal)).Instalments.Select(one => one.State));
    }

    [Fact]
    public async Task Months_end_where_they_end()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = story.Instalments(count: 4);
        proposal.FirstDueOn = new DateOnly(2026, 8, 31);
        var made = await story.ProposeAsync(proposal);
        await story.ApproveAsync(made);

        Assert.Equal(new DateOnly(2026, 11, 30), made.PayBy);
        Assert.Equal(
            [new DateOnly(2026, 8, 31), new DateOnly(2026, 9, 30), new DateOnly(2026, 10, 31), new DateOnly(2026, 11, 30)], (await story.PlanAsync(made)).Instalments.Select(one => one.DueOn));
    }

    [Fact]
    public async Task While_it_is_performed_collection_stops()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(story.Instalments());
        await story.ApproveAsync(proposal);
        Assert.Equal((SettlementProposalState.Approved, 0), ((await story.ReadAsync(proposal)).State, (await story.HoldsAsync()).Count));

        await story.RefusesAsync(409, "settlement_proposal.not_signed", () => story.Harbour.SettlementProposals.CommenceAsync(proposal.Id, CallOptions.WithKey("key")));
        await story.SignedAsync(proposal.Id);
        var begun = await story.ActsOnceAsync(key => story.Harbour.SettlementProposals.CommenceAsync(proposal.Id, CallOptions.WithKey(key)));

        Assert.Equal((SettlementProposalState.InForce, true), (begun.State, begun.InForceAt is not null));
        Assert.Equal(["plan_active"], await story.HoldsAsync());
        Assert.Equal(RuleAnswer.Deny, (await story.Swift.ContactPermits.CheckAsync(story.Case.Id, new ContactCheck { Channel = Channel.Call })).Answer);
        await story.ReportAsync(100);
    }

    [Fact]
    public async Task All_payments_made_complete_it_waive_the_rest_and_resolve_the_account()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.InForceAsync(story.Instalments());
        await story.PayAsync(30_000);
        await story.PassAsync(30);
        await story.PayAsync(60_000);

        Assert.Equal(SettlementProposalState.Completed, (await story.ReadAsync(proposal)).State);
        var account = await story.AccountAsync();
        Assert.Equal((AccountState.Resolved, (Resolution?)Resolution.PlanCompleted, 0L), (account.State, account.Resolution, account.Balance.Total.Amount));
        Assert.Equal(-15_500, (await story.LedgerAsync()).Where(entry => entry.Kind == LedgerKind.Waiver).Sum(entry => entry.Amount.Amount));
        Assert.Empty(await story.HoldsAsync());
    }

    [Fact]
    public async Task A_payment_missing_after_the_days_of_grace_is_a_default_and_work_goes_on()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.InForceAsync(story.Instalments());
        await story.PayAsync(29_999);
        await story.PassAsync(21);
        Assert.Equal(SettlementProposalState.InForce, (await story.ReadAsync(proposal)).State);

        await story.PassAsync(1);

        Assert.Equal(SettlementProposalState.Defaulted, (await story.ReadAsync(proposal)).State);
        Assert.Empty(await story.HoldsAsync());
        Assert.Equal(75_501, (await story.AccountAsync()).Balance.Total.Amount);
        Assert.Contains((await story.Swift.Events.ListPageAsync(1000)).Items, e => e.Type == "settlement_proposal.defaulted" && e.Subject.Id == proposal.Id);
    }

    [Fact]
    public async Task Money_that_waits_for_the_bank_puts_the_default_off()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.InForceAsync(story.Instalments());
        var report = await story.ReportAsync(30_000);
        await story.PassAsync(25);
        Assert.Equal(SettlementProposalState.InForce, (await story.ReadAsync(proposal)).State);

        await story.Harbour.Repayments.RejectAsync(report.Id, Deeds.Because);
        await story.PassAsync(2);

        Assert.Equal(SettlementProposalState.Defaulted, (await story.ReadAsync(proposal)).State);
    }

    [Fact]
    public async Task Money_paid_in_time_and_confirmed_late_undoes_the_default()
    {
        await using var story = await Story.AtCasesAsync();
        var paidOn = story.Today;
        var proposal = await story.InForceAsync(story.Instalments());
        await story.PassAsync(25);
        Assert.Equal(SettlementProposalState.Defaulted, (await story.ReadAsync(proposal)).State);

        await story.PayAsync(30_000, paidOn);

        Assert.Equal(SettlementProposalState.InForce, (await story.ReadAsync(proposal)).State);
        Assert.Equal(["plan_active"], await story.HoldsAsync());
    }

    [Fact]
    public async Task The_bank_reinstates_it_until_a_day()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.InForceAsync(story.Instalments());
        await story.PassAsync(25);
        var until = story.Today.AddDays(5);
        var again = new PlanReinstatement { Until = until, Reason = "Was in hospital" };
        await story.RefusesAsync(422, "settlement_proposal.until_out_of_range", () => story.Harbour.SettlementProposals.ReinstateAsync(proposal.Id, new() { Until = until.AddDays(-7), Reason = "Late" }, CallOptions.WithKey("key")));

        var reinstated = await story.ActsOnceAsync(key => story.Harbour.SettlementProposals.ReinstateAsync(proposal.Id, again, CallOptions.WithKey(key)));

        Assert.Equal((SettlementProposalState.InForce, (DateOnly?)until), (reinstated.State, (await story.PlanAsync(proposal)).ReinstatedUntil));
        await story.RefusesAsync(409, "settlement_proposal.is_in_force", () => story.Harbour.SettlementProposals.ReinstateAsync(proposal.Id, again, CallOptions.WithKey("key")));
        await story.PassAsync(6);
        Assert.Equal(SettlementProposalState.InForce, (await story.ReadAsync(proposal)).State);
        await story.PassAsync(1);
        Assert.Equal(SettlementProposalState.Defaulted, (await story.ReadAsync(proposal)).State);
    }

    [Fact]
    public async Task Only_a_plan_that_was_approved_comes_into_force()
    {
        await using var story = await Story.AtCasesAsync();
        var lump = await story.ProposeAsync(story.LumpSum());
        await story.RefusesAsync(409, "settlement_proposal.is_submitted", () => story.Harbour.SettlementProposals.CommenceAsync(lump.Id, CallOptions.WithKey("key")));
        await story.ApproveAsync(lump);

        await story.RefusesAsync(409, "settlement_proposal.not_plan", () => story.Harbour.SettlementProposals.CommenceAsync(lump.Id, CallOptions.WithKey("key")));
        await story.HidesAsync("settlement_proposal.not_found", lump.Id, id => story.Summit.SettlementProposals.CommenceAsync(id, CallOptions.WithKey("key")));
        await story.RefusesAsync(409, "settlement_proposal.is_approved", () => story.Harbour.SettlementProposals.ReinstateAsync(lump.Id, new() { Until = story.Today, Reason = "Late" }, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task One_that_was_never_signed_expires()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(story.Extension());
        await story.ApproveAsync(proposal);
        await story.PassAsync(22);

        Assert.Equal(SettlementProposalState.Expired, (await story.ReadAsync(proposal)).State);
        Assert.Contains((await story.Swift.Events.ListPageAsync(1000)).Items, e => e.Type == "settlement_proposal.expired" && e.Subject.Id == proposal.Id);
        await story.ProposeAsync(story.LumpSum());
    }

    [Fact]
    public async Task It_binds_after_the_case_has_ended_and_holds_the_next_agency()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.InForceAsync(story.Instalments());
        await story.RecallAsync();

        Assert.Equal(["plan_active"], await story.HoldsAsync());
        Assert.Equal(SettlementProposalState.InForce, (await story.ReadAsync(proposal)).State);
        await story.PaidDirectlyAsync(90_000, "B-1");
        Assert.Equal(SettlementProposalState.Completed, (await story.ReadAsync(proposal)).State);
        Assert.Empty(await story.HoldsAsync());
    }
}
