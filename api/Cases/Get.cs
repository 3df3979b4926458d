using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Cases;

/// <summary>Either side reads a case between them; the agency only while it is open.</summary>
internal static class Get
{
    private static readonly SidedSql Find = new($$"""
        SELECT {{CaseRow.Columns}}, {{AccountRow.Columns}}
        FROM {{CaseRow.Tables}}
        WHERE c.{side} = @tenant{live} AND c.id = @id
        """);

    public static void Map(RouteGroupBuilder cases) => cases.MapGet("/{id}", HandleAsync)
        .Describe("Cases_Get", Scopes.CasesRead, "Read a case", "One case with its account, balance and debtor, masked. For an agency it no longer exists once it has ended.")
        .Returns<Case>()
        .On(ReadAsync, CaseProblems.NotFound);

    internal static async Task<Case?> ReadAsync(Work work, Id id, CancellationToken cancellation) =>
        await FindAsync(work, id, cancellation) is { } found ? found.View(work, await CaseWithAccount.HoldsAsync(work, [found], cancellation)) : null;

    internal static async Task<CaseWithAccount?> FindAsync(Work work, Id id, CancellationToken cancellation)
    {
        var rows = await CaseWithAccount.ListAsync(work, work.Side(Find), new { tenant = work.Tenant, id }, cancellation);
        return rows is [var only] ? only : null;
    }

    private static async Task<Answer<Case>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse());
}
