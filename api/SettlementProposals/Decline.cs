using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.SettlementProposals;

/// <summary>An agency does not take the terms that the bank offered instead.</summary>
internal static class Decline
{
    public static void Map(RouteGroupBuilder proposals) => proposals.MapPost("/{id}/declination", HandleAsync)
        .Describe("SettlementProposals_Decline", Scopes.SettlementProposalsWrite, "Decline the bank's other terms", "The whole balance stays owed. The agency may propose again.")
        .Returns<SettlementProposal>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, CaseProblems.NotFound, SettlementProposalProblems.IsSubmitted, .. SettlementProposalProblems.Closed])
        .On(Get.ReadAsync, SettlementProposalProblems.NotFound);

    private static async Task<Answer<SettlementProposal>> HandleAsync(Id id, SettlementReply reply, Work work, CancellationToken cancellation)
    {
        await Reply.WriteAsync(work, id, "declined", reply.Reason, cancellation, SettlementProposalState.Countered);
        return Answer.Created($"/v1/settlement-proposals/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}
