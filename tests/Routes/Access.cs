namespace Agency.Tests.Routes;

/// <summary>Who may call an operation. Written out here and not read from the service: that is what it is held against.</summary>
internal sealed record Access(string Operation, string[] BankRoles, string[] AgencyRoles, bool Operator = false)
{
    private static readonly string[] Bank = ["analyst", "approver", "admin"];
    private static readonly string[] Agency = ["collector", "supervisor", "manager"];
    private static readonly string[] Leads = ["supervisor", "manager"];
    private static readonly string[] Nobody = [];

    /// <summary>Every person there is: role, tenant.</summary>
    public static IEnumerable<string> People =>
    [
        .. from tenant in (string[])["harbour", "summit"] from role in Bank select $"{role}@{tenant}.example",
        .. from tenant in (string[])["swift", "lantern"] from role in Agency select $"{role}@{tenant}.example",
        "operator@operator.example",
    ];

    public static IReadOnlyDictionary<string, Access> Table { get; } = ((Access[])
    [
        Both("Accounts_List", Bank, Agency),
        Both("Accounts_Get", Bank, Agency),
        Both("Accounts_ListLedgerEntries", Bank, Agency),
        Both("Agencies_List", Bank, Nobody),
        Both("Webhooks_List", ["admin"], ["manager"]),
        Both("Webhooks_Create", ["admin"], ["manager"]),
        Both("Webhooks_Get", ["admin"], ["manager"]),
        Both("Webhooks_Update", ["admin"], ["manager"]),
        Both("Webhooks_Delete", ["admin"], ["manager"]),
        Both("Webhooks_RotateSecret", ["admin"], ["manager"]),
        Both("Webhooks_Test", ["admin"], ["manager"]),
        Both("Webhooks_Replay", ["admin"], ["manager"]),
        Both("Webhooks_ListDeliveries", ["admin"], ["manager"]),
        Both("Webhooks_GetDelivery", ["admin"], ["manager"]),
        Both("Agencies_Get", Bank, Nobody),
        Both("Agreements_Create", ["admin"], Nobody),
        Both("Agreements_List", Bank, Leads),
        Both("Agreements_Get", Bank, Leads),
        Both("Agreements_Change", ["admin"], Nobody),
        Both("Agreements_ListVersions", Bank, Leads),
        Both("Portfolios_Create", ["analyst"], Nobody),
        Both("Portfolios_List", Bank, Nobody),
        Both("Portfolios_Get", Bank, Nobody),
        Both("Portfolios_Update", ["analyst"], Nobody),
        Both("Imports_Create", ["analyst"], Nobody),
        Both("Imports_List", Bank, Nobody),
        Both("Imports_Get", Bank, Nobody),
        Both("Imports_ListErrors", Bank, Nobody),
        Both("Assignments_Create", ["analyst"], Nobody),
        Both("Assignments_List", Bank, Leads),
        Both("Assignments_Get", Bank, Leads),
        Both("Assignments_Acknowledge", Nobody, Leads),
        Both("Assignments_Reject", Nobody, Leads),
        Both("Assignments_DryRun", ["analyst"], Nobody),
        Both("Assignments_ListSkippedAccounts", Bank, Nobody),
        Both("Assignments_Void", ["analyst"], Nobody),
        Both("Assignments_Recall", ["analyst"], Nobody),
        Both("Assignments_Close", ["analyst"], Nobody),
        Both("Assignments_RequestRetention", Nobody, Leads),
        Both("Assignments_GrantRetention", ["analyst"], Nobody),
        Both("Assignments_RefuseRetention", ["analyst"], Nobody),
        Both("Cases_List", Bank, Agency),
        Both("Cases_Get", Bank, Agency),
        Both("Cases_ListTimeline", Bank, Agency),
        Both("Cases_Reveal", ["analyst"], Agency),
        Both("Cases_Recall", ["analyst"], Nobody),
        Both("Cases_WithdrawRecall", ["analyst"], Nobody),
        Both("Cases_ObjectToRecall", Nobody, Leads),
        Both("Cases_AcceptObjection", ["analyst"], Nobody),
        Both("Cases_RefuseObjection", ["analyst"], Nobody),
        Both("Cases_RequestReturn", Nobody, Leads),
        Both("Cases_AcceptReturn", ["analyst"], Nobody),
        Both("Cases_RefuseReturn", ["analyst"], Nobody),
        Both("Cases_RequestRetention", Nobody, Leads),
        Both("Cases_GrantRetention", ["analyst"], Nobody),
        Both("Cases_RefuseRetention", ["analyst"], Nobody),
        Both("Cases_Close", ["analyst"], Nobody),
        Both("Cases_ListMotions", Bank, Agency),
        Both("Cases_SetCollector", Nobody, Leads),
        Both("Cases_SetReference", Nobody, Leads),
        Both("Cases_Distribute", Nobody, Leads),
        Both("Teams_Create", Nobody, ["manager"]),
        Both("Teams_List", Nobody, Leads),
        Both("Teams_Get", Nobody, Leads),
        Both("Teams_Update", Nobody, ["manager"]),
        Both("Teams_ReplaceMembers", Nobody, ["manager"]),
        Both("People_ListOwn", Nobody, Leads),
        Both("ContactPoints_List", Bank, Agency),
        Both("ContactPoints_Create", ["analyst"], Agency),
        Both("ContactPoints_Get", Bank, Agency),
        Both("ContactPoints_Adopt", ["analyst"], Nobody),
        Both("ContactPoints_Mark", ["analyst"], Agency),
        Both("ContactRecords_Create", Nobody, Agency),
        Both("ContactRecords_CreateBatch", Nobody, Agency),
        Both("ContactRecords_List", Bank, Agency),
        Both("ContactRecords_ListOfCase", Bank, Agency),
        Both("ContactRecords_Get", Bank, Agency),
        Both("Holds_Create", ["analyst"], Agency),
        Both("Holds_CreateOnAccount", ["analyst"], Nobody),
        Both("Holds_ListOfCase", Bank, Agency),
        Both("Holds_ListOfAccount", Bank, Nobody),
        Both("Holds_Get", Bank, Agency),
        Both("Holds_Lift", ["analyst"], Nobody),
        Both("Promises_List", Bank, Agency),
        Both("Holds_List", Bank, Agency),
        Both("Promises_Create", Nobody, Agency),
        Both("Promises_ListOfCase", Bank, Agency),
        Both("Promises_Get", Bank, Agency),
        Both("Promises_Cancel", Nobody, Agency),
        Both("RulePacks_List", Bank, Agency),
        Both("RulePacks_Get", Bank, Agency),
        Both("ContactPermits_Check", Nobody, Agency),
        Both("ContactPermits_Get", Bank, Agency),
        Both("Events_List", Bank, ["manager"]),
        Both("LedgerEntries_List", Bank, Agency),
        Both("Repayments_Create", Nobody, Agency),
        Both("Repayments_List", Bank, Agency),
        Both("Repayments_ListOfCase", Bank, Agency),
        Both("Repayments_Get", Bank, Agency),
        Both("Repayments_Confirm", ["analyst"], Nobody),
        Both("Repayments_Reject", ["analyst"], Nobody),
        Both("Repayments_Reverse", ["analyst"], Nobody),
        Both("SettlementProposals_Create", Nobody, Agency),
        Both("SettlementProposals_List", Bank, Agency),
        Both("SettlementProposals_ListOfCase", Bank, Agency),
        Both("SettlementProposals_Get", Bank, Agency),
        Both("SettlementProposals_Approve", ["approver"], Nobody),
        Both("SettlementProposals_Reject", ["approver"], Nobody),
        Both("Statements_Create", ["analyst"], ["manager"]),
        Both("Statements_List", Bank, ["manager"]),
        Both("Statements_Get", Bank, ["manager"]),
        Both("Statements_ListLines", Bank, ["manager"]),
        Both("Statements_ListVersions", Bank, ["manager"]),
        Both("Statements_GetCsv", Bank, ["manager"]),
        Both("Statements_GetDocument", Bank, ["manager"]),
        Both("Statements_Issue", Nobody, ["manager"]),
        Both("Statements_Dispute", ["analyst"], Nobody),
        Both("Statements_Reissue", Nobody, ["manager"]),
        Both("Statements_Agree", ["approver"], Nobody),
        Both("Statements_Pay", ["analyst"], Nobody),
        Both("Statements_Lock", ["approver"], Nobody),
        OperatorOnly("Tenants_Create"),
        OperatorOnly("Tenants_List"),
        OperatorOnly("Tenants_Get"),
        OperatorOnly("Clients_Create"),
        OperatorOnly("Clients_List"),
        OperatorOnly("People_Create"),
        OperatorOnly("People_List"),
    ]).ToDictionary(access => access.Operation, StringComparer.Ordinal);

    /// <summary>Whether anybody of the tenant may, and so its client too.</summary>
    public bool AllowsTenant(string tenant) => tenant switch
    {
        "harbour" or "summit" => BankRoles.Length > 0,
        "swift" or "lantern" => AgencyRoles.Length > 0,
        _ => Operator,
    };

    public bool AllowsPerson(string email)
    {
        var (role, tenant) = (email.Split('@')[0], email.Split('@')[1].Split('.')[0]);
        return tenant switch
        {
            "harbour" or "summit" => BankRoles.Contains(role, StringComparer.Ordinal),
            "swift" or "lantern" => AgencyRoles.Contains(role, StringComparer.Ordinal),
            _ => Operator,
        };
    }

    private static Access Both(string operation, string[] bank, string[] agency) => new(operation, bank, agency);

    private static Access OperatorOnly(string operation) => new(operation, Nobody, Nobody, true);
}
