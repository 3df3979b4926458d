using System.Text;
using Agency.Sdk;

namespace Agency.Tests.Support;

/// <summary>The SDK in the hands of one tenant, or one person.</summary>
public sealed class Side(HttpClient http)
{
    // By the wall clock, since the service's own stands still: what failed in the background may never be tried again.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    // What is sent once is answered once: tests tell retries from deeds.
    private readonly AgencyClient agency = new(http, new AgencyClientOptions { MaxRetries = 0 });

    public HttpClient Http { get; } = http;

    public AgenciesClient Agencies => agency.Agencies;

    public AgreementsClient Agreements => agency.Agreements;

    public PortfoliosClient Portfolios => agency.Portfolios;

    public ImportsClient Imports => agency.Imports;

    public AccountsClient Accounts => agency.Accounts;

    public AssignmentsClient Assignments => agency.Assignments;

    public CasesClient Cases => agency.Cases;

    public ContactPointsClient ContactPoints => agency.ContactPoints;

    public ContactRecordsClient ContactRecords => agency.ContactRecords;

    public HoldsClient Holds => agency.Holds;

    public PromisesClient Promises => agency.Promises;

    public ContactPermitsClient ContactPermits => agency.ContactPermits;

    public RulePacksClient RulePacks => agency.RulePacks;

    public EventsClient Events => agency.Events;

    public AuditEntriesClient AuditEntries => agency.AuditEntries;

    public LedgerEntriesClient LedgerEntries => agency.LedgerEntries;

    public DirectPaymentsClient DirectPayments => agency.DirectPayments;

    public WaiversClient Waivers => agency.Waivers;

    public ReconciliationsClient Reconciliations => agency.Reconciliations;

    public RepaymentsClient Repayments => agency.Repayments;

    public WebhooksClient Webhooks => agency.Webhooks;

    public SettlementProposalsClient SettlementProposals => agency.SettlementProposals;

    public DebtorsClient Debtors => agency.Debtors;

    public EvidenceFilesClient EvidenceFiles => agency.EvidenceFiles;

    public RepaymentPlansClient RepaymentPlans => agency.RepaymentPlans;

    public StatementsClient Statements => agency.Statements;

    public TeamsClient Teams => agency.Teams;

    public PeopleClient People => agency.People;

    public async Task<Guid> AgencyIdAsync(string code) => (await Agencies.ListPageAsync(1000)).Items.Single(agency => agency.Code == code).Id;

    /// <summary>Mandates the agency for good.</summary>
    public async Task<Agreement> MandateAsync(string agency, NewAgreementTerms? terms = null) => await Agreements.CreateAsync(
        new NewAgreement { AgencyId = await AgencyIdAsync(agency), Title = $"Mandate of {agency}", ValidFrom = new DateOnly(2020, 1, 1), Terms = terms });

    /// <summary>Sends a file of accounts and waits until it is loaded.</summary>
    public async Task<Import> ImportAsync(Guid portfolio, string csv, DateOnly? asOf = null, ImportMode? mode = null)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        var import = await Imports.CreateAsync(portfolio, new AgencyUpload(file, "text/csv"), asOf, mode?.Value);
        using var tooLong = new CancellationTokenSource(LongestWait);
        while (import.State == ImportState.Queued || import.State == ImportState.Running)
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
        AllAsync(cursor => Cases.ListPageAsync(1000, cursor, assignment), page => (page.Items, page.Next));

    /// <summary>Every account the caller sees.</summary>
    public Task<List<Account>> AllAccountsAsync(Guid? portfolio = null) =>
        AllAsync(cursor => Accounts.ListPageAsync(1000, cursor, portfolio), page => (page.Items, page.Next));
}
