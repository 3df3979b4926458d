using Agency.Api.Agreements;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.SettlementProposals;

/// <summary>
/// An agency takes the terms that the bank offered instead. That approves them, which the system writes for the bank right after; a
/// concession that needs two approvers waits for them still.
/// </summary>
internal static class Accept
{
    public static void Map(RouteGroupBuilder proposals) => proposals.MapPost("/{id}/acceptance", HandleAsync)
        .Describe("SettlementProposals_Accept", Scopes.SettlementProposalsWrite, "Accept the bank's other terms", "The counter-offer's terms stand, and are approved by that: right after the answer the proposal is approved, unless the concession needs two approvers, for whom it waits.")
        .Returns<SettlementProposal>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, CaseProblems.NotFound, SettlementProposalProblems.IsSubmitted, .. SettlementProposalProblems.Closed])
        .On(Get.ReadAsync, SettlementProposalProblems.NotFound);

    private static async Task<Answer<SettlementProposal>> HandleAsync(Id id, SettlementReply reply, Work work, SystemWork system, CancellationToken cancellation)
    {
        var proposal = await Reply.WriteAsync(work, id, "accepted", reply.Reason, cancellation, SettlementProposalState.Countered);
        work.AfterCommit(c => system.RunAsync(proposal.BankId, approving => ApproveAcceptedAsync(approving, id, c), c));
        return Answer.Created($"/v1/settlement-proposals/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }

    /// <summary>Approves what both sides agree on, where no second approver is needed. The system's deed; it may be done twice.</summary>
    internal static async Task ApproveAcceptedAsync(Work work, Id id, CancellationToken cancellation)
    {
        var (proposal, account) = await Decision.OpenAsync(work, id, cancellation);
        if (proposal.AcceptedAt is null || proposal.StateOn(SettlementProposalRow.Today(work)) != SettlementProposalState.Submitted)
        {
            return;
        }

        var agreed = await AgreementTerms.OfCaseAsync(work, work.Tenant, proposal.CaseId);
        if (!Limits.NeedsTwo(agreed, proposal.Terms, proposal.Currency, proposal.BalanceThen) && !await Decision.IsBoundAsync(work, account, cancellation))
        {
            await Decision.ApproveAsync(work, proposal, account, agreed, null, cancellation);
        }
    }
}
