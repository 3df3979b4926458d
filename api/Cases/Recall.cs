using Agency.Api.Accounts;
using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Cases;

/// <summary>Why a bank takes a case back.</summary>
public enum RecallReason
{
    Complaint,
    Breach,
    Sold,
    PaidDirect,
    PlacedInError,

    /// <summary>Another agency is to work it; with notice.</summary>
    Reallocation,

    /// <summary>It goes to a law firm; with notice.</summary>
    Legal,

    /// <summary>Its term has ended; with notice, which the system gives.</summary>
    TermEnd,
}

/// <summary>
/// A bank takes a case back: at once, and with the commit the agency sees neither case nor debtor any more; or with notice, and on
/// its day the system recalls it. Either takes precedence over what the agency asks.
/// </summary>
internal static class Recall
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/recall", HandleAsync)
        .Describe("Cases_Recall", Scopes.CasesRecall, "Recall a case, or give notice of it", "For complaint, breach, sold, paid_direct and placed_in_error the case ends at once, whatever the agency asks: it gets 404 from then on, and the account can be assigned again, or is resolved if it was sold. For reallocation and legal this gives notice: the case is recall_pending until the day, by the debtor's calendar, and no new outbound contact is made meanwhile.")
        .Returns<Case>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, CaseProblems.NoticeTooShort, CaseProblems.IsRecallPending, CaseProblems.IsRecallObjected, .. CaseProblems.Ended])
        .On(Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<Case>> HandleAsync(Id id, CaseRecall recall, Work work, CancellationToken cancellation)
    {
        var found = await Locked.ForBankAsync(work, id, cancellation);
        found.Case.RequireOpen();
        await (recall.IsAtOnce ? EndAsync(work, found.Case, recall.Reason) : NotifyAsync(work, found, recall));
        return Answer.Created($"/v1/cases/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }

    /// <summary>Ends it now; the account and the case are locked.</summary>
    public static async Task EndAsync(Work work, CaseRow @case, RecallReason reason)
    {
        await Ending.EndAsync(work, new(@case.CaseId, @case.AgencyId, @case.AssignmentId, @case.AccountId), CaseState.Recalled, Words.Of(reason));
        await (reason == RecallReason.Sold ? Ledger.ResolveAsync(work, @case.AccountId, Resolution.Sold) : Ledger.ReleaseAsync(work, @case.AccountId));
        await work.AuditAsync("case.recalled", @case.CaseId, Words.Of(reason), BeforeAfter.OfState(@case.State, CaseState.Recalled));
    }

    private static async Task NotifyAsync(Work work, CaseWithAccount found, CaseRecall recall)
    {
        found.Case.Require(CaseState.Active, CaseState.ReturnRequested);
        var earliest = await Notice.EarliestAsync(work, found);
        if (recall.On < earliest)
        {
            throw CaseProblems.NoticeTooShort.Refuse();
        }

        await Notice.GiveAsync(work, found.Case, recall.Reason, recall.On ?? earliest);
    }
}

/// <summary>The recall of a case.</summary>
/// <param name="Reason">Why it is taken back; not <c>term_end</c>, which is the system's.</param>
/// <param name="On">The day of the recall, by the debtor's calendar, for <c>reallocation</c> and <c>legal</c>; when absent, as early as the agreement's notice allows.</param>
public sealed record CaseRecall(RecallReason Reason, DateOnly? On = null)
{
    internal bool IsAtOnce => Reason < RecallReason.Reallocation;

    private sealed class Rules : AbstractValidator<CaseRecall>
    {
        public Rules()
        {
            RuleFor(r => r.Reason).NotEqual(RecallReason.TermEnd);
            RuleFor(r => r.On).Null().When(r => r.IsAtOnce);
        }
    }
}
