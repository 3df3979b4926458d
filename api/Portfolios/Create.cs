using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Portfolios;

/// <summary>A bank opens a portfolio to import accounts into.</summary>
internal static class Create
{
    private static readonly Sql Insert = new("""
        INSERT INTO portfolio (bank_id, id, name, currency, created_at, changed_at)
        VALUES (@tenant, @id, @name, @currency, @now, @now)
        """);

    public static void Map(RouteGroupBuilder portfolios) => portfolios.MapPost("/", HandleAsync)
        .Describe("Portfolios_Create", Scopes.PortfoliosWrite, "Create a portfolio", "Opens an empty portfolio in one currency. Accounts come into it by imports.")
        .Returns<Portfolio>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind);

    private static async Task<Answer<Portfolio>> HandleAsync(NewPortfolio portfolio, Work work)
    {
        work.Require(TenantKind.Bank);
        var id = work.NewId();
        await work.Db.ExecuteAsync(Insert, new { tenant = work.Tenant, id, portfolio.Name, portfolio.Currency, now = work.Now });
        await work.AuditAsync("portfolio.created", id);
        return Answer.Created($"/v1/portfolios/{id}", new Portfolio(id, portfolio.Name, portfolio.Currency, work.Now, work.Now));
    }
}

/// <summary>The portfolio to open.</summary>
/// <param name="Name">What the bank calls it; 1 to 200 characters.</param>
/// <param name="Currency">ISO 4217 code of every account that will be in it.</param>
public sealed record NewPortfolio(string Name, string Currency)
{
    private sealed class Rules : AbstractValidator<NewPortfolio>
    {
        public Rules()
        {
            RuleFor(p => p.Name).NotEmpty().MaximumLength(200);
            RuleFor(p => p.Currency).IsCurrency();
        }
    }
}
