using Agency.Sdk;

namespace Agency.Host.Demo;

/// <summary>The mass of the example data: 500 accounts of two banks, most of them with an agency, eighty of them worked in every way.</summary>
internal sealed class DemoWork(DemoDeeds deeds, DemoCalendar calendar)
{
    private const int FirstDay = 100;

    private static readonly Outcome[] Outcomes = [Outcome.NoAnswer, Outcome.Promise, Outcome.PaidClaimed, Outcome.Hardship, Outcome.Callback, Outcome.PlanRequested];

    public void PutInto(DemoSchedule schedule)
    {
        schedule.On(0, cancellation => deeds.TeamAsync("swift", "一组", cancellation));
        schedule.On(0, cancellation => deeds.TeamAsync("lantern", "诉讼组", cancellation));
        Harbour(schedule);
        Summit(schedule);
    }

    // Harbour: 300 accounts, 140 with swift and 100 with lantern, the rest not assigned; sixty of swift's are worked, one a day.
    private void Harbour(DemoSchedule schedule)
    {
        IReadOnlyList<Case> cases = [];
        schedule.On(FirstDay, async cancellation =>
        {
            var agreement = await deeds.MandateAsync("harbour", "swift", cancellation);
            cases = await deeds.AssignAsync("harbour", "swift", agreement, await deeds.PortfolioAsync("harbour", $"{calendar[FirstDay]:yyyy-MM} 资产包", 1, 140, cancellation), cancellation);
        });
        Work(schedule, "harbour", "swift", 60, () => cases);
        schedule.On(DemoCalendar.LastDay - 30, async cancellation =>
        {
            var agreement = await deeds.MandateAsync("harbour", "lantern", cancellation);
            await deeds.AssignAsync("harbour", "lantern", agreement, await deeds.PortfolioAsync("harbour", $"{deeds.Today:yyyy-MM} 诉讼资产包", 141, 240, cancellation), cancellation);
            await deeds.PortfolioAsync("harbour", $"{deeds.Today:yyyy-MM} 待委资产包", 241, 300, cancellation);
        });
    }

    // Summit: 200 accounts, 120 with swift, twenty of them worked; 80 offered to lantern, which has not answered.
    private void Summit(DemoSchedule schedule)
    {
        IReadOnlyList<Case> cases = [];
        schedule.On(FirstDay, async cancellation =>
        {
            var agreement = await deeds.MandateAsync("summit", "swift", cancellation);
            cases = await deeds.AssignAsync("summit", "swift", agreement, await deeds.PortfolioAsync("summit", $"Cards {calendar[FirstDay]:yyyy-MM}", 1, 120, cancellation), cancellation);
        });
        Work(schedule, "summit", "swift", 20, () => cases);
        schedule.On(DemoCalendar.LastDay, async cancellation =>
        {
            var agreement = await deeds.MandateAsync("summit", "lantern", cancellation);
            await deeds.SubmitAsync("summit", agreement, await deeds.PortfolioAsync("summit", $"Loans {deeds.Today:yyyy-MM}", 121, 200, cancellation), cancellation);
        });
    }

    // The last of them on the last day, one a day.
    private void Work(DemoSchedule schedule, string bank, string agency, int count, Func<IReadOnlyList<Case>> cases)
    {
        for (var i = 0; i < count; i++)
        {
            var number = i;
            schedule.On(DemoCalendar.LastDay - count + 1 + i, cancellation => WorkAsync(bank, agency, cases()[number], number, cancellation));
        }
    }

    private async Task WorkAsync(string bank, string agency, Case @case, int i, CancellationToken cancellation)
    {
        var outcome = Outcomes[i % Outcomes.Length];
        await deeds.CallAsync(agency, @case, outcome, outcome == Outcome.NoAnswer ? null : "示例催记：已沟通还款安排。", cancellation);
        var owed = @case.Account.Balance.Total.Amount;
        switch (i % 10)
        {
            case 1:
                await deeds.ReportAsync(agency, @case, owed / 4, cancellation);
                break;
            case 2:
                await deeds.ConfirmAsync(bank, await deeds.ReportAsync(agency, @case, owed / 3, cancellation), cancellation);
                break;
            case 3:
                await deeds.ConfirmAsync(bank, await deeds.ReportAsync(agency, @case, owed, cancellation), cancellation);
                break;
            case 4:
                var unknown = await deeds.ReportAsync(agency, @case, 10_000, cancellation);
                await deeds.DoAsync(bank, (client, key) => client.Repayments.RejectAsync(unknown.Id, new RejectionReason { Reason = "没有收到该笔款项" }, CallOptions.WithKey(key), cancellation));
                break;
            case 5:
                await ProposeAsync(agency, @case, owed / 2, cancellation);
                break;
            case 6:
                var settled = await ProposeAsync(agency, @case, owed * 6 / 10, cancellation);
                await deeds.ApproveAsync(bank, settled, cancellation);
                await deeds.ConfirmAsync(bank, await deeds.ReportAsync(agency, @case, settled.Amount.Amount, cancellation), cancellation);
                break;
            case 7:
                var low = await ProposeAsync(agency, @case, owed / 5, cancellation);
                await deeds.DoAsync(bank, (client, key) => client.SettlementProposals.RejectAsync(low.Id, new RejectionReason { Reason = "减免比例过高" }, CallOptions.WithKey(key), cancellation));
                break;
            case 8:
                await deeds.RecallAsync(bank, @case, RecallReason.Complaint, cancellation);
                break;
            case 9:
                await deeds.ApproveAsync(bank, await ProposeAsync(agency, @case, owed * 7 / 10, cancellation), cancellation);
                break;
        }
    }

    private Task<SettlementProposal> ProposeAsync(string agency, Case @case, long amount, CancellationToken cancellation) =>
        deeds.ProposeAsync(agency, @case, amount, "示例申请：收入下降，可一次性还款。", cancellation);
}
