using System.Globalization;
using System.Text;
using Agency.Sdk;
using Agency.Tests.Http;
using Agency.Tests.Support;

namespace Agency.Tests.Routes;

/// <summary>A request that is right in all but who sends it: a row of harbour's, worked by swift, and a body that would be taken.</summary>
internal sealed record Sample(string Path, string? Json = null, byte[]? File = null, string? Match = null)
{
    public Task<Reply> SendAsync(HttpClient http, string method) => http.CallAsync(
        method,
        Path,
        File is { } file ? Wire.Content(file, "text/csv") : Json is { } json ? Wire.Content(Encoding.UTF8.GetBytes(json), "application/json") : null,
        Match is null ? [] : [("If-Match", Match)]);
}

/// <summary>Harbour and swift with a row of every kind between them, and a fresh one for every deed that uses its row up.</summary>
public sealed class RouteWorld : IAsyncLifetime
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Queue<Guid> freshCases = new();
    private Guid contactRecord;
    private Guid repayment;
    private Guid proposal;
    private int counter;

    internal Story Story { get; private set; } = null!;

    public TestService Service => Story.Service;

    public async ValueTask InitializeAsync()
    {
        Story = await Story.AtCasesAsync(120);
        var kept = Story.Case.Id;
        foreach (var (number, @case) in Story.Cases)
        {
            if (number != "A-1")
            {
                freshCases.Enqueue(@case.Id);
            }
        }

        contactRecord = (await Story.Swift.ContactRecords.CreateAsync(kept, new NewContactRecord { Channel = Channel.Call, Direction = Direction.Outbound, Party = Party.Debtor, Outcome = Outcome.Promise, OccurredAt = Service.Clock.GetUtcNow() })).Id;
        repayment = await ReportAsync(kept);
        proposal = await ProposeAsync(kept);
    }

    public ValueTask DisposeAsync()
    {
        gate.Dispose();
        return Story.DisposeAsync();
    }

    /// <summary>The request of an operation, on a row of harbour's that is ready for it.</summary>
    internal async Task<Sample> SampleAsync(Route route)
    {
        // Fresh rows are made one after another: theories run at once.
        await gate.WaitAsync();
        try
        {
            return await MakeAsync(route);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<Sample> MakeAsync(Route route)
    {
        var n = ++counter;
        var day = Story.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var swift = await Service.IdOfAsync("swift");
        return route.Operation switch
        {
            "Accounts_Get" or "Accounts_ListLedgerEntries" => On(Story.Case.Account.Id),
            "Agencies_Get" => On(swift),
            "Agreements_Create" => New($$"""{"agencyId":"{{swift}}","title":"Mandate","validFrom":"2026-01-01"}"""),
            "Agreements_Get" => On(Story.Agreement.Id),
            "Portfolios_Create" => New("""{"name":"Another","currency":"CNY"}"""),
            "Portfolios_Get" or "Imports_List" => On(Story.Portfolio.Id),
            "Portfolios_Update" => On(Story.Portfolio.Id, $$"""{"name":"Renamed {{n}}"}""") with { Match = "*" },
            "Imports_Create" => On(Story.Portfolio.Id) with { File = Encoding.UTF8.GetBytes(Story.Csv(1, $"I{n}")) },
            "Imports_Get" or "Imports_ListErrors" => On(Story.Import.Id),
            "Assignments_Create" => New(await NewAssignmentAsync(n)),
            "Assignments_Get" => On(Story.Assignment.Id),
            "Assignments_Acknowledge" => On(await FreshAssignmentAsync(n)),
            "Assignments_Reject" => On(await FreshAssignmentAsync(n), """{"reason":"No capacity"}"""),
            "Cases_Get" or "Cases_ListContactPoints" or "Cases_ListTimeline" or "ContactRecords_ListOfCase" or "Repayments_ListOfCase" or "SettlementProposals_ListOfCase" => On(Story.Case.Id),
            "Cases_Reveal" => On(Story.Case.Id, """{"reason":"To call"}"""),
            "Cases_Recall" => On(freshCases.Dequeue(), """{"reason":"complaint"}"""),
            "ContactRecords_Create" => On(Story.Case.Id, $$"""{"channel":"call","direction":"outbound","party":"debtor","outcome":"busy","occurredAt":"{{day}}T02:00:00Z"}"""),
            "ContactRecords_Get" => On(contactRecord),
            "Repayments_Create" => On(Story.Case.Id, $$"""{"amount":{"amount":1,"currency":"CNY"},"paidOn":"{{day}}"}"""),
            "Repayments_Get" => On(repayment),
            "Repayments_Confirm" => On(await ReportAsync(Story.Case.Id), "{}"),
            "Repayments_Reject" => On(await ReportAsync(Story.Case.Id), """{"reason":"Not received"}"""),
            "Repayments_Reverse" => On(await ConfirmedAsync(), """{"reason":"Bounced"}"""),
            "SettlementProposals_Create" => On(freshCases.Dequeue(), $$"""{"kind":"lump_sum","amount":{"amount":500,"currency":"CNY"},"payBy":"{{day}}","reason":"Hardship"}"""),
            "SettlementProposals_Get" => On(proposal),
            "SettlementProposals_Approve" => On(await ProposeAsync(freshCases.Dequeue()), "{}"),
            "SettlementProposals_Reject" => On(await ProposeAsync(freshCases.Dequeue()), """{"reason":"Too low"}"""),
            "Tenants_Create" => New($$"""{"code":"tenant-{{n}}","name":"Tenant","kind":"bank"}"""),
            "Tenants_Get" or "Clients_List" or "People_List" => On(swift),
            "Clients_Create" => On(swift, $$"""{"clientId":"client-{{n}}","name":"Client","scopes":["cases:read"]}"""),
            "People_Create" => On(swift, $$"""{"email":"person{{n}}@swift.example","name":"Person","role":"collector"}"""),
            _ when route is { Method: "GET", IsById: false } => new Sample(route.Path),
            _ => throw new InvalidOperationException($"{route.Operation} has no request here: add one."),
        };

        Sample On(object id, string? json = null) => new(route.Path.Replace("{id}", id.ToString(), StringComparison.Ordinal), json);

        Sample New(string json) => new(route.Path, json);
    }

    private async Task<Guid> ReportAsync(Guid @case) =>
        (await Story.Swift.Repayments.CreateAsync(@case, new NewRepayment { Amount = Story.Cny(1), PaidOn = Story.Today })).Id;

    private async Task<Guid> ConfirmedAsync()
    {
        var id = await ReportAsync(Story.Case.Id);
        await Story.Harbour.Repayments.ConfirmAsync(id, new RepaymentConfirmation());
        return id;
    }

    private async Task<Guid> ProposeAsync(Guid @case) => (await Story.Swift.SettlementProposals.CreateAsync(
        @case, new NewSettlementProposal { Kind = SettlementKind.Lump_sum, Amount = Story.Cny(500), PayBy = Story.Today, Reason = "Hardship" })).Id;

    private async Task<Guid> FreshAssignmentAsync(int n) =>
        (await Story.Harbour.Assignments.CreateAsync(new NewAssignment { AgreementId = Story.Agreement.Id, PortfolioId = await FreshPortfolioAsync(n), TermStart = Story.Today, TermEnd = Story.Today.AddDays(30) })).Id;

    private async Task<string> NewAssignmentAsync(int n) =>
        $$"""{"agreementId":"{{Story.Agreement.Id}}","portfolioId":"{{await FreshPortfolioAsync(n)}}","termStart":"2026-03-02","termEnd":"2026-04-02"}""";

    private async Task<Guid> FreshPortfolioAsync(int n)
    {
        var portfolio = await Story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Fresh", Currency = "CNY" });
        await Story.Harbour.ImportAsync(portfolio.Id, Story.Csv(1, $"F{n}"), Story.Today);
        return portfolio.Id;
    }
}
