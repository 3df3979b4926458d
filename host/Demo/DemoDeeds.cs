using System.Text;
using Agency.Sdk;

namespace Agency.Host.Demo;

/// <summary>What the example banks and agencies do, through the SDK like anybody, each deed once however often the host starts.</summary>
internal sealed class DemoDeeds(DemoClients clients, DemoJournal journal, DemoCalendar calendar)
{
    // The longer overdue, the dearer; in the last cycle dearer still for what a month's statement has above 10,000.00.
    private static readonly CommissionRate[] Rates =
    [
        .. new[] { 500, 800, 1_200, 1_600, 2_000, 2_400 }.Select((points, index) => new CommissionRate { Cycle = $"M{index + 1}", BasisPoints = points }),
        new CommissionRate { Cycle = "M7+", BasisPoints = 3_000, Tiers = [new CommissionTier { Above = new Money { Amount = 1_000_000, Currency = "CNY" }, BasisPoints = 3_800 }] },
    ];

    private readonly Dictionary<string, Guid> teams = new(StringComparer.Ordinal);

    /// <summary>Today in the example debtors' time zone, as the schedule stands.</summary>
    public DateOnly Today => calendar.Today;

    /// <summary>Any deed by a tenant's client; it is sent under a key that is its own for ever.</summary>
    public Task<T> DoAsync<T>(string tenant, Func<AgencyClient, string, Task<T>> deed) => journal.OnceAsync(key => deed(clients[tenant], key));

    // The agency's collector and supervisor; the cases of every assignment are split over its collectors.
    public async Task TeamAsync(string agency, string name, CancellationToken cancellation)
    {
        var people = await DoAsync(agency, (client, _) => client.People.ListOwnPageAsync(1000, null, cancellationToken: cancellation));
        var team = await DoAsync(agency, (client, key) => client.Teams.CreateAsync(new NewTeam { Name = name }, CallOptions.WithKey(key), cancellation));
        await DoAsync(agency, (client, _) => client.Teams.ReplaceMembersAsync(
            team.Id, ETag.Any, new TeamMembers { PersonIds = [.. people.Items.Where(person => person.Role is "collector" or "supervisor").Select(person => person.Id)] }, cancellationToken: cancellation));
        teams[agency] = team.Id;
    }

    public async Task<Agreement> MandateAsync(string bank, string agency, CancellationToken cancellation)
    {
        var agencies = await DoAsync(bank, (client, _) => client.Agencies.ListPageAsync(1000, null, cancellationToken: cancellation));
        return await DoAsync(bank, (client, key) => client.Agreements.CreateAsync(
            new NewAgreement
            {
                AgencyId = agencies.Items.Single(a => a.Code == agency).Id,
                Title = "委托催收协议",
                ValidFrom = Today.AddYears(-1),
                Terms = new NewAgreementTerms { CommissionRates = Rates },
            },
            CallOptions.WithKey(key),
            cancellation));
    }

    public async Task<Portfolio> PortfolioAsync(string bank, string name, int from, int to, CancellationToken cancellation)
    {
        var portfolio = await DoAsync(bank, (client, key) => client.Portfolios.CreateAsync(new NewPortfolio { Name = name, Currency = "CNY" }, CallOptions.WithKey(key), cancellation));
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(DemoFile.Csv(bank, from, to, Today)));
        var import = await DoAsync(bank, (client, key) => client.Portfolios.ImportAsync(portfolio.Id, file, import: new ImportOptions { AsOf = Today }, options: CallOptions.WithKey(key), cancellationToken: cancellation));
        return import.RowsRejected == 0 && import.State == ImportState.Completed
            ? portfolio
            : throw new InvalidOperationException($"The example accounts were not loaded: {import.FailureCode ?? $"{import.RowsRejected} rows were rejected"}.");
    }

    public Task<Assignment> SubmitAsync(string bank, Agreement agreement, Portfolio portfolio, CancellationToken cancellation) =>
        DoAsync(bank, (client, key) => client.Assignments.CreateAsync(
            new NewAssignment { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = Today, TermEnd = Today.AddMonths(9) }, CallOptions.WithKey(key), cancellation));

    public async Task<IReadOnlyList<Case>> AssignAsync(string bank, string agency, Agreement agreement, Portfolio portfolio, CancellationToken cancellation)
    {
        var assignment = await SubmitAsync(bank, agreement, portfolio, cancellation);
        await DoAsync(agency, (client, key) => client.Assignments.AcknowledgeAsync(assignment.Id, CallOptions.WithKey(key), cancellation));
        await DoAsync(agency, (client, key) => client.Cases.DistributeAsync(new CaseDistribution { AssignmentId = assignment.Id, TeamId = teams[agency] }, CallOptions.WithKey(key), cancellation));
        return (await DoAsync(bank, (client, _) => client.Cases.ListPageAsync(1000, null, assignment.Id, cancellationToken: cancellation))).Items;
    }

    public async Task<ContactRecord> CallAsync(string agency, Case @case, Outcome outcome, string? note, CancellationToken cancellation)
    {
        // A step of its own: the call may have to be sent again, and under its key it must then be the very same.
        var occurredAt = await journal.OnceAsync(_ => Task.FromResult(calendar.Now));
        return await DoAsync(agency, (client, key) => client.ContactRecords.CreateAsync(@case.Id, new NewContactRecord
        {
            Channel = Channel.Call,
            Direction = Direction.Outbound,
            Party = Party.Debtor,
            Outcome = outcome,
            OccurredAt = occurredAt,
            DurationSeconds = note is null ? null : 40 + (8 * note.Length),
            Note = note,
        }, CallOptions.WithKey(key), cancellation));
    }

    public Task<Promise> PromiseAsync(string agency, Case @case, long amount, int inDays, CancellationToken cancellation) =>
        DoAsync(agency, (client, key) => client.Promises.CreateAsync(@case.Id, new NewPromise { Amount = Money(@case, amount), DueOn = Today.AddDays(inDays) }, CallOptions.WithKey(key), cancellation));

    public Task<Repayment> ReportAsync(string agency, Case @case, long amount, CancellationToken cancellation) =>
        DoAsync(agency, (client, key) => client.Repayments.CreateAsync(@case.Id, new NewRepayment { Amount = Money(@case, amount), PaidOn = Today }, CallOptions.WithKey(key), cancellation));

    public Task<Repayment> ConfirmAsync(string bank, Repayment repayment, CancellationToken cancellation) =>
        DoAsync(bank, (client, key) => client.Repayments.ConfirmAsync(repayment.Id, new RepaymentConfirmation(), CallOptions.WithKey(key), cancellation));

    public Task<SettlementProposal> ProposeAsync(string agency, Case @case, long amount, string reason, CancellationToken cancellation) =>
        DoAsync(agency, (client, key) => client.SettlementProposals.CreateAsync(@case.Id, new NewSettlementProposal
        {
            Kind = SettlementKind.LumpSum,
            Amount = Money(@case, amount),
            PayBy = Today.AddMonths(1),
            Reason = reason,
        }, CallOptions.WithKey(key), cancellation));

    /// <summary>All that is owed, month by month, the first payment due in a month.</summary>
    public Task<SettlementProposal> ProposeInstalmentsAsync(string agency, Case @case, int months, string reason, CancellationToken cancellation) =>
        DoAsync(agency, (client, key) => client.SettlementProposals.CreateAsync(@case.Id, new NewSettlementProposal
        {
            Kind = SettlementKind.Instalments,
            Amount = Money(@case, @case.Account.Balance.Total.Amount),
            Instalments = months,
            FirstDueOn = Today.AddMonths(1),
            Reason = reason,
            Circumstances = new Circumstances { MonthlyIncome = Money(@case, 450_000), Household = "与父母同住" },
        }, CallOptions.WithKey(key), cancellation));

    /// <summary>The debtor has signed, which the agency sends and the bank verifies: the plan is in force.</summary>
    public async Task<SettlementProposal> CommenceAsync(string agency, string bank, SettlementProposal proposal, CancellationToken cancellation)
    {
        var file = await DoAsync(agency, async (client, key) =>
        {
            using var signed = new MemoryStream(DemoAgreement.Pdf());
            return await client.EvidenceFiles.CreateAsync(proposal.Id, "signed_agreement", "分期协议（已签署）.pdf", new AgencyUpload(signed, "application/pdf"), CallOptions.WithKey(key), cancellation);
        });
        await DoAsync(bank, (client, key) => client.EvidenceFiles.VerifyAsync(file.Id, CallOptions.WithKey(key), cancellation));
        return await DoAsync(bank, (client, key) => client.SettlementProposals.CommenceAsync(proposal.Id, CallOptions.WithKey(key), cancellation));
    }

    public Task<SettlementProposal> ApproveAsync(string bank, SettlementProposal proposal, CancellationToken cancellation) =>
        DoAsync(bank, (client, key) => client.SettlementProposals.ApproveAsync(proposal.Id, new SettlementProposalApproval(), CallOptions.WithKey(key), cancellation));

    public Task<Case> RecallAsync(string bank, Case @case, RecallReason reason, CancellationToken cancellation) =>
        DoAsync(bank, (client, key) => client.Cases.RecallAsync(@case.Id, new CaseRecall { Reason = reason }, CallOptions.WithKey(key), cancellation));

    private static Money Money(Case @case, long amount) => new() { Amount = amount, Currency = @case.Account.Balance.Total.Currency };
}
