using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Cases;

/// <summary>
/// A bank takes a case back that the agency returns. Whatever the code, the account can be assigned again: that nothing more
/// can be collected is the bank's to say, by closing the case instead.
/// </summary>
internal static class AcceptReturn
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/return-acceptance", HandleAsync)
        .Describe("Cases_AcceptReturn", Scopes.CasesRecall, "Accept the return of a case", "The case ends with the agency's code as its reason. From then on the agency gets 404 for it, and the account can be assigned again.")
        .Returns<Case>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, CaseProblems.IsActive, CaseProblems.IsRecallPending, CaseProblems.IsRecallObjected, .. CaseProblems.Ended])
        .On(Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<Case>> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        var @case = (await Locked.ForBankAsync(work, id, cancellation)).Case;
        @case.Require(CaseState.ReturnRequested);

        await Motion.AcceptAsync(work, @case);
        await (@case with { AnsweredMotionId = @case.MotionId }).StandAsync(work);
        await Ending.EndAsync(work, new(id, @case.AgencyId, @case.AssignmentId, @case.AccountId), CaseState.Returned, @case.MotionReason!);
        await Ledger.ReleaseAsync(work, @case.AccountId);
        await work.AuditAsync("case.returned", id, @case.MotionReason);
        return Answer.Created($"/v1/cases/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}
