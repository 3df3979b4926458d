using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Cases;

/// <summary>A bank refuses an agency's objection to a recall: the notice stands, and its day.</summary>
internal static class RefuseObjection
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/recall-objection-refusal", HandleAsync)
        .Describe("Cases_RefuseObjection", Scopes.CasesRecall, "Refuse an objection to a recall", "The notice stands: the case is recalled on its day, or at once where that has passed. The agency can't object to this notice again.")
        .Returns<Case>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, CaseProblems.IsActive, CaseProblems.IsRecallPending, CaseProblems.IsReturnRequested, .. CaseProblems.Ended])
        .On(Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<Case>> HandleAsync(Id id, RejectionReason refusal, Work work, CancellationToken cancellation)
    {
        var @case = (await Locked.ForBankAsync(work, id, cancellation)).Case;
        @case.Require(CaseState.RecallObjected);

        await Motion.RefuseAsync(work, @case, refusal.Reason);
        await (@case with { AnsweredMotionId = @case.MotionId, ObjectionRefusedAt = work.Now }).StandAsync(work);
        await @case.TellAsync(work, "case.objection_refused");
        return Answer.Created($"/v1/cases/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}
