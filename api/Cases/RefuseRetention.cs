using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Cases;

/// <summary>A bank does not let an agency keep a case: its term ends as before.</summary>
internal static class RefuseRetention
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/retention-refusal", HandleAsync)
        .Describe("Cases_RefuseRetention", Scopes.CasesRecall, "Refuse to let the agency keep a case", "The case's term ends as before. The agency may ask again.")
        .Returns<Case>(StatusCodes.Status201Created)
        .Refuses([
            HttpProblems.WrongTenantKind, CaseProblems.IsActive, CaseProblems.IsRecallPending, CaseProblems.IsRecallObjected, CaseProblems.IsReturnRequested, .. CaseProblems.Ended])
        .On(Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<Case>> HandleAsync(Id id, RejectionReason refusal, Work work, CancellationToken cancellation)
    {
        var @case = (await Locked.ForBankAsync(work, id, cancellation)).Case;
        GrantRetention.RequireOpenRetention(@case);

        await Motion.RefuseAsync(work, @case, refusal.Reason);
        await (@case with { AnsweredMotionId = @case.MotionId }).StandAsync(work);
        await @case.TellAsync(work, "case.retention_refused");
        return Answer.Created($"/v1/cases/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}
