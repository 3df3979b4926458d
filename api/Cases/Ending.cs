using Agency.Api.Agreements;
using Agency.Api.Data;
using Agency.Api.DirectPayments;
using Agency.Api.Http;

namespace Agency.Api.Cases;

/// <summary>
/// Ends a case, whatever the reason: with the commit the agency sees neither it nor the debtor, and may only report late what
/// happened in its tenure. The bank's deed or the system's; the caller has locked the account and the case.
/// </summary>
internal static class Ending
{
    private static readonly Sql End = new("""
        UPDATE [case]
        SET state = @state, ended_at = @endedAt, end_reason = @reason, late_until = @lateUntil, retain_until = @retainUntil, recall_on = NULL, recall_reason = NULL
        WHERE bank_id = @bank AND id = @id
        """);

    private static readonly Sql OpenOfAccount = new("""
        SELECT id, agency_id, assignment_id, account_id
        FROM [case] WITH (UPDLOCK, HOLDLOCK)
        WHERE bank_id = @bank AND account_id = @account AND ended_at IS NULL
        """);

    /// <summary>What the end of a case needs to know of it.</summary>
    internal sealed record OpenCase(Id Id, int AgencyId, Id AssignmentId, Id AccountId);

    /// <summary>The open case of an account, locked; null when there is none.</summary>
    public static Task<OpenCase?> FindOpenAsync(Work work, Id account) => work.Db.FindAsync<OpenCase>(OpenOfAccount, new { bank = work.Tenant, account });

    /// <param name="state">Recalled, returned or closed.</param>
    /// <param name="reason">A recall reason, a return code or the account's resolution.</param>
    /// <param name="at">When the agency lost it, where that was before: with its whole assignment. Now when absent.</param>
    public static async Task EndAsync(Work work, OpenCase @case, CaseState state, string reason, DateTimeOffset? at = null)
    {
        var endedAt = at ?? work.Now;
        var terms = await AgreementTerms.OfAssignmentAsync(work, work.Tenant, @case.AssignmentId);
        var lateUntil = endedAt.AddDays(terms.LateReportDays);
        await work.Db.ExecuteAsync(End, new
        {
            bank = work.Tenant,
            id = @case.Id,
            state = Words.Of(state),
            reason,
            endedAt,
            lateUntil,
            retainUntil = terms.Retention.Until(lateUntil),
        });
        await CaseOrder.EndedAsync(work, @case.Id);
        await PaymentHold.EndAsync(work, @case.AccountId);
        await work.EmitAsync(new("case.ended", @case.Id, work.Tenant, @case.AgencyId, @case.Id, @case.AccountId));
    }
}
