using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Agreements;

/// <summary>Either side reads an agreement between them.</summary>
internal static class Get
{
    internal const string Columns = "a.id, b.id AS bank_id, g.id AS agency_id, a.title, a.valid_from, a.valid_to, a.created_at";
    internal const string Tables = """
        agreement AS a
        INNER JOIN tenant AS b ON b.tenant_id = a.bank_id
        INNER JOIN tenant AS g ON g.tenant_id = a.agency_id
        """;

    private static readonly SidedSql Find = new($"SELECT {Columns} FROM {Tables} WHERE a.{{side}} = @tenant AND a.id = @id");

    public static void Map(RouteGroupBuilder agreements) => agreements.MapGet("/{id}", HandleAsync)
        .Describe("Agreements_Get", Scopes.AgreementsRead, "Read an agreement", "One agreement of the caller's, as bank or as agency.")
        .Returns<Agreement>()
        .On(ReadAsync, AgreementProblems.NotFound);

    internal static Task<Agreement?> ReadAsync(Work work, Id id, CancellationToken cancellation) =>
        work.Db.FindAsync<Agreement>(work.Side(Find), new { tenant = work.Tenant, id }, cancellation);

    private static async Task<Answer<Agreement>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw AgreementProblems.NotFound.Refuse());
}
