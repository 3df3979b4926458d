using System.Text;
using Agency.Sdk;

namespace Agency.Host.Demo;

/// <summary>What the example banks and agencies did to each other, through the SDK like anybody.</summary>
internal sealed class DemoWork(DemoClients clients, DemoJournal journal)
{
    private readonly Dictionary<string, Guid> teams = new(StringComparer.Ordinal);

    private DateOnly Today => DateOnly.FromDateTime(journal.Begun.UtcDateTime);

    // Where the example debtors live; in the evening of UTC the next day already.
    private DateOnly DebtorsDay => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeBySystemTimeZoneId(journal.Begun, "Asia/Shanghai").DateTime);

    public async Task RunAsync(CancellationToken cancellation)
    {
        await TeamAsync("swift", "一组", cancellation);
        await TeamAsync("lantern", "诉讼组", cancellation);
        await HarbourAsync(cancellation);
        await SummitAsync(cancellation);
    }

    // Harbour: 300 accounts, 140 with swift and 100 with lantern, the rest not assigned; swift's are worked in every way.
    private async Task HarbourAsync(CancellationToken cancellation)
    {
        var swift = await MandateAsync("harbour", "swift", cancellation);
        var lantern = await MandateAsync("harbour", "lantern", cancellation);
        var first = await PortfolioAsync("harbour", "2026 年一季度资产包", 1, 140, cancellation);
        var second = await PortfolioAsync("harbour", "2026 年二季度资产包", 141, 240, cancellation);
        await PortfolioAsync("harbour", "2026 年三季度资产包", 241, 300, cancellation);

        var cases = await AssignAsync("harbour", "swift", swift, first, cancellation);
        for (var i = 0; i < Math.Min(60, cases.Count); i++)
        {
            await WorkAsync("harbour", "swift", cases[i], i, cancellation);
        }

        await AssignAsync("harbour", "lantern", lantern, second, cancellation);
    }

    // Summit: 200 accounts, 120 with swift, 80 offered to lantern, which has not answered.
    private async Task SummitAsync(CancellationToken cancellation)
    {
        var swift = await MandateAsync("summit", "swift", cancellation);
        var lantern = await MandateAsync("summit", "lantern", cancellation);
        var first = await PortfolioAsync("summit", "Cards, first quarter", 1, 120, cancellation);
        var second = await PortfolioAsync("summit", "Loans, first quarter", 121, 200, cancellation);
        var cases = await AssignAsync("summit", "swift", swift, first, cancellation);
        for (var i = 0; i < Math.Min(20, cases.Count); i++)
        {
            await WorkAsync("summit", "swift", cases[i], i, cancellation);
        }

        await SubmitAsync("summit", lantern, second, cancellation);
    }

    private async Task WorkAsync(string bank, string agency, Case @case, int i, CancellationToken cancellation)
    {
        await ContactAsync(agency, @case, i, cancellation);
        var owed = @case.Account.Balance.Total;
        switch (i % 10)
        {
            case 1:
                await ReportAsync(agency, @case, owed.Amount / 4, cancellation);
                break;
            case 2:
                await ConfirmAsync(bank, await ReportAsync(agency, @case, owed.Amount / 3, cancellation), cancellation);
                break;
            case 3:
                await ConfirmAsync(bank, await ReportAsync(agency, @case, owed.Amount, cancellation), cancellation);
                break;
            case 4:
                var unknown = await ReportAsync(agency, @case, 10_000, cancellation);
                await journal.OnceAsync(key => new RepaymentsClient(clients[bank]).RejectAsync(unknown.Id, new RejectionReason { Reason = "没有收到该笔款项" }, key, cancellation));
                break;
            case 5:
                await ProposeAsync(agency, @case, owed.Amount / 2, cancellation);
                break;
            case 6:
                var settled = await ProposeAsync(agency, @case, owed.Amount * 6 / 10, cancellation);
                await ApproveAsync(bank, settled, cancellation);
                await ConfirmAsync(bank, await ReportAsync(agency, @case, settled.Amount.Amount, cancellation), cancellation);
                break;
            case 7:
                var low = await ProposeAsync(agency, @case, owed.Amount / 5, cancellation);
                await journal.OnceAsync(key => new SettlementProposalsClient(clients[bank]).RejectAsync(low.Id, new RejectionReason { Reason = "减免比例过高" }, key, cancellation));
                break;
            case 8:
                await journal.OnceAsync(key => new CasesClient(clients[bank]).RecallAsync(@case.Id, new CaseRecall { Reason = RecallReason.Complaint }, key, cancellation));
                break;
            case 9:
                await ApproveAsync(bank, await ProposeAsync(agency, @case, owed.Amount * 7 / 10, cancellation), cancellation);
                break;
        }
    }

    // The agency's collector and supervisor; the cases of every assignment are split over its collectors.
    private async Task TeamAsync(string agency, string name, CancellationToken cancellation)
    {
        var client = new TeamsClient(clients[agency]);
        var people = await journal.OnceAsync(_ => new PeopleClient(clients[agency]).ListOwnAsync(1000, null, cancellation));
        var team = await journal.OnceAsync(key => client.CreateAsync(new NewTeam { Name = name }, key, cancellation));
        await journal.OnceAsync(_ => client.ReplaceMembersAsync(
            team.Id, "*", new TeamMembers { PersonIds = [.. people.Items.Where(person => person.Role is "collector" or "supervisor").Select(person => person.Id)] }, cancellationToken: cancellation));
        teams[agency] = team.Id;
    }

    private async Task<Agreement> MandateAsync(string bank, string agency, CancellationToken cancellation)
    {
        var agencies = await journal.OnceAsync(_ => new AgenciesClient(clients[bank]).ListAsync(1000, null, cancellation));
        return await journal.OnceAsync(key => new AgreementsClient(clients[bank]).CreateAsync(
            new NewAgreement { AgencyId = agencies.Items.Single(a => a.Code == agency).Id, Title = "委托催收协议", ValidFrom = Today.AddYears(-1) }, key, cancellation));
    }

    private async Task<Portfolio> PortfolioAsync(string bank, string name, int from, int to, CancellationToken cancellation)
    {
        var portfolio = await journal.OnceAsync(key => new PortfoliosClient(clients[bank]).CreateAsync(new NewPortfolio { Name = name, Currency = "CNY" }, key, cancellation));
        var imports = new ImportsClient(clients[bank]);
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(DemoFile.Csv(bank, from, to, Today)));
        var import = await journal.OnceAsync(key => imports.CreateAsync(portfolio.Id, new FileParameter(file, null, "text/csv"), Today, key, cancellation));
        while (import.State is ImportState.Queued or ImportState.Running)
        {
            await Task.Delay(50, cancellation);
            import = await imports.GetAsync(import.Id, cancellation);
        }

        return import.RowsRejected == 0 && import.State == ImportState.Completed
            ? portfolio
            : throw new InvalidOperationException($"The example accounts were not loaded: {import.FailureCode ?? $"{import.RowsRejected} rows were rejected"}.");
    }

    private Task<Assignment> SubmitAsync(string bank, Agreement agreement, Portfolio portfolio, CancellationToken cancellation) =>
        journal.OnceAsync(key => new AssignmentsClient(clients[bank]).CreateAsync(
            new NewAssignment { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = Today, TermEnd = Today.AddMonths(6) }, key, cancellation));

    private async Task<IReadOnlyList<Case>> AssignAsync(string bank, string agency, Agreement agreement, Portfolio portfolio, CancellationToken cancellation)
    {
        var assignment = await SubmitAsync(bank, agreement, portfolio, cancellation);
        await journal.OnceAsync(key => new AssignmentsClient(clients[agency]).AcknowledgeAsync(assignment.Id, key, cancellation));
        await journal.OnceAsync(key => new CasesClient(clients[agency]).DistributeAsync(new CaseDistribution { AssignmentId = assignment.Id, TeamId = teams[agency] }, key, cancellation));
        return (await journal.OnceAsync(_ => new CasesClient(clients[bank]).ListAsync(1000, null, assignment.Id, cancellationToken: cancellation))).Items;
    }

    private Task ContactAsync(string agency, Case @case, int i, CancellationToken cancellation)
    {
        var outcome = (Outcome[])[Outcome.No_answer, Outcome.Promise, Outcome.Paid_claimed, Outcome.Hardship, Outcome.Callback, Outcome.Plan_requested] is var outcomes
            ? outcomes[i % outcomes.Length]
            : default;
        return journal.OnceAsync(key => new ContactRecordsClient(clients[agency]).CreateAsync(@case.Id, new NewContactRecord
        {
            Channel = Channel.Call,
            Direction = Direction.Outbound,
            Party = Party.Debtor,
            Outcome = outcome,
            OccurredAt = @case.OpenedAt,
            DurationSeconds = outcome == Outcome.No_answer ? null : 40 + i,
            Note = outcome == Outcome.No_answer ? null : "示例催记：已沟通还款安排。",
        }, key, cancellation));
    }

    private Task<Repayment> ReportAsync(string agency, Case @case, long amount, CancellationToken cancellation) =>
        journal.OnceAsync(key => new RepaymentsClient(clients[agency]).CreateAsync(@case.Id, new NewRepayment { Amount = Money(@case, amount), PaidOn = DebtorsDay }, key, cancellation));

    private Task ConfirmAsync(string bank, Repayment repayment, CancellationToken cancellation) =>
        journal.OnceAsync(key => new RepaymentsClient(clients[bank]).ConfirmAsync(repayment.Id, new RepaymentConfirmation(), key, cancellation));

    private Task<SettlementProposal> ProposeAsync(string agency, Case @case, long amount, CancellationToken cancellation) =>
        journal.OnceAsync(key => new SettlementProposalsClient(clients[agency]).CreateAsync(@case.Id, new NewSettlementProposal
        {
            Kind = SettlementKind.Lump_sum,
            Amount = Money(@case, amount),
            PayBy = Today.AddMonths(1),
            Reason = "示例申请：收入下降，可一次性还款。",
        }, key, cancellation));

    private Task ApproveAsync(string bank, SettlementProposal proposal, CancellationToken cancellation) =>
        journal.OnceAsync(key => new SettlementProposalsClient(clients[bank]).ApproveAsync(proposal.Id, new SettlementProposalApproval(), key, cancellation));

    private static Money Money(Case @case, long amount) => new() { Amount = amount, Currency = @case.Account.Balance.Total.Currency };
}
