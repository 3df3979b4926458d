using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Statements;

/// <summary>Either side reads a statement of theirs.</summary>
internal static class Get
{
    private static readonly SidedSql Find = new($"SELECT {StatementRow.Columns} FROM {StatementRow.Tables} WHERE s.{{side}} = @tenant AND s.id = @id");

    public static void Map(RouteGroupBuilder statements) => statements.MapGet("/{id}", HandleAsync)
        .Describe("Statements_Get", Scopes.StatementsRead, "Read a statement", "One statement in its latest version, and what the bank said to it.")
        .Returns<Statement>()
        .On(ReadAsync, StatementProblems.NotFound);

    internal static async Task<Statement?> ReadAsync(Work work, Id id, CancellationToken cancellation) => (await FindAsync(work, id, cancellation))?.View();

    internal static Task<StatementRow?> FindAsync(Work work, Id id, CancellationToken cancellation) =>
        work.Db.FindAsync<StatementRow>(work.Side(Find), new { tenant = work.Tenant, id }, cancellation);

    private static async Task<Answer<Statement>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw StatementProblems.NotFound.Refuse());
}
