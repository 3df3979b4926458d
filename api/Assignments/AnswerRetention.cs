using Agency.Api.Agreements;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Assignments;

/// <summary>A bank answers every retention that waits for it among an assignment's cases, as if it had answered each.</summary>
internal static class AnswerRetention
{
    private const string Waiting = """
        FROM [case] AS c
        INNER JOIN case_motion AS m ON m.agency_id = c.agency_id AND m.case_id = c.id AND m.id > COALESCE(c.answered_motion_id, 0x00)
        WHERE c.bank_id = @bank AND c.assignment_id = @assignment AND c.ended_at IS NULL AND c.state = 'active' AND m.kind = 'retention'
        """;

    private static readonly Sql AskedEnds = new($"SELECT DISTINCT m.requested_end {Waiting}");

    private static readonly Sql CutShort = new($"SELECT COUNT(*) {Waiting} AND c.extended_to >= COALESCE(@termEnd, m.requested_end)");

    // What was asked for after the answer is not answered by it.
    private static readonly Sql Asked = new("""
        SELECT TOP (@take) c.id AS case_id, c.account_id, m.id AS motion_id, m.requested_end
        FROM [case] AS c WITH (UPDLOCK, HOLDLOCK)
        INNER JOIN case_motion AS m ON m.agency_id = c.agency_id AND m.case_id = c.id AND m.id > COALESCE(c.answered_motion_id, 0x00)
        WHERE c.bank_id = @bank AND c.assignment_id = @assignment AND c.id > @after AND c.ended_at IS NULL AND c.state = 'active'
            AND m.kind = 'retention' AND m.id < @answer
        ORDER BY c.id
        """);

    private static readonly Sql Insert = new("""
        INSERT INTO case_motion_answer (bank_id, motion_id, agency_id, case_id, answer, new_date, reason, person_id, client_id, answered_at)
        VALUES (@bank, @motion, @agency, @case, @answer, @newDate, @reason, @person, @client, @now)
        """);

    // A recall day that stood, from an objection that was accepted, no longer does. What was given to a case meanwhile is not cut short.
    private static readonly Sql Extend = new("""
        UPDATE [case]
        SET answered_motion_id = @motion, extended_to = CASE WHEN extended_to > @newDate THEN extended_to ELSE @newDate END, recall_on = NULL, recall_reason = NULL
        WHERE bank_id = @bank AND id = @case
        """);

    private static readonly Sql Leave = new("UPDATE [case] SET answered_motion_id = @motion WHERE bank_id = @bank AND id = @case");

    private static readonly Problem[] Refusals =
    [
        HttpProblems.WrongTenantKind, AssignmentProblems.NoRetentionAsked, AssignmentProblems.RetentionRunning, AssignmentProblems.IsPlacing, AssignmentProblems.IsSubmitted,
        AssignmentProblems.IsAcknowledged, AssignmentProblems.IsRejected, AssignmentProblems.IsVoided, AssignmentProblems.IsRecalled, AssignmentProblems.IsClosed,
    ];

    public static void Map(RouteGroupBuilder assignments)
    {
        assignments.MapPost("/{id}/retention-grant", GrantAsync)
            .Describe("Assignments_GrantRetention", Scopes.CasesRecall, "Let the agency keep an assignment's cases", "Grants every retention that waits for an answer among its cases: each case's term ends on the day asked for, or on the one given here. Above 1,000 accounts it is answered case after case in the background (202); the location tells how far it has come.")
            .Returns<AssignmentRetention>(StatusCodes.Status201Created)
            .Returns<AssignmentRetention>(StatusCodes.Status202Accepted)
            .Refuses([.. Refusals, AgreementProblems.NotInForce, AssignmentProblems.TermNotLater])
            .On(Get.ReadAsync, AssignmentProblems.NotFound);
        assignments.MapPost("/{id}/retention-refusal", RefuseAsync)
            .Describe("Assignments_RefuseRetention", Scopes.CasesRecall, "Refuse to let the agency keep an assignment's cases", "Refuses every retention that waits for an answer among its cases: their term ends as before. The agency may ask again. Above 1,000 accounts it is answered case after case in the background (202); the location tells how far it has come.")
            .Returns<AssignmentRetention>(StatusCodes.Status201Created)
            .Returns<AssignmentRetention>(StatusCodes.Status202Accepted)
            .Refuses(Refusals)
            .On(Get.ReadAsync, AssignmentProblems.NotFound);
    }

    private static async Task<Answer<AssignmentRetention>> GrantAsync(Id id, AssignmentRetentionGrant grant, Work work, RetentionSteps steps, CancellationToken cancellation)
    {
        var (row, asked) = await OpenAsync(work, id, cancellation);
        var term = await Term.OfAssignmentAsync(work, row.BankId, id);
        foreach (var end in grant.TermEnd is { } given ? [given] : asked)
        {
            RequestRetention.RequireLater(work, term, end);
        }

        // One that may be kept longer already would be cut short.
        if (await work.Db.FindAsync<int>(CutShort, new { bank = row.BankId, assignment = id, grant.TermEnd }, cancellation) > 0)
        {
            throw AssignmentProblems.TermNotLater.Refuse();
        }

        return await Retention.SayAsync(work, row, RetentionDeed.Granted, grant.TermEnd, null, steps, cancellation);
    }

    private static async Task<Answer<AssignmentRetention>> RefuseAsync(Id id, RejectionReason refusal, Work work, RetentionSteps steps, CancellationToken cancellation)
    {
        var (row, _) = await OpenAsync(work, id, cancellation);
        return await Retention.SayAsync(work, row, RetentionDeed.Refused, null, refusal.Reason, steps, cancellation);
    }

    /// <summary>Answers it for the next cases that wait for it.</summary>
    /// <returns>Which they were.</returns>
    public static async Task<IReadOnlyList<Id>> BatchAsync(Work work, Retention said)
    {
        var isGranted = said.Deed == Words.Of(RetentionDeed.Granted);
        var asked = await work.Db.ListAsync<Motion>(
            Asked, new { bank = said.BankId, assignment = said.AssignmentId, after = said.LastCaseId ?? default, answer = said.Id, take = AssignmentSteps.Batch });
        var answers = asked.Select(motion => new
        {
            bank = said.BankId,
            motion = motion.MotionId,
            agency = said.AgencyId,
            @case = motion.CaseId,
            answer = isGranted ? "accepted" : "refused",
            newDate = isGranted ? said.TermEnd ?? motion.RequestedEnd : (DateOnly?)null,
            said.Reason,
            person = said.PersonId,
            client = said.ClientId,
            now = work.Now,
        }).ToList();
        await work.Db.ExecuteAsync(Insert, answers);
        await work.Db.ExecuteAsync(isGranted ? Extend : Leave, answers);
        await Event.WriteAsync(
            work.Db,
            asked.Select(motion => (new Event($"case.retention_{said.Deed}", motion.CaseId, said.BankId, said.AgencyId, motion.CaseId, motion.AccountId), work.NewId())),
            work.Now);
        return [.. asked.Select(motion => motion.CaseId)];
    }

    // Under the assignment's lock, with the days that were asked for.
    private static async Task<(AssignmentRow Row, IReadOnlyList<DateOnly> Asked)> OpenAsync(Work work, Id id, CancellationToken cancellation)
    {
        var row = await AssignmentEnd.OpenAsync(work, id, cancellation);
        row.Require(AssignmentState.Active);
        await Retention.RequireNoneRunningAsync(work, row, cancellation);
        var asked = await work.Db.ListAsync<DateOnly>(AskedEnds, new { bank = work.Tenant, assignment = id }, cancellation);
        return asked.Count > 0 ? (row, asked) : throw AssignmentProblems.NoRetentionAsked.Refuse();
    }

    private sealed record Motion(Id CaseId, Id AccountId, Id MotionId, DateOnly RequestedEnd);
}

/// <summary>The grant.</summary>
/// <param name="TermEnd">The new last day of the cases' term; for each the day asked for when absent.</param>
public sealed record AssignmentRetentionGrant(DateOnly? TermEnd = null);
