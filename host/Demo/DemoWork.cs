using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Agency.Sdk;

namespace Agency.Host.Demo;

/// <summary>What the example banks and agencies did to each other, through the SDK like anybody.</summary>
internal sealed class DemoWork(DateTimeOffset now) : IAsyncDisposable
{
    private readonly Dictionary<string, HttpClient> clients = new(StringComparer.Ordinal);
    private int step;

    private DateOnly Today => DateOnly.FromDateTime(now.UtcDateTime);

    public static async Task<DemoWork> SignInAsync(Uri api, DateTimeOffset now, CancellationToken cancellation)
    {
        var work = new DemoWork(now);
        foreach (var tenant in (string[])["harbour", "summit", "swift", "lantern"])
        {
            var http = work.clients[tenant] = new HttpClient { BaseAddress = api };
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["grant_type"] = "client_credentials",
                ["client_id"] = $"{tenant}-api",
                ["client_secret"] = DemoTenants.SecretOf($"{tenant}-api"),
            });
            var answer = await http.PostAsync(new Uri("/connect/token", UriKind.Relative), form, cancellation);
            var token = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellation);
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("access_token").GetString());
        }

        return work;
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        await HarbourAsync(cancellation);
        await SummitAsync(cancellation);
    }

    public ValueTask DisposeAsync()
    {
        foreach (var client in clients.Values)
        {
            client.Dispose();
        }

        return ValueTask.CompletedTask;
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
                await new RepaymentsClient(clients[bank]).RejectAsync(unknown.Id, new RejectionReason { Reason = "没有收到该笔款项" }, Key(), cancellation);
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
                await new SettlementProposalsClient(clients[bank]).RejectAsync(low.Id, new RejectionReason { Reason = "减免比例过高" }, Key(), cancellation);
                break;
            case 8:
                await new CasesClient(clients[bank]).RecallAsync(@case.Id, new CaseRecall { Reason = RecallReason.Complaint }, Key(), cancellation);
                break;
            case 9:
                await ApproveAsync(bank, await ProposeAsync(agency, @case, owed.Amount * 7 / 10, cancellation), cancellation);
                break;
        }
    }

    private async Task<Agreement> MandateAsync(string bank, string agency, CancellationToken cancellation)
    {
        var agencies = await new AgenciesClient(clients[bank]).ListAsync(1000, null, cancellation);
        return await new AgreementsClient(clients[bank]).CreateAsync(
            new NewAgreement { AgencyId = agencies.Items.Single(a => a.Code == agency).Id, Title = "委托催收协议", ValidFrom = Today.AddYears(-1) }, Key(), cancellation);
    }

    private async Task<Portfolio> PortfolioAsync(string bank, string name, int from, int to, CancellationToken cancellation)
    {
        var portfolio = await new PortfoliosClient(clients[bank]).CreateAsync(new NewPortfolio { Name = name, Currency = "CNY" }, Key(), cancellation);
        var imports = new ImportsClient(clients[bank]);
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(DemoFile.Csv(bank, from, to, Today)));
        var import = await imports.CreateAsync(portfolio.Id, new FileParameter(file, null, "text/csv"), Today, Key(), cancellation);
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
        new AssignmentsClient(clients[bank]).CreateAsync(
            new NewAssignment { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = Today, TermEnd = Today.AddMonths(6) }, Key(), cancellation);

    private async Task<IReadOnlyList<Case>> AssignAsync(string bank, string agency, Agreement agreement, Portfolio portfolio, CancellationToken cancellation)
    {
        var assignment = await SubmitAsync(bank, agreement, portfolio, cancellation);
        await new AssignmentsClient(clients[agency]).AcknowledgeAsync(assignment.Id, Key(), cancellation);
        return (await new CasesClient(clients[bank]).ListAsync(1000, null, assignment.Id, cancellation)).Items;
    }

    private Task ContactAsync(string agency, Case @case, int i, CancellationToken cancellation)
    {
        var outcome = (Outcome[])[Outcome.No_answer, Outcome.Promise, Outcome.Paid_claimed, Outcome.Hardship, Outcome.Callback, Outcome.Plan_requested] is var outcomes
            ? outcomes[i % outcomes.Length]
            : default;
        return new ContactRecordsClient(clients[agency]).CreateAsync(@case.Id, new NewContactRecord
        {
            Channel = Channel.Call,
            Direction = Direction.Outbound,
            Party = Party.Debtor,
            Outcome = outcome,
            OccurredAt = now,
            DurationSeconds = outcome == Outcome.No_answer ? null : 40 + i,
            Note = outcome == Outcome.No_answer ? null : "示例催记：已沟通还款安排。",
        }, Key(), cancellation);
    }

    private Task<Repayment> ReportAsync(string agency, Case @case, long amount, CancellationToken cancellation) =>
        new RepaymentsClient(clients[agency]).CreateAsync(@case.Id, new NewRepayment { Amount = Money(@case, amount), PaidOn = Today }, Key(), cancellation);

    private Task ConfirmAsync(string bank, Repayment repayment, CancellationToken cancellation) =>
        new RepaymentsClient(clients[bank]).ConfirmAsync(repayment.Id, new RepaymentConfirmation(), Key(), cancellation);

    private Task<SettlementProposal> ProposeAsync(string agency, Case @case, long amount, CancellationToken cancellation) =>
        new SettlementProposalsClient(clients[agency]).CreateAsync(@case.Id, new NewSettlementProposal
        {
            Kind = SettlementKind.Lump_sum,
            Amount = Money(@case, amount),
            PayBy = Today.AddMonths(1),
            Reason = "示例申请：收入下降，可一次性还款。",
        }, Key(), cancellation);

    private Task ApproveAsync(string bank, SettlementProposal proposal, CancellationToken cancellation) =>
        new SettlementProposalsClient(clients[bank]).ApproveAsync(proposal.Id, new SettlementProposalApproval(), Key(), cancellation);

    private static Money Money(Case @case, long amount) => new() { Amount = amount, Currency = @case.Account.Balance.Total.Currency };

    private string Key() => $"example-{++step}";
}
