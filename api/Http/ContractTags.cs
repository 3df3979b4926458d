using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Agency.Api.Http;

/// <summary>What each folder of the business is about, for who reads the contract; in the order of the alphabet.</summary>
internal sealed class ContractTags : IDocumentFilter
{
    private static readonly Dictionary<string, string> Descriptions = new(StringComparer.Ordinal)
    {
        ["Accounts"] = "Overdue debts as the bank pushed them, with their balances: the bank's own, and those an agency works.",
        ["Agencies"] = "The collection agencies and law firms that a bank can mandate.",
        ["Agreements"] = "Mandates between a bank and an agency: what the agency may do and offer, and what it earns. Each change is a new version.",
        ["Assignments"] = "Accounts handed to an agency for a term: tried, submitted, acknowledged, recalled, closed, kept beyond the term.",
        ["AuditEntries"] = "What was done in the tenant's name: who, what, when and from where.",
        ["Cases"] = "An account in an agency's hands, from the assignment's activation to recall, return or closure.",
        ["Clients"] = "The credentials that a tenant's systems sign in with; for the operator.",
        ["ContactPermits"] = "May this debtor be contacted now? Answers by the agreement's rule pack.",
        ["ContactPoints"] = "Phones, e-mail and postal addresses of a debtor and of those around, with consent and marks.",
        ["ContactRecords"] = "Calls, messages, letters and visits that the agency reports, and what came of them.",
        ["Debtors"] = "Who owes: erasing what names them once its time is over.",
        ["DirectPayments"] = "Money that the debtor paid to the bank itself.",
        ["Events"] = "What happened, in order, for programs that follow along.",
        ["EvidenceFiles"] = "Documents that go with a settlement proposal: what the debtor earns, what was signed.",
        ["Figures"] = "What cases came to: recovery curves, the funnel, agencies and collectors compared, days past due.",
        ["Holds"] = "Reasons that stop work on an account until the bank lifts them.",
        ["Imports"] = "Files of accounts, loaded in the background, with their errors line by line.",
        ["LedgerEntries"] = "Every movement of every balance, with its cause; never changed.",
        ["People"] = "Who signs in for a tenant; adding and disabling is the operator's, seeing one's colleagues everyone's.",
        ["Portfolios"] = "The bank's collections of accounts, each in one currency.",
        ["Promises"] = "What debtors promised to pay by a day, and whether they kept it.",
        ["Reconciliations"] = "What a day adds up to, for either side to compare with its own books.",
        ["RepaymentPlans"] = "Settlements that were approved and bind the bank: what is due, late and paid.",
        ["Repayments"] = "Money that the agency reports; the bank confirms, rejects or reverses it.",
        ["RulePacks"] = "The rules on contacting debtors, by country, with what they are taken from.",
        ["SettlementProposals"] = "Proposals to take less or later: submitted by the agency, countered, approved or rejected by the bank.",
        ["Statements"] = "What an agency earned in a month, line by line: issued, disputed, agreed, paid, locked.",
        ["Teams"] = "An agency's teams, which cases are distributed over.",
        ["Tenants"] = "The banks and agencies on this service; for the operator.",
        ["Waivers"] = "What a bank forgives of its own accord.",
        ["Webhooks"] = "Addresses that events are sent to, signed, with their deliveries, tests and replays.",
        ["WorklistItems"] = "What an agency's people shall work next, and why.",
    };

    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context) =>
        swaggerDoc.Tags = swaggerDoc.Paths.Values
            .SelectMany(path => path.Operations!.Values)
            .SelectMany(operation => operation.Tags!)
            .Select(tag => tag.Name!)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(name => new OpenApiTag { Name = name, Description = Descriptions.GetValueOrDefault(name) })
            .ToHashSet();
}
