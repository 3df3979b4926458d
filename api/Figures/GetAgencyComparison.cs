using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Figures;

/// <summary>A bank's agencies side by side.</summary>
/// <param name="Lines">A line an agency and currency, in that order; an agency that never had a case has none.</param>
public sealed record AgencyComparison(IReadOnlyList<AgencyFigures> Lines);

/// <summary>What an agency's cases came to.</summary>
/// <param name="AgencyId">The agency.</param>
/// <param name="Figures">The figures of its cases in one currency.</param>
public sealed record AgencyFigures(Id AgencyId, CaseFigures Figures);

/// <summary>A bank compares the agencies that work for it.</summary>
internal static class GetAgencyComparison
{
    private static readonly Sql OfBank = new($"""
        SELECT f.agency_key AS [of], f.currency, {FigureCases.Sums}
        FROM (
            SELECT g.id AS agency_key, {FigureCases.Columns}
            FROM {FigureCases.Chosen}
            WHERE {FigureCases.Conditions.Replace("{side}", "bank_id", StringComparison.Ordinal)} AND {FigureCases.Opened}
        ) AS f
        GROUP BY f.agency_key, f.currency
        """);

    public static void Map(RouteGroupBuilder figures) => figures.MapGet("/agencies", HandleAsync)
        .Describe("Figures_GetAgencyComparison", Scopes.AgenciesRead, "Compare agencies", "The bank's agencies side by side, by currency: what was placed with them, whom they reached, what was promised and kept, and what was recovered. Cases of voided assignments are left out.")
        .Returns<AgencyComparison>()
        .Refuses(HttpProblems.WrongTenantKind);

    private static async Task<Answer<AgencyComparison>> HandleAsync([AsParameters] FigureScope scope, [AsParameters] FigureDays days, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var rows = await work.Db.ListAsync<FigureRow>(OfBank, FigureCases.Key(work, scope, days), cancellation);
        return Answer.Ok(new AgencyComparison([.. rows.OrderBy(row => row.Of!.Value).ThenBy(row => row.Currency, StringComparer.Ordinal).Select(row => new AgencyFigures(row.Of!.Value, row.View()))]));
    }
}
