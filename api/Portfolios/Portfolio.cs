using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Portfolios;

/// <summary>A bank's collection of overdue accounts in one currency, filled by imports. No agency ever sees it.</summary>
/// <param name="Id">The portfolio.</param>
/// <param name="Name">What the bank calls it.</param>
/// <param name="Currency">ISO 4217 code of every account in it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ChangedAt">When its name last changed.</param>
public sealed record Portfolio(Id Id, string Name, string Currency, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt);

/// <summary>What can be wrong with a portfolio named in a request.</summary>
public static class PortfolioProblems
{
    public static readonly Problem NotFound = new("portfolio.not_found", 404, "There is no such portfolio.", "资产包不存在。");
}

internal static class PortfolioRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var portfolios = v1.MapGroup("/portfolios").WithTags("Portfolios");
        Create.Map(portfolios);
        List.Map(portfolios);
        Get.Map(portfolios);
        Rename.Map(portfolios);
    }
}
