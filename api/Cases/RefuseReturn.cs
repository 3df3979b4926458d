using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Cases;

/// <summary>A bank does not take back a case that the agency wants to return: the agency works on.</summary>
internal static class RefuseReturn
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/return-refusal", HandleAsync)
        .Describe("Cases_RefuseReturn", Scopes.CasesRecall, "Refuse the return of a case", "The case is active again. The agency may ask again.")
        .Returns<Case>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, CaseProblems.IsActive, CaseProblems.IsRecallPending, CaseProblems.IsRecallObjected, .. CaseProblems.Ended])
        .On(Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<Case>> HandleAsync(Id id, RejectionReason refusal, Work work, CancellationToken cancellation)
    {
        var @case = (await Locked.ForBankAsync(work, id, cancellation)).Case;
        @case.Require(CaseState.ReturnRequested);

        await Motion.RefuseAsync(work, @case, refusal.Reason);
        await (@case with { AnsweredMotionId = @case.MotionId }).StandAsync(work);
        await @case.TellAsync(work, "case.return_refused");
        return Answer.Created($"/v1/cases/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}
