using System.Text;
using Agency.Sdk;

namespace Agency.Tests.Support;

/// <summary>The SDK in the hands of one tenant, or one person.</summary>
public sealed class Side(HttpClient http)
{
    // By the wall clock, as Eventually.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    // What is sent once is answered once: tests tell retries from deeds.
    private AgencyClient Agency { get; } = new(http, new AgencyClientOptions { MaxRetries = 0 });

    public HttpClient Http { get; } = http;

    public AgenciesClient Agencies => Agency.Agencies;

    public AgreementsClient Agreements => Agency.Agreements;

    public PortfoliosClient Portfolios => Agency.Portfolios;

    public ImportsClient Imports => Agency.Imports;

    public AccountsClient Accounts => Agency.Accounts;

    public AssignmentsClient Assignments => Agency.Assignments;

    public CasesClient Cases => Agency.Cases;

    public WorklistItemsClient WorklistItems => Agency.WorklistItems;

    public ContactPointsClient ContactPoints => Agency.ContactPoints;

    public ContactRecordsClient ContactRecords => Agency.ContactRecords;

    public HoldsClient Holds => Agency.Holds;

    public PromisesClient Promises => Agency.Promises;

    public ContactPermitsClient ContactPermits => Agency.ContactPermits;

    public RulePacksClient RulePacks => Agency.RulePacks;

    public EventsClient Events => Agency.Events;

    public AuditEntriesClient AuditEntries => Agency.AuditEntries;

    public LedgerEntriesClient LedgerEntries => Agency.LedgerEntries;

    public DirectPaymentsClient DirectPayments => Agency.DirectPayments;

    public WaiversClient Waivers => Agency.Waivers;

    public FiguresClient Figures => Agency.Figures;

    public ReconciliationsClient Reconciliations => Agency.Reconciliations;

    public RepaymentsClient Repayments => Agency.Repayments;

    public WebhooksClient Webhooks => Agency.Webhooks;

    public SettlementProposalsClient SettlementProposals => Agency.SettlementProposals;

    public DebtorsClient Debtors => Agency.Debtors;

    public EvidenceFilesClient EvidenceFiles => Agency.EvidenceFiles;

    public RepaymentPlansClient RepaymentPlans => Agency.RepaymentPlans;

    public StatementsClient Statements => Agency.Statements;

    public TeamsClient Teams => Agency.Teams;

    public PeopleClient People => Agency.People;

    public TenantsClient Tenants => Agency.Tenants;

    public ClientsClient Clients => Agency.Clients;

    public async Task<Guid> AgencyIdAsync(string code) => (await Agencies.ListPageAsync(1000)).Items.Single(agency => agency.Code == code).Id;

    /// <summary>Mandates the agency for good.</summary>
    public async Task<Agreement> MandateAsync(string agency, NewAgreementTerms? terms = null) => await Agreements.CreateAsync(
        new NewAgreement { AgencyId = await AgencyIdAsync(agency), Title = $"Mandate of {agency}", ValidFrom = new DateOnly(2020, 1, 1), Terms = terms });

    /// <summary>Sends a file of accounts that waits to be started.</summary>
    public async Task<Import> StageAsync(Guid portfolio, string csv, DateOnly? asOf = null, ImportMode? mode = null)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        return await Imports.CreateAsync(portfolio, new AgencyUpload(file, "text/csv"), asOf, mode?.Value, start: false);
    }

    /// <summary>Sends a file of accounts and waits until it is loaded.</summary>
    public async Task<Import> ImportAsync(Guid portfolio, string csv, DateOnly? asOf = null, ImportMode? mode = null)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        using var tooLong = new CancellationTokenSource(LongestWait);
        return await Portfolios.ImportAsync(portfolio, file, import: new ImportOptions { AsOf = asOf, Mode = mode }, cancellationToken: tooLong.Token);
    }

    /// <summary>Waits until the background has brought the assignment to this state.</summary>
    public Task<Assignment> WaitForAsync(AssignmentState state, Guid assignment) =>
        Eventually.ReadAsync(() => Assignments.GetAsync(assignment), now => now.State == state);

    /// <summary>Every case the caller sees.</summary>
    public Task<List<Case>> AllCasesAsync(Guid? assignment = null) =>
        Cases.ListAsync(assignment, pageSize: 1000).ToListAsync().AsTask();

    /// <summary>Every account the caller sees.</summary>
    public Task<List<Account>> AllAccountsAsync(Guid? portfolio = null) =>
        Accounts.ListAsync(portfolio, pageSize: 1000).ToListAsync().AsTask();
}
