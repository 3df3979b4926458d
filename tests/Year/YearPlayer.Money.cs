using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Year;

/// <content>Promises, settlement proposals and money.</content>
internal sealed partial class YearPlayer
{
    private (string, int, Func<Task>)[] OfArrangements =>
    [
        ("promise", 26, PromiseAsync),
        ("cancel promise", 8, CancelPromiseAsync),
        ("propose", 16, ProposeAsync),
        ("approve proposal", 10, () => DecideProposalAsync("approve proposal", approve: true)),
        ("reject proposal", 5, () => DecideProposalAsync("reject proposal", approve: false)),
    ];

    private (string, int, Func<Task>)[] OfMoney =>
    [
        ("report money", 36, ReportMoneyAsync),
        ("confirm money", 26, ConfirmAsync),
        ("reject money", 6, RejectMoneyAsync),
        ("reverse money", 6, ReverseAsync),
    ];

    private Task PromiseAsync() => OnCaseAsync(c => c.IsOpen && !c.Account.Standing.Any(), async c =>
    {
        var (amount, due) = (random.NextInt64(1, 50_000), model.Today.AddDays(Chance(95) ? random.Next(60) : -3));
        var expected = model.Promise(c, amount, due, out var made);
        var promised = await BothAsync("promise", expected, () => SideOf(c).Promises.CreateAsync(c.Id, new NewPromise { Amount = Story.Cny(amount), DueOn = due }));
        made?.Id = promised!.Id;
    });

    private async Task CancelPromiseAsync()
    {
        if (Pick(model.Cases.SelectMany(c => c.Promises), promise => promise.State == "open") is { } promise)
        {
            await BothAsync("cancel promise", model.CancelPromise(promise), () => SideOf(promise.Case).Promises.CancelAsync(promise.Id, new PromiseCancellation()));
        }
    }

    private Task ProposeAsync() => OnCaseAsync(c => c.State == "active" && !c.Account.Standing.Any(), async c =>
    {
        var (amount, payBy) = (random.NextInt64(1, Math.Max(2, c.Account.Total + 100)), model.Today.AddDays(random.Next(-1, 40)));
        var expected = model.Propose(c, amount, payBy, out var made);
        var proposed = await BothAsync("propose", expected, () => SideOf(c).SettlementProposals.CreateAsync(
            c.Id, new NewSettlementProposal { Kind = SettlementKind.LumpSum, Amount = Story.Cny(amount), PayBy = payBy, Reason = "Lost the job" }));
        made?.Id = proposed!.Id;
    });

    private async Task DecideProposalAsync(string kind, bool approve)
    {
        if (Pick(model.Accounts.SelectMany(account => account.Proposals), proposal => proposal.StateOn(model.Today) == "submitted") is { } proposal)
        {
            await BothAsync(kind, model.Decide(proposal, approve), () => approve
                ? world.Story.ApproveAsync(new SettlementProposal { Id = proposal.Id })
                : world.Bank.SettlementProposals.RejectAsync(proposal.Id, Support.Deeds.Because));
        }
    }

    // Often what an approved settlement asks for, now and then more than is owed.
    private Task ReportMoneyAsync() => OnCaseAsync(c => c.TakesReports(model.Now), async c =>
    {
        var settlement = c.Account.Proposals.Find(proposal => proposal.StateOn(model.Today) == "approved");
        var amount = settlement is not null && Chance(60) ? settlement.Amount : random.NextInt64(1, Math.Max(2, c.Account.Total + (c.Account.Total / 10)));
        var paidOn = (c.EndedAt is { } ended && Chance(80) ? DateOnly.FromDateTime(ended.UtcDateTime) : model.Today).AddDays(random.Next(12) switch { 0 => 2, 1 => 1, 2 => -20, 3 => -1, _ => 0 });
        var expected = model.Report(c, amount, paidOn, out var made);
        var reported = await BothAsync("report money", expected, () => SideOf(c).Repayments.CreateAsync(c.Id, new NewRepayment { Amount = Story.Cny(amount), PaidOn = paidOn }));
        made?.Id = reported!.Id;
    });

    private async Task ConfirmAsync()
    {
        if (Pick(Reported, repayment => repayment.State == "reported") is { } repayment)
        {
            var accept = Chance(30);
            await BothAsync(
                "confirm money", model.Confirm(repayment, accept), () => world.Bank.Repayments.ConfirmAsync(repayment.Id, new RepaymentConfirmation { AcceptOverpayment = accept }));
        }
    }

    private async Task RejectMoneyAsync()
    {
        if (Pick(Reported, repayment => repayment.State == "reported") is { } repayment)
        {
            await BothAsync("reject money", model.Reject(repayment), () => world.Bank.Repayments.RejectAsync(repayment.Id, Support.Deeds.Because));
        }
    }

    private async Task ReverseAsync()
    {
        if (Pick(Reported, repayment => repayment.State == "confirmed") is { } repayment)
        {
            await BothAsync("reverse money", model.Reverse(repayment), () => world.Bank.Repayments.ReverseAsync(repayment.Id, Support.Deeds.Because));
        }
    }

    private IEnumerable<RepaymentModel> Reported => model.Accounts.SelectMany(account => account.Repayments);
}
