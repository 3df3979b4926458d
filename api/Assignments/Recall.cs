using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Assignments;

/// <summary>A bank takes an assignment back with all its cases: with the commit the agency sees none of them any more.</summary>
internal static class Recall
{
    public static void Map(RouteGroupBuilder assignments) => assignments.MapPost("/{id}/recall", HandleAsync)
        .Describe("Assignments_Recall", Scopes.CasesRecall, "Recall an assignment at once", "Takes every case of the assignment back. From this answer on the agency gets 404 for all of them. The cases then end, and the accounts can be assigned again, or are resolved if they were sold: up to 1,000 accounts before this answers (201), above in the background (202).")
        .Returns<Assignment>(StatusCodes.Status201Created)
        .Returns<Assignment>(StatusCodes.Status202Accepted)
        .Refuses(
            HttpProblems.WrongTenantKind, AssignmentProblems.IsPlacing, AssignmentProblems.IsSubmitted, AssignmentProblems.IsRejected,
            AssignmentProblems.IsVoided, AssignmentProblems.IsRecalled, AssignmentProblems.IsClosed)
        .On(Get.ReadAsync, AssignmentProblems.NotFound);

    private static async Task<Answer<Assignment>> HandleAsync(Id id, AssignmentRecall recall, Work work, AssignmentSteps steps, CancellationToken cancellation)
    {
        var row = await AssignmentEnd.OpenAsync(work, id, cancellation);
        row.Require(AssignmentState.Acknowledged, AssignmentState.Active);
        return await AssignmentEnd.WriteAsync(work, row, AssignmentState.Recalled, Words.Of(recall.Reason), steps, cancellation);
    }
}

/// <summary>The recall of an assignment.</summary>
/// <param name="Reason">Why it is taken back at once: complaint, breach, sold, paid_direct or placed_in_error.</param>
public sealed record AssignmentRecall(RecallReason Reason)
{
    private sealed class Rules : AbstractValidator<AssignmentRecall>
    {
        // Other reasons need notice, which is given case by case.
        public Rules() => RuleFor(r => r.Reason).Must(reason => reason <= RecallReason.PlacedInError).WithErrorCode("reason.needs_notice").WithMessage("This reason needs notice.");
    }
}
