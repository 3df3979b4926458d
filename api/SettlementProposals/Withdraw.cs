using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.SettlementProposals;

/// <summary>An agency takes its proposal back before it is agreed.</summary>
internal static class Withdraw
{
    public static void Map(RouteGroupBuilder proposals) => proposals.MapPost("/{id}/withdrawal", HandleAsync)
        .Describe("SettlementProposals_Withdraw", Scopes.SettlementProposalsWrite, "Withdraw a settlement proposal", "It is off the table, with the bank's other terms if there are any. The agency may propose again.")
        .Returns<SettlementProposal>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, CaseProblems.NotFound, .. SettlementProposalProblems.Closed])
        .On(Get.ReadAsync, SettlementProposalProblems.NotFound);

    private static async Task<Answer<SettlementProposal>> HandleAsync(Id id, SettlementReply reply, Work work, CancellationToken cancellation)
    {
        await Reply.WriteAsync(work, id, "withdrawn", reply.Reason, cancellation, SettlementProposalState.Submitted, SettlementProposalState.Countered);
        return Answer.Created($"/v1/settlement-proposals/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}
