using Agency.Api.Data;
using Agency.Api.EvidenceFiles;
using Agency.Api.Http;
using Agency.Api.RepaymentPlans;
using Agency.Api.Tenancy;

namespace Agency.Api.SettlementProposals;

/// <summary>The bank has verified that the debtor signed: the plan is in force, and collection stops while it is performed (CN-PLAN-01).</summary>
internal static class Commence
{
    public static void Map(RouteGroupBuilder proposals) => proposals.MapPost("/{id}/commencement", HandleAsync)
        .Describe("SettlementProposals_Commence", Scopes.SettlementProposalsReview, "Put a plan into force", "Instalments or an extension that were approved: the debtor's signature has come as an evidence file of kind signed_agreement, and the bank has verified it. Work on the account stops by the hold plan_active for as long as the payments are made in time.")
        .Returns<SettlementProposal>(StatusCodes.Status201Created)
        .Refuses([
            HttpProblems.WrongTenantKind, SettlementProposalProblems.NotPlan, SettlementProposalProblems.NotSigned, SettlementProposalProblems.IsSubmitted, SettlementProposalProblems.IsCountered,
            .. SettlementProposalProblems.Closed.Where(problem => problem != SettlementProposalProblems.IsApproved)])
        .On(Get.ReadAsync, SettlementProposalProblems.NotFound);

    private static async Task<Answer<SettlementProposal>> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        var (proposal, account) = await Decision.OpenAsync(work, id, cancellation);
        if (proposal.StateOn(SettlementProposalRow.Today(work)) is var state and not SettlementProposalState.Approved)
        {
            throw SettlementProposalProblems.Is(state).Refuse();
        }

        var plan = (await RepaymentPlans.Get.FindAsync(work, work.Tenant, id, cancellation))!;
        if (!plan.Terms.IsPlan)
        {
            throw SettlementProposalProblems.NotPlan.Refuse();
        }

        var evidence = await ListOfProposal.AllAsync(work, work.Tenant, id, cancellation);
        if (!evidence.Any(file => file.VerifiedAt is not null && Words.Read<EvidenceKind>(file.Kind) == EvidenceKind.SignedAgreement))
        {
            throw SettlementProposalProblems.NotSigned.Refuse();
        }

        await (plan with { State = Words.Of(RepaymentPlanState.InForce), InForceAt = work.Now }).KeepAsync(work);
        await Decision.TellAsync(work, id, plan.AgencyId, plan.CaseId, plan.AccountId, "in_force");
        await PlanHold.SetAsync(work, plan.AccountId, isInForce: true, "", cancellation);

        // The money may have come before the signature did.
        await Completion.ResolveIfPaidAsync(work, account, cancellation);
        return Answer.Created($"/v1/settlement-proposals/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}
