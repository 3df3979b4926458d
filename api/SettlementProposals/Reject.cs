using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.SettlementProposals;

/// <summary>A bank does not agree, and says why.</summary>
internal static class Reject
{
    public static void Map(RouteGroupBuilder proposals) => proposals.MapPost("/{id}/rejection", HandleAsync)
        .Describe("SettlementProposals_Reject", Scopes.SettlementProposalsApprove, "Reject a settlement proposal", "The whole balance stays owed. The agency may propose again.")
        .Returns<SettlementProposal>(StatusCodes.Status201Created)
        .Refuses(
            HttpProblems.WrongTenantKind, SettlementProposalProblems.IsApproved, SettlementProposalProblems.IsRejected,
            SettlementProposalProblems.IsCompleted, SettlementProposalProblems.IsExpired)
        .On(Get.ReadAsync, SettlementProposalProblems.NotFound);

    private static Task<Answer<SettlementProposal>> HandleAsync(Id id, RejectionReason rejection, Work work, CancellationToken cancellation) =>
        Decision.AnswerAsync(work, id, SettlementProposalState.Rejected, rejection.Reason, cancellation);
}
