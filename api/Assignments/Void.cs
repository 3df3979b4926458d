using Agency.Api.Agreements;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Assignments;

/// <summary>A bank undoes an assignment that was a mistake: before the agency's answer it is withdrawn, later voided, until the first contact.</summary>
internal static class Void
{
    private static readonly Sql HasRecord = new("""
        SELECT CASE WHEN EXISTS
        (
            SELECT 1
            FROM [case] AS c
            INNER JOIN contact_record AS r ON r.bank_id = c.bank_id AND r.case_id = c.id
            WHERE c.bank_id = @tenant AND c.assignment_id = @id
        ) THEN 1 ELSE 0 END AS has_record
        """);

    public static void Map(RouteGroupBuilder assignments) => assignments.MapPost("/{id}/void", HandleAsync)
        .Describe("Assignments_Void", Scopes.AssignmentsWrite, "Void an assignment", "Withdraws an assignment before the agency's answer, or undoes it before the first contact record of any of its cases. The agency loses sight of every case with this answer; the cases end and the accounts can be assigned again, above 1,000 accounts in the background (202). It is left out of statistics.")
        .Returns<Assignment>(StatusCodes.Status201Created)
        .Returns<Assignment>(StatusCodes.Status202Accepted)
        .Refuses(
            HttpProblems.WrongTenantKind, AssignmentProblems.IsPlacing, AssignmentProblems.IsRejected, AssignmentProblems.IsVoided,
            AssignmentProblems.IsRecalled, AssignmentProblems.IsClosed, AssignmentProblems.HasContactRecords)
        .On(Get.ReadAsync, AssignmentProblems.NotFound);

    private static async Task<Answer<Assignment>> HandleAsync(Id id, Work work, AssignmentSteps steps, CancellationToken cancellation)
    {
        var row = await AssignmentEnd.OpenAsync(work, id, cancellation);
        row.Require(AssignmentState.Submitted, AssignmentState.Acknowledged, AssignmentState.Active);

        // Ended first, looked for records after: writing the row waits for the reports that hold it (ReportTurn), and those that come later wait for us.
        var voided = await AssignmentEnd.WriteAsync(work, row, AssignmentState.Voided, Words.Of(RecallReason.PlacedInError), steps, cancellation);
        return await work.Db.FindAsync<int>(HasRecord, new { tenant = work.Tenant, id }, cancellation) == 0 ? voided : throw AssignmentProblems.HasContactRecords.Refuse();
    }
}

/// <summary>How a bank ends an assignment, for whatever reason.</summary>
internal static class AssignmentEnd
{
    private static readonly Sql End = new("UPDATE assignment SET ended_at = @now, ending = @ending, end_reason = @reason, late_until = @lateUntil WHERE bank_id = @tenant AND id = @id");

    /// <summary>The assignment, locked: nobody answers it or carries it on before this transaction ends.</summary>
    public static async Task<AssignmentRow> OpenAsync(Work work, Id id, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        _ = await Standing.LockAsync(work.Db, work.Tenant, id);
        return await Get.FindAsync(work, id, cancellation) ?? throw AssignmentProblems.NotFound.Refuse();
    }

    /// <summary>Ends it: this one row ends the agency's sight of every case of it, and the cases themselves follow.</summary>
    public static async Task<Answer<Assignment>> WriteAsync(Work work, AssignmentRow row, AssignmentState ending, string reason, AssignmentSteps steps, CancellationToken cancellation)
    {
        var deed = $"assignment.{Words.Of(ending)}";
        var terms = await AgreementTerms.OfAssignmentAsync(work, work.Tenant, row.Id);
        await work.Db.ExecuteAsync(End, new
        {
            tenant = work.Tenant,
            row.Id,
            ending = Words.Of(ending),
            reason,
            now = work.Now,
            lateUntil = work.Now.AddDays(terms.LateReportDays),
        }, cancellation);
        await work.AuditAsync(deed, row.Id, reason);
        await work.EmitAsync(new(deed, row.Id, work.Tenant, row.AgencyId));
        work.AfterCommit(c => steps.FollowAsync(work.Tenant, row.Id, row.AccountCount, c));
        var (location, ended) = ($"/v1/assignments/{row.Id}", (await Get.ReadAsync(work, row.Id, cancellation))!);
        return row.AccountCount <= AssignmentSteps.AtOnce ? Answer.Created(location, ended) : Answer.Accepted(location, ended);
    }
}
