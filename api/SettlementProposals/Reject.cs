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
        .Refuses([HttpProblems.WrongTenantKind, SettlementProposalProblems.IsCountered, .. SettlementProposalProblems.Closed])
        .On(Get.ReadAsync, SettlementProposalProblems.NotFound);

    private static async Task<Answer<SettlementProposal>> HandleAsync(Id id, RejectionReason rejection, Work work, CancellationToken cancellation)
    {
        var (proposal, _) = await Decision.OpenAsync(work, id, cancellation);
        Decision.RequireSubmitted(work, proposal);
        await Decision.WriteAsync(work, proposal, "rejected", rejection.Reason);
        return Answer.Created($"/v1/settlement-proposals/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}
