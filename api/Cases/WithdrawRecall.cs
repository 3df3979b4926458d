using Agency.Api.Agreements;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Cases;

/// <summary>A bank takes the notice of a recall back, or the day it set when it accepted an objection: the agency works on.</summary>
internal static class WithdrawRecall
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/recall-withdrawal", HandleAsync)
        .Describe("Cases_WithdrawRecall", Scopes.CasesRecall, "Take the notice of a recall back", "The case is active again, and no recall day stands. An objection is answered first. A notice that the system gave because the term ended needs a new end of the term.")
        .Returns<Case>(StatusCodes.Status201Created)
        .Refuses([
            HttpProblems.WrongTenantKind, CaseProblems.TermOver, CaseProblems.DateTooEarly, AgreementProblems.NotInForce, CaseProblems.IsActive,
            CaseProblems.IsRecallObjected, CaseProblems.IsReturnRequested, .. CaseProblems.Ended])
        .On(Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<Case>> HandleAsync(Id id, RecallWithdrawal withdrawal, Work work, CancellationToken cancellation)
    {
        var found = await Locked.ForBankAsync(work, id, cancellation);
        if (found.Case is not { State: CaseState.Active, RecallOn: not null })
        {
            found.Case.Require(CaseState.RecallPending);
        }

        if (withdrawal.TermEnd is { } end)
        {
            await Term.RequireLaterAsync(work, found, end);
        }
        else if (found.Case.RecallReason == Words.Of(RecallReason.TermEnd))
        {
            // Without a new end the system would give the same notice again.
            throw CaseProblems.TermOver.Refuse();
        }

        await (found.Case with
        {
            CaseState = Words.Of(CaseState.Active),
            RecallOn = null,
            RecallReason = null,
            ExtendedTo = withdrawal.TermEnd ?? found.Case.ExtendedTo,
            ObjectionRefusedAt = null,
        }).StandAsync(work);
        await found.Case.TellAsync(work, "case.recall_withdrawn");
        return Answer.Created($"/v1/cases/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>The withdrawal.</summary>
/// <param name="TermEnd">A new last day of the case's term, later than the one that stands; needed where the notice was given because the term ended.</param>
public sealed record RecallWithdrawal(DateOnly? TermEnd = null);
