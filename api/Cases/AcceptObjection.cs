using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Cases;

/// <summary>A bank accepts an agency's objection to a recall: the agency works on, until a later day.</summary>
internal static class AcceptObjection
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/recall-objection-acceptance", HandleAsync)
        .Describe("Cases_AcceptObjection", Scopes.CasesRecall, "Accept an objection to a recall", "The case is active again. On the new day the system recalls it for the reason of the notice.")
        .Returns<Case>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, CaseProblems.DateTooEarly, CaseProblems.IsActive, CaseProblems.IsRecallPending, CaseProblems.IsReturnRequested, .. CaseProblems.Ended])
        .On(Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<Case>> HandleAsync(Id id, ObjectionAcceptance acceptance, Work work, CancellationToken cancellation)
    {
        var found = await Locked.ForBankAsync(work, id, cancellation);
        found.Case.Require(CaseState.RecallObjected);
        if (acceptance.RecallOn <= found.Today(work) || acceptance.RecallOn <= found.Case.RecallOn)
        {
            throw CaseProblems.DateTooEarly.Refuse();
        }

        await Motion.AcceptAsync(work, found.Case, acceptance.RecallOn);
        await (found.Case with
        {
            CaseState = Words.Of(CaseState.Active),
            RecallOn = acceptance.RecallOn,
            AnsweredMotionId = found.Case.MotionId,
        }).StandAsync(work);
        await found.Case.TellAsync(work, "case.objection_accepted");
        return Answer.Created($"/v1/cases/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>The acceptance.</summary>
/// <param name="RecallOn">The day on which the case is recalled after all, by the debtor's calendar: later than today and than the day of the notice.</param>
public sealed record ObjectionAcceptance(DateOnly RecallOn);
