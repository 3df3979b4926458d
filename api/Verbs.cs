using Agency.Api.Http;

namespace Agency.Api;

/// <summary>The table of contents: every folder of the business puts its verbs on the one group with the request pipeline.</summary>
internal static class Verbs
{
    public static void MapVerbs(this WebApplication app)
    {
        var v1 = app.MapGroup("/v1");
        v1.AddEndpointFilter<RouteGroupBuilder, RequestPipeline>();

        Tenants.TenantRoutes.Map(v1);
        Agencies.AgencyRoutes.Map(v1);
        Agreements.AgreementRoutes.Map(v1);
        Portfolios.PortfolioRoutes.Map(v1);
        Accounts.AccountRoutes.Map(v1);
        Assignments.AssignmentRoutes.Map(v1);
        Cases.CaseRoutes.Map(v1);
        Worklist.WorklistRoutes.Map(v1);
        ContactPoints.ContactPointRoutes.Map(v1);
        ContactRecords.ContactRecordRoutes.Map(v1);
        Holds.HoldRoutes.Map(v1);
        Promises.PromiseRoutes.Map(v1);
        RulePacks.RulePackRoutes.Map(v1);
        ContactPermits.ContactPermitRoutes.Map(v1);
        Repayments.RepaymentRoutes.Map(v1);
        DirectPayments.DirectPaymentRoutes.Map(v1);
        Waivers.WaiverRoutes.Map(v1);
        SettlementProposals.SettlementProposalRoutes.Map(v1);
        RepaymentPlans.RepaymentPlanRoutes.Map(v1);
        EvidenceFiles.EvidenceFileRoutes.Map(v1);
        Debtors.DebtorRoutes.Map(v1);
        Statements.StatementRoutes.Map(v1);
        Imports.ImportRoutes.Map(v1);
        Webhooks.WebhookRoutes.Map(v1);
        Teams.TeamRoutes.Map(v1);
        Events.EventRoutes.Map(v1);
        AuditLog.AuditLogRoutes.Map(v1);
        Reconciliations.ReconciliationRoutes.Map(v1);
        Figures.FigureRoutes.Map(v1);
    }
}
