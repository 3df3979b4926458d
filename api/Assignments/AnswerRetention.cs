using Agency.Api.Agreements;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Assignments;

/// <summary>A bank answers every retention that waits for it among an assignment's cases, as if it had answered each.</summary>
internal static class AnswerRetention
{
    private static readonly Sql FindTerm = new("""
        SELECT s.term_end, v.valid_to
        FROM assignment AS s
        INNER JOIN agreement_version AS v ON v.bank_id = s.bank_id AND v.agreement_id = s.agreement_id AND v.version = s.agreement_version
        WHERE s.bank_id = @tenant AND s.id = @id
        """);

    private static readonly Sql Asked = new("""
        SELECT c.id AS case_id, c.account_id, c.extended_to, m.id AS motion_id, m.requested_end
        FROM [case] AS c WITH (UPDLOCK, HOLDLOCK)
        INNER JOIN case_motion AS m ON m.agency_id = c.agency_id AND m.case_id = c.id AND m.id > COALESCE(c.answered_motion_id, 0x00)
        WHERE c.bank_id = @tenant AND c.assignment_id = @id AND c.ended_at IS NULL AND c.state = 'active'
            AND m.kind = 'retention'
        ORDER BY c.id
        """);

    private static readonly Sql Insert = new("""
        INSERT INTO case_motion_answer (bank_id, motion_id, agency_id, case_id, answer, new_date, reason, person_id, client_id, answered_at)
        VALUES (@tenant, @motion, @agency, @case, @answer, @newDate, @reason, @person, @client, @now)
        """);

    // A recall day that stood, from an objection that was accepted, no longer does.
    private static readonly Sql Extend = new("""
        UPDATE [case]
        SET answered_motion_id = @motion, extended_to = @newDate, recall_on = NULL, recall_reason = NULL
        WHERE bank_id = @tenant AND id = @case
        """);

    private static readonly Sql Leave = new("UPDATE [case] SET answered_motion_id = @motion WHERE bank_id = @tenant AND id = @case");

    private static readonly Problem[] Refusals =
    [
        HttpProblems.WrongTenantKind, AssignmentProblems.NoRetentionAsked, AssignmentProblems.IsPlacing, AssignmentProblems.IsSubmitted, AssignmentProblems.IsAcknowledged,
        AssignmentProblems.IsRejected, AssignmentProblems.IsVoided, AssignmentProblems.IsRecalled, AssignmentProblems.IsClosed,
    ];

    public static void Map(RouteGroupBuilder assignments)
    {
        assignments.MapPost("/{id}/retention-grant", GrantAsync)
            .Describe("Assignments_GrantRetention", Scopes.CasesRecall, "Let the agency keep an assignment's cases", "Grants every retention that waits for an answer among its cases: each case's term ends on the day asked for, or on the one given here.")
            .Returns<AssignmentRetention>(StatusCodes.Status201Created)
            .Refuses([.. Refusals, AgreementProblems.NotInForce, AssignmentProblems.TermNotLater])
            .On(Get.ReadAsync, AssignmentProblems.NotFound);
        assignments.MapPost("/{id}/retention-refusal", RefuseAsync)
            .Describe("Assignments_RefuseRetention", Scopes.CasesRecall, "Refuse to let the agency keep an assignment's cases", "Refuses every retention that waits for an answer among its cases: their term ends as before. The agency may ask again.")
            .Returns<AssignmentRetention>(StatusCodes.Status201Created)
            .Refuses(Refusals)
            .On(Get.ReadAsync, AssignmentProblems.NotFound);
    }

    private static async Task<Answer<AssignmentRetention>> GrantAsync(Id id, AssignmentRetentionGrant grant, Work work, CancellationToken cancellation)
    {
        var (row, asked) = await OpenAsync(work, id, cancellation);
        var term = await work.Db.FindAsync<RequestRetention.Term>(FindTerm, new { tenant = work.Tenant, id }, cancellation) ?? throw AssignmentProblems.NotFound.Refuse();
        foreach (var end in asked.Select(motion => grant.TermEnd ?? motion.RequestedEnd).Distinct())
        {
            term.RequireLater(work, end);
        }

        // One that may be kept longer already would be cut short.
        if (asked.Any(motion => (grant.TermEnd ?? motion.RequestedEnd) <= motion.ExtendedTo))
        {
            throw AssignmentProblems.TermNotLater.Refuse();
        }

        return await WriteAsync(work, row, asked, "granted", Extend, motion => grant.TermEnd ?? motion.RequestedEnd, null, cancellation);
    }

    private static async Task<Answer<AssignmentRetention>> RefuseAsync(Id id, RejectionReason refusal, Work work, CancellationToken cancellation)
    {
        var (row, asked) = await OpenAsync(work, id, cancellation);
        return await WriteAsync(work, row, asked, "refused", Leave, _ => null, refusal.Reason, cancellation);
    }

    private static async Task<(AssignmentRow Row, IReadOnlyList<Motion> Asked)> OpenAsync(Work work, Id id, CancellationToken cancellation)
    {
        var row = await AssignmentEnd.OpenAsync(work, id, cancellation);
        row.Require(AssignmentState.Active);
        var asked = await work.Db.ListAsync<Motion>(Asked, new { tenant = work.Tenant, id }, cancellation);
        return asked.Count > 0 ? (row, asked) : throw AssignmentProblems.NoRetentionAsked.Refuse();
    }

    private static async Task<Answer<AssignmentRetention>> WriteAsync(
        Work work, AssignmentRow row, IReadOnlyList<Motion> asked, string deed, Sql update, Func<Motion, DateOnly?> newDate, string? reason, CancellationToken cancellation)
    {
        var answers = asked.Select(motion => new
        {
            tenant = work.Tenant,
            motion = motion.MotionId,
            agency = row.AgencyId,
            @case = motion.CaseId,
            answer = deed == "granted" ? "accepted" : "refused",
            newDate = newDate(motion),
            reason,
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
        }).ToList();
        await work.Db.ExecuteAsync(Insert, answers, cancellation);
        await work.Db.ExecuteAsync(update, answers, cancellation);
        await work.AuditAsync($"assignment.retention_{deed}", row.Id, reason);
        await work.EmitAsync(new($"assignment.retention_{deed}", row.Id, work.Tenant, row.AgencyId));
        await Event.WriteAsync(
            work.Db, asked.Select(motion => (new Event($"case.retention_{deed}", motion.CaseId, work.Tenant, row.AgencyId, motion.CaseId, motion.AccountId), work.NewId())), work.Now);
        return Answer.Created($"/v1/assignments/{row.Id}", new AssignmentRetention(row.Id, asked.Count));
    }

    private sealed record Motion(Id CaseId, Id AccountId, DateOnly? ExtendedTo, Id MotionId, DateOnly RequestedEnd);
}

/// <summary>The grant.</summary>
/// <param name="TermEnd">The new last day of the cases' term; for each the day asked for when absent.</param>
public sealed record AssignmentRetentionGrant(DateOnly? TermEnd = null);
