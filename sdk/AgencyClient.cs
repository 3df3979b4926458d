namespace Agency.Sdk;

/// <summary>The Agency API in the hands of one client: a folder of operations for each word of the business.</summary>
/// <remarks>It is safe to share between threads, and meant to live as long as the application.</remarks>
public partial class AgencyClient : IDisposable
{
    /// <summary>The name of the source that tells of every call as an activity.</summary>
    public const string ActivitySourceName = "Agency.Sdk";

    private readonly Tokens? tokens;
    private readonly HttpClient? own;

    /// <summary>A client by its credentials. Tokens are fetched when they are needed and replaced before they end.</summary>
    /// <exception cref="ArgumentException">The address or the credentials are missing.</exception>
    public AgencyClient(AgencyClientOptions options)
        : this(options, new HttpClient { Timeout = Timeout.InfiniteTimeSpan })
    {
    }

    /// <summary>On a connection that authorizes its requests itself, such as a person's; its base address is the API's.</summary>
    /// <param name="http">It stays the caller's to dispose of.</param>
    /// <param name="options">How long to try; its credentials are not looked at.</param>
    public AgencyClient(HttpClient http, AgencyClientOptions? options = null)
        : this(() => http ?? throw new ArgumentNullException(nameof(http)), Checked(options ?? new AgencyClientOptions(), withCredentials: false), tokens: null)
    {
    }

    private AgencyClient(AgencyClientOptions options, HttpClient own)
        : this(() => own, Checked(options, withCredentials: true))
    {
        this.own = own;
    }

    internal AgencyClient(Func<HttpClient> http, AgencyClientOptions options)
        : this(http, options, new Tokens(options, http))
    {
    }

    private AgencyClient(Func<HttpClient> http, AgencyClientOptions options, Tokens? tokens)
    {
        this.tokens = tokens;
        var transport = new Transport(http, options, tokens);
        Accounts = new AccountsClient(transport);
        Agencies = new AgenciesClient(transport);
        Agreements = new AgreementsClient(transport);
        Assignments = new AssignmentsClient(transport);
        AuditEntries = new AuditEntriesClient(transport);
        Cases = new CasesClient(transport);
        Clients = new ClientsClient(transport);
        ContactPermits = new ContactPermitsClient(transport);
        ContactPoints = new ContactPointsClient(transport);
        ContactRecords = new ContactRecordsClient(transport);
        Debtors = new DebtorsClient(transport);
        DirectPayments = new DirectPaymentsClient(transport);
        Events = new EventsClient(transport);
        EvidenceFiles = new EvidenceFilesClient(transport);
        Figures = new FiguresClient(transport);
        Holds = new HoldsClient(transport);
        Imports = new ImportsClient(transport);
        LedgerEntries = new LedgerEntriesClient(transport);
        People = new PeopleClient(transport);
        Portfolios = new PortfoliosClient(transport);
        Promises = new PromisesClient(transport);
        Reconciliations = new ReconciliationsClient(transport);
        RepaymentPlans = new RepaymentPlansClient(transport);
        Repayments = new RepaymentsClient(transport);
        RulePacks = new RulePacksClient(transport);
        SettlementProposals = new SettlementProposalsClient(transport);
        Statements = new StatementsClient(transport);
        Teams = new TeamsClient(transport);
        Tenants = new TenantsClient(transport);
        Waivers = new WaiversClient(transport);
        Webhooks = new WebhooksClient(transport);
        WorklistItems = new WorklistItemsClient(transport);
    }

    /// <summary>For stand-ins in tests: everything can be overridden.</summary>
    protected AgencyClient()
        : this(() => throw new NotSupportedException("This part of the stand-in is not overridden."), new AgencyClientOptions(), tokens: null)
    {
    }

    /// <inheritdoc cref="AccountsClient" />
    public virtual AccountsClient Accounts { get; }

    /// <inheritdoc cref="AgenciesClient" />
    public virtual AgenciesClient Agencies { get; }

    /// <inheritdoc cref="AgreementsClient" />
    public virtual AgreementsClient Agreements { get; }

    /// <inheritdoc cref="AssignmentsClient" />
    public virtual AssignmentsClient Assignments { get; }

    /// <inheritdoc cref="AuditEntriesClient" />
    public virtual AuditEntriesClient AuditEntries { get; }

    /// <inheritdoc cref="CasesClient" />
    public virtual CasesClient Cases { get; }

    /// <inheritdoc cref="ClientsClient" />
    public virtual ClientsClient Clients { get; }

    /// <inheritdoc cref="ContactPermitsClient" />
    public virtual ContactPermitsClient ContactPermits { get; }

    /// <inheritdoc cref="ContactPointsClient" />
    public virtual ContactPointsClient ContactPoints { get; }

    /// <inheritdoc cref="ContactRecordsClient" />
    public virtual ContactRecordsClient ContactRecords { get; }

    /// <inheritdoc cref="DebtorsClient" />
    public virtual DebtorsClient Debtors { get; }

    /// <inheritdoc cref="DirectPaymentsClient" />
    public virtual DirectPaymentsClient DirectPayments { get; }

    /// <inheritdoc cref="EventsClient" />
    public virtual EventsClient Events { get; }

    /// <inheritdoc cref="EvidenceFilesClient" />
    public virtual EvidenceFilesClient EvidenceFiles { get; }

    /// <inheritdoc cref="FiguresClient" />
    public virtual FiguresClient Figures { get; }

    /// <inheritdoc cref="HoldsClient" />
    public virtual HoldsClient Holds { get; }

    /// <inheritdoc cref="ImportsClient" />
    public virtual ImportsClient Imports { get; }

    /// <inheritdoc cref="LedgerEntriesClient" />
    public virtual LedgerEntriesClient LedgerEntries { get; }

    /// <inheritdoc cref="PeopleClient" />
    public virtual PeopleClient People { get; }

    /// <inheritdoc cref="PortfoliosClient" />
    public virtual PortfoliosClient Portfolios { get; }

    /// <inheritdoc cref="PromisesClient" />
    public virtual PromisesClient Promises { get; }

    /// <inheritdoc cref="ReconciliationsClient" />
    public virtual ReconciliationsClient Reconciliations { get; }

    /// <inheritdoc cref="RepaymentPlansClient" />
    public virtual RepaymentPlansClient RepaymentPlans { get; }

    /// <inheritdoc cref="RepaymentsClient" />
    public virtual RepaymentsClient Repayments { get; }

    /// <inheritdoc cref="RulePacksClient" />
    public virtual RulePacksClient RulePacks { get; }

    /// <inheritdoc cref="SettlementProposalsClient" />
    public virtual SettlementProposalsClient SettlementProposals { get; }

    /// <inheritdoc cref="StatementsClient" />
    public virtual StatementsClient Statements { get; }

    /// <inheritdoc cref="TeamsClient" />
    public virtual TeamsClient Teams { get; }

    /// <inheritdoc cref="TenantsClient" />
    public virtual TenantsClient Tenants { get; }

    /// <inheritdoc cref="WaiversClient" />
    public virtual WaiversClient Waivers { get; }

    /// <inheritdoc cref="WebhooksClient" />
    public virtual WebhooksClient Webhooks { get; }

    /// <inheritdoc cref="WorklistItemsClient" />
    public virtual WorklistItemsClient WorklistItems { get; }

    /// <summary>Ends the connections this client opened itself.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends what this client opened itself.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            tokens?.Dispose();
            own?.Dispose();
        }
    }

    internal static AgencyClientOptions Checked(AgencyClientOptions options, bool withCredentials)
    {
        _ = options ?? throw new ArgumentNullException(nameof(options));
        AgencyClientOptions.CheckTries(options);
        if (withCredentials)
        {
            AgencyClientOptions.CheckCredentials(options);
        }

        return options;
    }
}
