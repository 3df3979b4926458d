using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.RepaymentPlans;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.SettlementProposals;

/// <summary>The bank lets a plan in default go on: what was late can be paid until a day.</summary>
internal static class Reinstate
{
    public static void Map(RouteGroupBuilder proposals) => proposals.MapPost("/{id}/reinstatement", HandleAsync)
        .Describe("SettlementProposals_Reinstate", Scopes.SettlementProposalsApprove, "Reinstate a plan", "A plan in default is in force again. What was late, and what falls due before the day, can be paid until the day; later payments keep their dates.")
        .Returns<SettlementProposal>(StatusCodes.Status201Created)
        .Refuses([
            HttpProblems.WrongTenantKind, SettlementProposalProblems.UntilOutOfRange, SettlementProposalProblems.Pending, SettlementProposalProblems.AccountResolved,
            SettlementProposalProblems.IsSubmitted, SettlementProposalProblems.IsCountered,
            .. SettlementProposalProblems.Closed.Where(problem => problem != SettlementProposalProblems.IsDefaulted)])
        .On(Get.ReadAsync, SettlementProposalProblems.NotFound);

    private static async Task<Answer<SettlementProposal>> HandleAsync(Id id, PlanReinstatement reinstatement, Work work, CancellationToken cancellation)
    {
        var (proposal, account) = await Decision.OpenAsync(work, id, cancellation);
        var today = SettlementProposalRow.Today(work);
        if (proposal.StateOn(today) is var state and not SettlementProposalState.Defaulted)
        {
            throw SettlementProposalProblems.Is(state).Refuse();
        }

        if (reinstatement.Until < today || reinstatement.Until > today.AddYears(1))
        {
            throw SettlementProposalProblems.UntilOutOfRange.Refuse();
        }

        await Decision.RefuseSecondConcessionAsync(work, account, cancellation);
        var plan = (await RepaymentPlans.Get.FindAsync(work, work.Tenant, id, cancellation))!;
        await (plan with { State = Words.Of(RepaymentPlanState.InForce), EndedAt = null, ReinstatedUntil = reinstatement.Until }).KeepAsync(work);
        await Decision.TellAsync(work, id, plan.AgencyId, plan.CaseId, plan.AccountId, "reinstated");
        await PlanHold.SetAsync(work, plan.AccountId, isInForce: true, "", cancellation);
        await Completion.ResolveIfPaidAsync(work, account, cancellation);
        return Answer.Created($"/v1/settlement-proposals/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>The reinstatement of a plan in default.</summary>
/// <param name="Until">The day until which what was late can be paid; from today to a year from now.</param>
/// <param name="Reason">Why; 1 to 400 characters, no debtor's private data.</param>
public sealed record PlanReinstatement(DateOnly Until, string Reason)
{
    private sealed class Rules : AbstractValidator<PlanReinstatement>
    {
        public Rules() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
    }
}
