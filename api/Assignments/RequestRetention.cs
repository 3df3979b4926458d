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
    private static readonly Sql FindTerm = new("""
        SELECT s.term_end, v.valid_to
        FROM assignment AS s
        INNER JOIN agreement_version AS v ON v.bank_id = s.bank_id AND v.agreement_id = s.agreement_id AND v.version = s.agreement_version
        WHERE s.agency_id = @tenant AND s.id = @id
        """);

    // What this caller sees of them: a supervisor asks for the team's.
    private static readonly Sql OpenCases = new("""
        SELECT c.id, c.account_id
        FROM [case] AS c WITH (UPDLOCK, HOLDLOCK)
        WHERE c.agency_id = @tenant AND c.assignment_id = @id AND c.ended_at IS NULL AND c.state = 'active'
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
        VALUES (@bank, @id, @tenant, @case, @account, 'retention', @reason, @termEnd, @person, @client, @now)
        """);

    public static void Map(RouteGroupBuilder assignments) => assignments.MapPost("/{id}/retention", HandleAsync)
        .Describe("Assignments_RequestRetention", Scopes.CasesReturn, "Ask to keep an assignment's cases beyond its term", "Asks it for every open case of the assignment that the caller sees, but those that wait for another answer of the bank, are under notice of a recall or end later already. It says for how many; the bank answers for all at once or case by case.")
        .Returns<AssignmentRetention>(StatusCodes.Status201Created)
        .Refuses(
            HttpProblems.WrongTenantKind, AgreementProblems.NotInForce, AssignmentProblems.TermNotLater, AssignmentProblems.IsSubmitted,
            AssignmentProblems.IsAcknowledged, AssignmentProblems.IsRejected, AssignmentProblems.IsVoided, AssignmentProblems.IsRecalled, AssignmentProblems.IsClosed)
        .On(Get.ReadAsync, AssignmentProblems.NotFound);

    private static async Task<Answer<AssignmentRetention>> HandleAsync(Id id, NewAssignmentRetention retention, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        var row = await Get.FindAsync(work, id, cancellation) ?? throw AssignmentProblems.NotFound.Refuse();
        row.Require(AssignmentState.Active);
        var term = await work.Db.FindAsync<Term>(FindTerm, new { tenant = work.Tenant, id }, cancellation) ?? throw AssignmentProblems.NotFound.Refuse();
        term.RequireLater(work, retention.TermEnd);
        var cases = await work.Db.ListAsync<OpenCase>(OpenCases, new { tenant = work.Tenant, id, retention.TermEnd }, cancellation);
        if (cases.Count > 0)
        {
            await WriteAsync(work, row, cases, retention, cancellation);
        }

        return Answer.Created($"/v1/assignments/{id}", new AssignmentRetention(id, cases.Count));
    }

    private static async Task WriteAsync(Work work, AssignmentRow row, IReadOnlyList<OpenCase> cases, NewAssignmentRetention retention, CancellationToken cancellation)
    {
        var reason = Words.Of(retention.Reason);
        await work.Db.ExecuteAsync(Insert, cases.Select(open => new
        {
            bank = row.BankId,
            id = work.NewId(),
            tenant = work.Tenant,
            @case = open.Id,
            account = open.AccountId,
            reason,
            termEnd = retention.TermEnd,
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
        }).ToList(), cancellation);
        await work.AuditAsync("assignment.retention_requested", row.Id, reason);
        await work.EmitAsync(new("assignment.retention_requested", row.Id, row.BankId, work.Tenant));
        await Event.WriteAsync(work.Db, cases.Select(open => (new Event("case.retention_requested", open.Id, row.BankId, work.Tenant, open.Id, open.AccountId), work.NewId())), work.Now);
    }

    private sealed record OpenCase(Id Id, Id AccountId);

    /// <summary>Until when the assignment runs, and may run.</summary>
    internal sealed record Term(DateOnly TermEnd, DateOnly? ValidTo)
    {
        public void RequireLater(Work work, DateOnly newEnd)
        {
            if (newEnd <= TermEnd || newEnd <= DateOnly.FromDateTime(work.Now.UtcDateTime))
            {
                throw AssignmentProblems.TermNotLater.Refuse();
            }

            if (newEnd > (ValidTo ?? DateOnly.MaxValue))
            {
                throw AgreementProblems.NotInForce.Refuse();
            }
        }
    }
}

/// <summary>The retention to ask for.</summary>
/// <param name="TermEnd">The new last day of the cases' term: later than today and than the assignment's, within the agreement's validity.</param>
/// <param name="Reason">Why the agency should keep them.</param>
public sealed record NewAssignmentRetention(DateOnly TermEnd, KeepReason Reason);

/// <summary>What was asked or answered about an assignment's cases.</summary>
/// <param name="AssignmentId">The assignment.</param>
/// <param name="Cases">For how many cases.</param>
public sealed record AssignmentRetention(Id AssignmentId, int Cases);
