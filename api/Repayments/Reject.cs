using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Repayments;

/// <summary>A bank has no such money: the report stands, and nothing moves.</summary>
internal static class Reject
{
    public static void Map(RouteGroupBuilder repayments) => repayments.MapPost("/{id}/rejection", HandleAsync)
        .Describe("Repayments_Reject", Scopes.RepaymentsConfirm, "Reject a repayment", "The bank has no such money and says why. The balance stays as it is.")
        .Returns<Repayment>(StatusCodes.Status201Created)
        .Refuses(
            HttpProblems.WrongTenantKind, RepaymentProblems.IsConfirmed, RepaymentProblems.IsRejected, RepaymentProblems.IsReversed, RepaymentProblems.IsWithdrawn,
            RepaymentProblems.IsSettled)
        .On(Get.ReadAsync, RepaymentProblems.NotFound);

    private static async Task<Answer<Repayment>> HandleAsync(Id id, RejectionReason rejection, Work work, CancellationToken cancellation)
    {
        var (repayment, _) = await Decision.OpenAsync(work, id, RepaymentState.Reported, cancellation);
        return await Decision.WriteAsync(work, repayment, RepaymentState.Rejected, rejection.Reason, overpaid: 0, cancellation);
    }
}
