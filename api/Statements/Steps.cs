using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Statements;

/// <summary>What the steps of a statement share: one comes after the other, each from the states that it may begin in.</summary>
internal static class Steps
{
    /// <summary>The longest note, reason or reference.</summary>
    public const int LongestText = 400;

    private static readonly SidedSql Locked = new("SELECT id FROM statement WITH (UPDLOCK, HOLDLOCK) WHERE {side} = @tenant AND id = @id");

    private static readonly Sql InsertDecision = new("""
        INSERT INTO statement_decision (bank_id, statement_id, version, decision, agency_id, reason, reference, paid_on, person_id, client_id, decided_at)
        VALUES (@tenant, @id, @version, @decision, @agency, @reason, @reference, @paidOn, @person, @client, @now)
        """);

    /// <summary>Locks the statement before it is read: of two steps at once the second finds the state that the first left.</summary>
    public static async Task<StatementRow?> LockAsync(Work work, Id id, CancellationToken cancellation)
    {
        _ = await work.Db.FindAsync<Id?>(work.Side(Locked), new { tenant = work.Tenant, id }, cancellation);
        return await Get.FindAsync(work, id, cancellation);
    }

    /// <summary>Locks it for a step of one side that begins in one of these states.</summary>
    public static async Task<StatementRow> OpenAsync(Work work, TenantKind side, Id id, CancellationToken cancellation, params StatementState[] from)
    {
        work.Require(side);
        var statement = await LockAsync(work, id, cancellation) ?? throw StatementProblems.NotFound.Refuse();
        return from.Contains(statement.State) ? statement : throw StatementProblems.Is(statement.State).Refuse();
    }

    /// <summary>The bank answers the version that stands.</summary>
    public static Task DecideAsync(Work work, StatementRow statement, string decision, string? reason = null, string? reference = null, DateOnly? paidOn = null) => work.Db.ExecuteAsync(InsertDecision, new
    {
        tenant = work.Tenant,
        id = statement.Id,
        version = statement.Version,
        decision,
        agency = statement.AgencyId,
        reason,
        reference,
        paidOn,
        person = work.Caller.Person,
        client = work.Caller.Client,
        now = work.Now,
    });

    /// <summary>Writes down what was done, tells both sides, and answers with the statement as it is now.</summary>
    public static async Task<Answer<Statement>> DoneAsync(Work work, StatementRow statement, string deed, CancellationToken cancellation)
    {
        await RecordAsync(work, statement.Id, statement.BankId, statement.AgencyId, deed);
        return Answer.Created($"/v1/statements/{statement.Id}", (await Get.ReadAsync(work, statement.Id, cancellation))!);
    }

    /// <summary>The audit entry and the event of a deed.</summary>
    public static async Task RecordAsync(Work work, Id statement, int bank, int agency, string deed)
    {
        await work.AuditAsync($"statement.{deed}", statement);
        await work.EmitAsync(new($"statement.{deed}", statement, bank, agency));
    }
}
