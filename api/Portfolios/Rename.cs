using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Portfolios;

/// <summary>A bank gives a portfolio another name.</summary>
internal static class Rename
{
    private static readonly Sql Lock = new("SELECT id FROM portfolio WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @tenant AND id = @id");
    private static readonly Sql Update = new("UPDATE portfolio SET name = @name, changed_at = @now WHERE bank_id = @tenant AND id = @id");

    public static void Map(RouteGroupBuilder portfolios) => portfolios.MapPatch("/{id}", HandleAsync)
        .Describe("Portfolios_Update", Scopes.PortfoliosWrite, "Rename a portfolio", "Changes the name, provided nobody changed it since it was read.")
        .Returns<Portfolio>()
        .On(Get.ReadAsync, PortfolioProblems.NotFound, Lock);

    private static async Task<Answer<Portfolio>> HandleAsync(Id id, PortfolioChange change, Work work, CancellationToken cancellation)
    {
        await work.Db.ExecuteAsync(Update, new { tenant = work.Tenant, id, change.Name, now = work.Now }, cancellation);
        await work.AuditAsync("portfolio.renamed", id);
        return Answer.Ok((await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>What to change of a portfolio.</summary>
/// <param name="Name">The new name; 1 to 200 characters.</param>
public sealed record PortfolioChange(string Name)
{
    private sealed class Rules : AbstractValidator<PortfolioChange>
    {
        public Rules() => RuleFor(p => p.Name).NotEmpty().MaximumLength(200);
    }
}
