using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Assignments;

/// <summary>An agency turns an assignment down; its accounts can be assigned again.</summary>
internal static class Reject
{
    public static void Map(RouteGroupBuilder assignments) => assignments.MapPost("/{id}/rejection", HandleAsync)
        .Describe("Assignments_Reject", Scopes.AssignmentsAnswer, "Reject an assignment", "The agency turns the accounts down and says why. The bank can assign them again.")
        .Returns<Assignment>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, .. AssignmentAnswers.Refusals])
        .On(Get.ReadAsync, AssignmentProblems.NotFound);

    private static async Task<Answer<Assignment>> HandleAsync(Id id, RejectionReason rejection, Work work, AssignmentSteps steps, CancellationToken cancellation)
    {
        var row = await AssignmentAnswers.GiveAsync(work, id, "rejected", rejection.Reason, cancellation);
        work.AfterCommit(c => steps.FollowAsync(row.BankId, id, row.AccountCount, c));
        return Answer.Created($"/v1/assignments/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}
