using Agency.Api.Agreements;
using Agency.Api.AuditLog;
using Agency.Api.Http;

namespace Agency.Api.Cases;

/// <summary>
/// The notice of a recall: the bank's, or the system's when the term has ended. It takes precedence over what the agency asks at
/// that time; only the objection to the notice itself then waits for the bank.
/// </summary>
internal static class Notice
{
    /// <summary>The first day on which a case may be recalled when notice is given today.</summary>
    public static async Task<DateOnly> EarliestAsync(Work work, CaseWithAccount found)
    {
        var terms = await AgreementTerms.OfAssignmentAsync(work, work.Tenant, found.Case.AssignmentId);
        return found.Today(work).AddDays(terms.NoticeDays);
    }

    /// <summary>Gives it; the account and the case are locked.</summary>
    public static async Task GiveAsync(Work work, CaseRow @case, RecallReason reason, DateOnly on)
    {
        var noticed = @case with
        {
            CaseState = Words.Of(CaseState.RecallPending),
            RecallOn = on,
            RecallReason = Words.Of(reason),
            AnsweredMotionId = @case.MotionId ?? @case.AnsweredMotionId,
            ObjectionRefusedAt = null,
        };
        await noticed.StandAsync(work);
        await noticed.TellAsync(work, "case.recall_pending", noticed.RecallReason, BeforeAfter.OfState(@case.State, CaseState.RecallPending));
    }
}
