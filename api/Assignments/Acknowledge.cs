using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Assignments;

/// <summary>An agency takes an assignment on. Its cases are made when the term starts: at once, if it has.</summary>
internal static class Acknowledge
{
    public static void Map(RouteGroupBuilder assignments) => assignments.MapPost("/{id}/acknowledgement", HandleAsync)
        .Describe("Assignments_Acknowledge", Scopes.AssignmentsAnswer, "Acknowledge an assignment", "The agency takes the accounts on. If the term has started the cases exist when this answers, above 1,000 accounts soon after, when the assignment is `active`; otherwise they are made on its first day.")
        .Returns<Assignment>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, .. AssignmentAnswers.Refusals])
        .On(Get.ReadAsync, AssignmentProblems.NotFound);

    private static async Task<Answer<Assignment>> HandleAsync(Id id, Work work, AssignmentSteps steps, CancellationToken cancellation)
    {
        var row = await AssignmentAnswers.GiveAsync(work, id, "acknowledged", null, cancellation);
        work.AfterCommit(c => steps.FollowAsync(row.BankId, id, row.AccountCount, c));
        return Answer.Created($"/v1/assignments/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>The agency's one answer to an assignment.</summary>
internal static class AssignmentAnswers
{
    /// <summary>The states in which there is no answer to give.</summary>
    public static readonly IReadOnlyList<Problem> Refusals =
    [
        AssignmentProblems.IsAcknowledged, AssignmentProblems.IsRejected, AssignmentProblems.IsActive,
        AssignmentProblems.IsVoided, AssignmentProblems.IsRecalled, AssignmentProblems.IsClosed,
    ];

    private static readonly Sql Lock = new("SELECT id FROM assignment WITH (UPDLOCK, HOLDLOCK) WHERE agency_id = @tenant AND id = @id");

    private static readonly Sql Insert = new("""
        INSERT INTO assignment_answer (bank_id, agency_id, assignment_id, answer, reason, person_id, client_id, answered_at)
        VALUES (@bank, @tenant, @id, @answer, @reason, @person, @client, @now)
        """);

    /// <summary>The assignment as the agency has it: nobody else answers it or ends it before this transaction ends.</summary>
    public static async Task<AssignmentRow> LockAsync(Work work, Id id, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        _ = await work.Db.FindAsync<Id?>(Lock, new { tenant = work.Tenant, id }, cancellation);
        return await Get.FindAsync(work, id, cancellation) ?? throw AssignmentProblems.NotFound.Refuse();
    }

    /// <summary>Writes the answer down, provided there is none yet.</summary>
    public static async Task<AssignmentRow> GiveAsync(Work work, Id id, string answer, string? reason, CancellationToken cancellation)
    {
        var row = await LockAsync(work, id, cancellation);
        row.Require(AssignmentState.Submitted);
        await work.Db.ExecuteAsync(Insert, new
        {
            bank = row.BankId,
            tenant = work.Tenant,
            id,
            answer,
            reason,
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
        }, cancellation);
        await work.AuditAsync($"assignment.{answer}", id);
        await work.EmitAsync(new($"assignment.{answer}", id, row.BankId, work.Tenant));
        return row;
    }
}
