using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Portfolios;

/// <summary>A bank reads one of its portfolios.</summary>
internal static class Get
{
    private static readonly Sql Find = new("SELECT id, name, currency, created_at, changed_at FROM portfolio WHERE bank_id = @tenant AND id = @id");

    public static void Map(RouteGroupBuilder portfolios) => portfolios.MapGet("/{id}", HandleAsync)
        .Describe("Portfolios_Get", Scopes.PortfoliosRead, "Read a portfolio", "One portfolio of the bank's.")
        .Returns<Portfolio>()
        .On(ReadAsync, PortfolioProblems.NotFound);

    internal static Task<Portfolio?> ReadAsync(Work work, Id id, CancellationToken cancellation) =>
        work.Db.FindAsync<Portfolio>(Find, new { tenant = work.Tenant, id }, cancellation);

    private static async Task<Answer<Portfolio>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw PortfolioProblems.NotFound.Refuse());
}
