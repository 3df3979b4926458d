using Agency.Api.Agreements;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Assignments;

/// <summary>
/// An agency asks to keep all cases of an assignment beyond its term: one motion a case, as if it had asked for each. Those
/// that already wait for the bank's answer, are under notice or end later are left as they are.
/// </summary>
internal static class RequestRetention
{
    // What whoever asks sees of them: a supervisor asks for the team's.
    private static readonly Sql OpenCases = new("""
        SELECT TOP (@take) c.id, c.account_id
        FROM [case] AS c WITH (UPDLOCK, HOLDLOCK)
        WHERE c.agency_id = @agency AND c.assignment_id = @assignment AND c.id > @after AND c.ended_at IS NULL AND c.state = 'active'
            AND (c.extended_to IS NULL OR c.extended_to < @termEnd)
            AND NOT EXISTS
            (
                SELECT 1
                FROM case_motion AS m
                WHERE m.agency_id = c.agency_id AND m.case_id = c.id AND m.id > COALESCE(c.answered_motion_id, 0x00)
            )
        ORDER BY c.id
        """);

    private static readonly Sql Insert = new("""
        INSERT INTO case_motion (bank_id, id, agency_id, case_id, account_id, kind, reason, requested_end, person_id, client_id, made_at)
        VALUES (@bank, @id, @agency, @case, @account, 'retention', @reason, @termEnd, @person, @client, @now)
        """);

    public static void Map(RouteGroupBuilder assignments) => assignments.MapPost("/{id}/retention", HandleAsync)
        .Describe("Assignments_RequestRetention", Scopes.CasesReturn, "Ask to keep an assignment's cases beyond its term", "Asks it for every open case of the assignment that the caller sees, but those that wait for another answer of the bank, are under notice of a recall or end later already. Up to 1,000 accounts it says for how many (201); above, it is asked for case after case in the background (202), and the location tells how far it has come. The bank answers for all at once or case by case.")
        .Returns<AssignmentRetention>(StatusCodes.Status201Created)
        .Returns<AssignmentRetention>(StatusCodes.Status202Accepted)
        .Refuses(
            HttpProblems.WrongTenantKind, AgreementProblems.NotInForce, AssignmentProblems.TermNotLater, AssignmentProblems.RetentionRunning, AssignmentProblems.IsSubmitted,
            AssignmentProblems.IsAcknowledged, AssignmentProblems.IsRejected, AssignmentProblems.IsVoided, AssignmentProblems.IsRecalled, AssignmentProblems.IsClosed)
        .On(Get.ReadAsync, AssignmentProblems.NotFound);

    private static async Task<Answer<AssignmentRetention>> HandleAsync(Id id, NewAssignmentRetention retention, Work work, RetentionSteps steps, CancellationToken cancellation)
    {
        var row = await AssignmentAnswers.LockAsync(work, id, cancellation);
        row.Require(AssignmentState.Active);
        RequireLater(work, await Term.OfAssignmentAsync(work, row.BankId, id), retention.TermEnd);
        await Retention.RequireNoneRunningAsync(work, row, cancellation);
        return await Retention.SayAsync(work, row, RetentionDeed.Asked, retention.TermEnd, Words.Of(retention.Reason), steps, cancellation);
    }

    /// <summary>Refuses a new last day that is none: before today or the term's, or beyond the mandate.</summary>
    public static void RequireLater(Work work, Term term, DateOnly newEnd)
    {
        if (newEnd <= term.TermEnd || newEnd <= DateOnly.FromDateTime(work.Now.UtcDateTime))
        {
            throw AssignmentProblems.TermNotLater.Refuse();
        }

        if (newEnd > (term.ValidTo ?? DateOnly.MaxValue))
        {
            throw AgreementProblems.NotInForce.Refuse();
        }
    }

    /// <summary>Asks it for the next cases.</summary>
    /// <returns>Which they were.</returns>
    public static async Task<IReadOnlyList<Id>> BatchAsync(Work work, Retention said)
    {
        var cases = await work.Db.ListAsync<OpenCase>(OpenCases, new
        {
            agency = said.AgencyId,
            assignment = said.AssignmentId,
            after = said.LastCaseId ?? default,
            said.TermEnd,
            take = AssignmentSteps.Batch,
        });
        await work.Db.ExecuteAsync(Insert, cases.Select(open => new
        {
            bank = said.BankId,
            id = work.NewId(),
            agency = said.AgencyId,
            @case = open.Id,
            account = open.AccountId,
            said.Reason,
            said.TermEnd,
            person = said.PersonId,
            client = said.ClientId,
            now = work.Now,
        }).ToList());
        await Event.WriteAsync(work.Db, cases.Select(open => (new Event("case.retention_requested", open.Id, said.BankId, said.AgencyId, open.Id, open.AccountId), work.NewId())), work.Now);
        return [.. cases.Select(open => open.Id)];
    }

    private sealed record OpenCase(Id Id, Id AccountId);
}

/// <summary>The retention to ask for.</summary>
/// <param name="TermEnd">The new last day of the cases' term: later than today and than the assignment's, within the agreement's validity.</param>
/// <param name="Reason">Why the agency should keep them.</param>
public sealed record NewAssignmentRetention(DateOnly TermEnd, KeepReason Reason);
