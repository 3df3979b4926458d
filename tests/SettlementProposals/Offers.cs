using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using DuePlans = Agency.Api.RepaymentPlans.DuePlans;

namespace Agency.Tests.SettlementProposals;

/// <summary>What the tests of settlements offer again and again, on the first account's case: it owes 1,055.00.</summary>
internal static class Offers
{
    public static NewSettlementProposal LumpSum(this Story story, long amount = 50_000) =>
        new() { Kind = SettlementKind.LumpSum, Amount = Story.Cny(amount), PayBy = story.Today.AddDays(10), Reason = "Lost the job" };

    /// <summary>Monthly, the first in ten days.</summary>
    public static NewSettlementProposal Instalments(this Story story, long amount = 90_000, int count = 3) =>
        new() { Kind = SettlementKind.Instalments, Amount = Story.Cny(amount), Instalments = count, FirstDueOn = story.Today.AddDays(10), Reason = "A small income" };

    public static NewSettlementProposal Extension(this Story story, long amount = 105_500) =>
        new() { Kind = SettlementKind.Extension, Amount = Story.Cny(amount), PayBy = story.Today.AddDays(20), Reason = "Is paid at the month's end" };

    public static NewSettlementProposal FeeWaiver(this Story story, long amount = 30_000, long waiver = 400) =>
        new() { Kind = SettlementKind.FeeWaiver, Amount = Story.Cny(amount), Waiver = Story.Cny(waiver), PayBy = story.Today.AddDays(10), Reason = "The fees were not expected" };

    public static Task<SettlementProposal> ProposeAsync(this Story story, NewSettlementProposal proposal, string? key = null) =>
        story.Swift.SettlementProposals.CreateAsync(story.Case.Id, proposal, CallOptions.WithKey(key));

    public static SettlementCounterOffer Other(this Story story, long amount = 70_000) =>
        new() { Kind = SettlementKind.LumpSum, Amount = Story.Cny(amount), PayBy = story.Today.AddDays(20), Reason = "A little more" };

    public static async Task<SettlementProposal> CounteredAsync(this Story story) =>
        await story.Harbour.SettlementProposals.CounterAsync((await story.ProposeAsync(story.LumpSum())).Id, story.Other());

    /// <summary>Approved, and signed by the debtor.</summary>
    public static async Task<SettlementProposal> InForceAsync(this Story story, NewSettlementProposal proposal)
    {
        var made = await story.ProposeAsync(proposal);
        await story.ApproveAsync(made);
        await story.SignedAsync(made.Id);
        return await story.Harbour.SettlementProposals.CommenceAsync(made.Id);
    }

    /// <summary>Some days pass, and the calendar does what it does.</summary>
    public static async Task PassAsync(this Story story, int days)
    {
        story.Service.Clock.Advance(TimeSpan.FromDays(days));
        await story.Service.Services.GetRequiredService<DuePlans>().SweepAsync(CancellationToken.None);
    }

    public static Task<SettlementProposal> ReadAsync(this Story story, SettlementProposal proposal) => story.Harbour.SettlementProposals.GetAsync(proposal.Id);

    public static Task<RepaymentPlan> PlanAsync(this Story story, SettlementProposal proposal) => story.Swift.RepaymentPlans.GetAsync(proposal.Id);

    public static async Task<List<string>> HoldsAsync(this Story story) =>
        [.. (await story.Harbour.Holds.ListOfAccountPageAsync(story.Case.Account.Id)).Items.Where(hold => hold.LiftedAt is null).Select(hold => hold.Kind.ToString())];
}
