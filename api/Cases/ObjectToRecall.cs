using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Cases;

/// <summary>An agency objects to the notice of a recall, once a notice. Until the bank answers, the case is not recalled on its day.</summary>
internal static class ObjectToRecall
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/recall-objection", HandleAsync)
        .Describe("Cases_ObjectToRecall", Scopes.CasesReturn, "Object to the recall of a case", "Says why the agency should keep it. The bank accepts with a later day, or refuses; until then the recall waits. There is one objection a notice.")
        .Returns<Case>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, CaseProblems.RecallObjectedBefore, CaseProblems.IsActive, CaseProblems.IsRecallObjected, CaseProblems.IsReturnRequested)
        .On(Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<Case>> HandleAsync(Id id, RecallObjection objection, Work work, CancellationToken cancellation)
    {
        var @case = (await Locked.ForAgencyAsync(work, id, cancellation)).Case;
        @case.Require(CaseState.RecallPending);
        if (@case.ObjectionRefusedAt is not null)
        {
            throw CaseProblems.RecallObjectedBefore.Refuse();
        }

        await Motion.MakeAsync(work, @case, MotionKind.RecallObjection, Words.Of(objection.Reason), null, objection.Note);
        await @case.TellAsync(work, "case.recall_objected", Words.Of(objection.Reason));
        return Answer.Created($"/v1/cases/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>The objection.</summary>
/// <param name="Reason">Why the agency should keep the case.</param>
/// <param name="Note">More about it, for the bank; up to 4,000 characters. Kept encrypted.</param>
public sealed record RecallObjection(KeepReason Reason, string? Note = null)
{
    private sealed class Rules : AbstractValidator<RecallObjection>
    {
        public Rules() => RuleFor(o => o.Note).MaximumLength(Motion.LongestNote);
    }
}
