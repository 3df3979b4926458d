using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Statements;

/// <summary>An agency issues a draft to the bank: it asks for the commission of the lines, as they are.</summary>
internal static class Issue
{
    private static readonly Sql Insert = new("""
        INSERT INTO statement_issue (bank_id, statement_id, version, agency_id, adjusted, total, note, person_id, client_id, issued_at)
        VALUES (@bank, @id, @version, @tenant, @adjusted, @total, @note, @person, @client, @now)
        """);

    public static void Map(RouteGroupBuilder statements) => statements.MapPost("/{id}/issuance", HandleAsync)
        .Describe("Statements_Issue", Scopes.StatementsWrite, "Issue a statement", "The agency sends the draft to the bank as its first version. The lines are the system's and stay as they are; what the two sides agree on besides is adjusted in later versions.")
        .Returns<Statement>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, .. StatementProblems.States.Except([StatementProblems.IsDraft])])
        .On(Get.ReadAsync, StatementProblems.NotFound);

    /// <summary>Writes a version down.</summary>
    internal static Task WriteAsync(Work work, StatementRow statement, int version, long adjusted, string? note) => work.Db.ExecuteAsync(Insert, new
    {
        bank = statement.BankId,
        id = statement.Id,
        version,
        tenant = work.Tenant,
        adjusted,
        total = checked(statement.Commission + adjusted),
        note,
        person = work.Caller.Person,
        client = work.Caller.Client,
        now = work.Now,
    });

    private static async Task<Answer<Statement>> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        var statement = await Steps.OpenAsync(work, TenantKind.Agency, id, cancellation, StatementState.Draft);
        await WriteAsync(work, statement, version: 1, adjusted: 0, note: null);
        return await Steps.DoneAsync(work, statement, "issued", cancellation);
    }
}
