using Agency.Api.Data;

namespace Agency.Api.Tenancy;

/// <summary>What a token allows, one word a resource and deed. The one list: OpenAPI, tokens and checks all read it.</summary>
public static class Scopes
{
    public const string TenantsRead = "tenants:read";
    public const string TenantsWrite = "tenants:write";
    public const string AgenciesRead = "agencies:read";
    public const string AgreementsRead = "agreements:read";
    public const string AgreementsWrite = "agreements:write";
    public const string PortfoliosRead = "portfolios:read";
    public const string PortfoliosWrite = "portfolios:write";
    public const string AccountsRead = "accounts:read";
    public const string AssignmentsRead = "assignments:read";
    public const string AssignmentsWrite = "assignments:write";
    public const string AssignmentsAnswer = "assignments:answer";
    public const string CasesRead = "cases:read";
    public const string CasesRecall = "cases:recall";
    public const string CasesReturn = "cases:return";
    public const string CasesDistribute = "cases:distribute";
    public const string TeamsRead = "teams:read";
    public const string TeamsWrite = "teams:write";
    public const string ContactPointsWrite = "contact-points:write";
    public const string HoldsRead = "holds:read";
    public const string HoldsWrite = "holds:write";
    public const string HoldsLift = "holds:lift";
    public const string PromisesRead = "promises:read";
    public const string PromisesWrite = "promises:write";
    public const string EventsRead = "events:read";
    public const string ReconciliationsRead = "reconciliations:read";
    public const string ContactRecordsRead = "contact-records:read";
    public const string ContactRecordsWrite = "contact-records:write";
    public const string RepaymentsRead = "repayments:read";
    public const string RepaymentsWrite = "repayments:write";
    public const string RepaymentsConfirm = "repayments:confirm";
    public const string SettlementProposalsRead = "settlement-proposals:read";
    public const string SettlementProposalsWrite = "settlement-proposals:write";
    public const string SettlementProposalsReview = "settlement-proposals:review";
    public const string SettlementProposalsApprove = "settlement-proposals:approve";
    public const string EvidenceFilesRead = "evidence-files:read";
    public const string WaiversRead = "waivers:read";
    public const string WaiversWrite = "waivers:write";
    public const string StatementsRead = "statements:read";
    public const string StatementsWrite = "statements:write";
    public const string StatementsApprove = "statements:approve";
    public const string WebhooksRead = "webhooks:read";
    public const string WebhooksWrite = "webhooks:write";
    public const string AuditLogRead = "audit-log:read";
    public const string DebtorsErase = "debtors:erase";
    public const string PiiRead = "pii:read";

    /// <summary>Each scope and what it lets its holder do.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [TenantsRead] = "See tenants, their clients and their people",
        [TenantsWrite] = "Create tenants, clients and people",
        [AgenciesRead] = "See the agencies that can be mandated",
        [AgreementsRead] = "See agreements",
        [AgreementsWrite] = "Make agreements",
        [PortfoliosRead] = "See portfolios and imports",
        [PortfoliosWrite] = "Create portfolios and import accounts",
        [AccountsRead] = "See accounts and their ledgers",
        [AssignmentsRead] = "See assignments",
        [AssignmentsWrite] = "Assign accounts to an agency",
        [AssignmentsAnswer] = "Acknowledge or reject an assignment",
        [CasesRead] = "See cases",
        [CasesRecall] = "Recall and close cases, answer objections, returns and retentions",
        [CasesReturn] = "Object to a recall, ask to return or to keep a case",
        [CasesDistribute] = "Say which collector and team works a case",
        [TeamsRead] = "See teams",
        [TeamsWrite] = "Make teams and choose their members",
        [ContactPointsWrite] = "Add, mark and adopt contact points",
        [HoldsRead] = "See holds",
        [HoldsWrite] = "Raise holds",
        [HoldsLift] = "Lift holds",
        [PromisesRead] = "See promises",
        [PromisesWrite] = "Report and cancel promises",
        [EventsRead] = "Follow what happens by the stream of events",
        [ReconciliationsRead] = "Compare a day's counts and sums",
        [ContactRecordsRead] = "See contact records",
        [ContactRecordsWrite] = "Report contact records",
        [RepaymentsRead] = "See repayments",
        [RepaymentsWrite] = "Report repayments",
        [RepaymentsConfirm] = "Confirm, reject and reverse repayments",
        [SettlementProposalsRead] = "See settlement proposals",
        [SettlementProposalsWrite] = "Submit settlement proposals, and answer the bank's other terms",
        [SettlementProposalsReview] = "Offer other terms for settlement proposals, and verify what the debtor signed",
        [SettlementProposalsApprove] = "Approve or reject settlement proposals, and reinstate plans",
        [EvidenceFilesRead] = "Read the evidence for settlement proposals, each time logged",
        [WaiversRead] = "See what the bank forgave of its own accord",
        [WaiversWrite] = "Grant and reverse waivers",
        [StatementsRead] = "See statements of commission",
        [StatementsWrite] = "Issue, dispute and reissue statements, and mark them as paid",
        [StatementsApprove] = "Agree to statements and lock them",
        [WebhooksRead] = "See webhook subscriptions and their deliveries",
        [WebhooksWrite] = "Subscribe to events, rotate secrets, replay",
        [AuditLogRead] = "Read the tenant's own audit log",
        [DebtorsErase] = "Erase debtors for good, and see what is in the way",
        [PiiRead] = "Reveal a debtor's private data, each time logged",
    };
}

/// <summary>The table role → scopes. People have the scopes of their role; a client is granted some of those its tenant's kind can have.</summary>
public static class Roles
{
    private static readonly string[] BankReads =
    [
        Scopes.AgenciesRead, Scopes.AgreementsRead, Scopes.PortfoliosRead, Scopes.AccountsRead, Scopes.AssignmentsRead,
        Scopes.CasesRead, Scopes.ContactRecordsRead, Scopes.RepaymentsRead, Scopes.SettlementProposalsRead, Scopes.HoldsRead, Scopes.PromisesRead,
        Scopes.EventsRead, Scopes.ReconciliationsRead, Scopes.StatementsRead, Scopes.WaiversRead,
    ];

    private static readonly string[] Collects =
    [
        Scopes.AccountsRead, Scopes.CasesRead, Scopes.ContactRecordsRead, Scopes.ContactRecordsWrite, Scopes.RepaymentsRead, Scopes.RepaymentsWrite,
        Scopes.SettlementProposalsRead, Scopes.SettlementProposalsWrite, Scopes.EvidenceFilesRead, Scopes.ContactPointsWrite, Scopes.HoldsRead, Scopes.HoldsWrite,
        Scopes.PromisesRead, Scopes.PromisesWrite, Scopes.PiiRead,
    ];

    private static readonly string[] Supervises =
        [.. Collects, Scopes.AgreementsRead, Scopes.AssignmentsRead, Scopes.AssignmentsAnswer, Scopes.CasesReturn, Scopes.CasesDistribute, Scopes.TeamsRead];

    private static readonly Dictionary<(TenantKind Kind, string Role), string[]> Table = new()
    {
        [(TenantKind.Operator, "operator")] = [Scopes.TenantsRead, Scopes.TenantsWrite, Scopes.AuditLogRead],
        [(TenantKind.Bank, "analyst")] =
        [
            .. BankReads, Scopes.PortfoliosWrite, Scopes.AssignmentsWrite, Scopes.CasesRecall, Scopes.RepaymentsConfirm, Scopes.ContactPointsWrite,
            Scopes.HoldsWrite, Scopes.HoldsLift, Scopes.PiiRead, Scopes.SettlementProposalsReview, Scopes.EvidenceFilesRead, Scopes.StatementsWrite,
        ],
        [(TenantKind.Bank, "approver")] = [.. BankReads, Scopes.SettlementProposalsReview, Scopes.SettlementProposalsApprove, Scopes.EvidenceFilesRead, Scopes.StatementsApprove, Scopes.WaiversWrite],
        [(TenantKind.Bank, "admin")] = [.. BankReads, Scopes.AgreementsWrite, Scopes.WebhooksRead, Scopes.WebhooksWrite, Scopes.AuditLogRead, Scopes.DebtorsErase],
        [(TenantKind.Agency, "collector")] = Collects,
        [(TenantKind.Agency, "supervisor")] = Supervises,
        [(TenantKind.Agency, "manager")] =
        [
            .. Supervises, Scopes.TeamsWrite, Scopes.EventsRead, Scopes.ReconciliationsRead, Scopes.WebhooksRead, Scopes.WebhooksWrite, Scopes.StatementsRead,
            Scopes.StatementsWrite, Scopes.AuditLogRead,
        ],
    };

    /// <summary>The scopes of a person of this role; null when tenants of this kind have no such role.</summary>
    public static IReadOnlyList<string>? ScopesOf(TenantKind kind, string role) => Table.GetValueOrDefault((kind, role));

    /// <summary>How much of the agency's work a person of this role sees; a client of the agency has no role and sees all.</summary>
    public static Sight SightOf(string? role) => role switch
    {
        null or "manager" => Sight.All,
        "supervisor" => Sight.Team,
        _ => Sight.Own,
    };

    /// <summary>The roles that people of such a tenant can have.</summary>
    public static IEnumerable<string> Of(TenantKind kind) => Table.Keys.Where(key => key.Kind == kind).Select(key => key.Role);

    /// <summary>Every scope that a client of such a tenant can be granted.</summary>
    public static IReadOnlyList<string> ClientScopes(TenantKind kind) =>
        [.. Table.Where(row => row.Key.Kind == kind).SelectMany(row => row.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
