using System.Text;
using Agency.Sdk;

namespace Agency.Tests.Support;

/// <summary>The SDK in the hands of one tenant, or one person.</summary>
public sealed class Side(HttpClient http)
{
    // By the wall clock, since the service's own stands still: what failed in the background may never be tried again.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    public HttpClient Http { get; } = http;

    public AgenciesClient Agencies { get; } = new(http);

    public AgreementsClient Agreements { get; } = new(http);

    public PortfoliosClient Portfolios { get; } = new(http);

    public ImportsClient Imports { get; } = new(http);

    public AccountsClient Accounts { get; } = new(http);

    public AssignmentsClient Assignments { get; } = new(http);

    public CasesClient Cases { get; } = new(http);

    public ContactPointsClient ContactPoints { get; } = new(http);

    public ContactRecordsClient ContactRecords { get; } = new(http);

    public HoldsClient Holds { get; } = new(http);

    public PromisesClient Promises { get; } = new(http);

    public ContactPermitsClient ContactPermits { get; } = new(http);

    public RulePacksClient RulePacks { get; } = new(http);

    public EventsClient Events { get; } = new(http);

    public AuditEntriesClient AuditEntries { get; } = new(http);

    public LedgerEntriesClient LedgerEntries { get; } = new(http);

    public DirectPaymentsClient DirectPayments { get; } = new(http);

    public WaiversClient Waivers { get; } = new(http);

    public ReconciliationsClient Reconciliations { get; } = new(http);

    public RepaymentsClient Repayments { get; } = new(http);

    public WebhooksClient Webhooks { get; } = new(http);

    public SettlementProposalsClient SettlementProposals { get; } = new(http);

    public DebtorsClient Debtors { get; } = new(http);

    public EvidenceFilesClient EvidenceFiles { get; } = new(http);

    public RepaymentPlansClient RepaymentPlans { get; } = new(http);

    public StatementsClient Statements { get; } = new(http);

    public TeamsClient Teams { get; } = new(http);

    public PeopleClient People { get; } = new(http);

    public async Task<Guid> AgencyIdAsync(string code) => (await Agencies.ListAsync(1000)).Items.Single(agency => agency.Code == code).Id;

    /// <summary>Mandates the agency for good.</summary>
    public async Task<Agreement> MandateAsync(string agency, NewAgreementTerms? terms = null) => await Agreements.CreateAsync(
        new NewAgreement { AgencyId = await AgencyIdAsync(agency), Title = $"Mandate of {agency}", ValidFrom = new DateOnly(2020, 1, 1), Terms = terms });

    /// <summary>Sends a file of accounts and waits until it is loaded.</summary>
    public async Task<Import> ImportAsync(Guid portfolio, string csv, DateOnly? asOf = null, ImportMode? mode = null)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        var import = await Imports.CreateAsync(portfolio, new FileParameter(file, null, "text/csv"), asOf, mode?.ToString().ToLowerInvariant());
        using var tooLong = new CancellationTokenSource(LongestWait);
        while (import.State is ImportState.Queued or ImportState.Running)
        {
            await Task.Delay(10, tooLong.Token);
            import = await Imports.GetAsync(import.Id);
        }

        return import;
    }

    /// <summary>Every item of a list, page by page.</summary>
    public static async Task<List<T>> AllAsync<TPage, T>(Func<string?, Task<TPage>> read, Func<TPage, (IReadOnlyList<T> Items, string? Next)> open)
    {
        List<T> all = [];
        string? cursor = null;
        do
        {
            (var items, cursor) = open(await read(cursor));
            all.AddRange(items);
        }
        while (cursor is not null);
        return all;
    }

    /// <summary>Waits until the background has brought the assignment to this state.</summary>
    public async Task<Assignment> WaitForAsync(AssignmentState state, Guid assignment)
    {
        using var tooLong = new CancellationTokenSource(LongestWait);
        while (true)
        {
            var now = await Assignments.GetAsync(assignment);
            if (now.State == state)
            {
                return now;
            }

            await Task.Delay(10, tooLong.Token);
        }
    }

    /// <summary>Every case the caller sees.</summary>
    public Task<List<Case>> AllCasesAsync(Guid? assignment = null) =>
        AllAsync(cursor => Cases.ListAsync(1000, cursor, assignment), page => (page.Items, page.Next));

    /// <summary>Every account the caller sees.</summary>
    public Task<List<Account>> AllAccountsAsync(Guid? portfolio = null) =>
        AllAsync(cursor => Accounts.ListAsync(1000, cursor, portfolio), page => (page.Items, page.Next));
}
