using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Agreements;

/// <summary>Either side reads an agreement between them.</summary>
internal static class Get
{
    private static readonly SidedSql Find = new($$"""
        SELECT {{AgreementRow.Columns}}
        FROM {{AgreementRow.Tables}}
        WHERE a.{side} = @tenant AND a.id = @id
        """);

    public static void Map(RouteGroupBuilder agreements) => agreements.MapGet("/{id}", HandleAsync)
        .Describe("Agreements_Get", Scopes.AgreementsRead, "Read an agreement", "One agreement of the caller's, as bank or as agency, in its latest version.")
        .Returns<Agreement>()
        .On(ReadAsync, AgreementProblems.NotFound);

    internal static async Task<Agreement?> ReadAsync(Work work, Id id, CancellationToken cancellation) =>
        (await FindAsync(work, id, cancellation))?.View();

    internal static Task<AgreementRow?> FindAsync(Work work, Id id, CancellationToken cancellation) =>
        work.Db.FindAsync<AgreementRow>(work.Side(Find), new { tenant = work.Tenant, id }, cancellation);

    private static async Task<Answer<Agreement>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw AgreementProblems.NotFound.Refuse());
}
