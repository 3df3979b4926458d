using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Promises;

/// <summary>The agency that reported a promise, or the bank, reads it: also after the case has ended.</summary>
internal static class Get
{
    private static readonly SidedSql Find = new($"SELECT {PromiseRow.Columns} FROM {PromiseRow.Tables} WHERE p.{{side}} = @tenant AND p.id = @id");

    public static void Map(RouteGroupBuilder promises) => promises.MapGet("/{id}", HandleAsync)
        .Describe("Promises_Get", Scopes.PromisesRead, "Read a promise", "One promise and what became of it.")
        .Returns<Promise>()
        .On(ReadAsync, PromiseProblems.NotFound);

    internal static async Task<Promise?> ReadAsync(Work work, Id id, CancellationToken cancellation) =>
        (await FindAsync(work, id, cancellation))?.View();

    internal static Task<PromiseRow?> FindAsync(Work work, Id id, CancellationToken cancellation) =>
        work.Db.FindAsync<PromiseRow>(work.Side(Find), new { tenant = work.Tenant, id }, cancellation);

    private static async Task<Answer<Promise>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw PromiseProblems.NotFound.Refuse());
}
