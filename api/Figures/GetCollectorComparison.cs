using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Figures;

/// <summary>An agency's collectors side by side.</summary>
/// <param name="Lines">A line a collector and currency, in that order, cases on nobody's desk first; who never had a case has none.</param>
public sealed record CollectorComparison(IReadOnlyList<CollectorFigures> Lines);

/// <summary>What the cases on one desk came to.</summary>
/// <param name="CollectorId">On whose desk the cases are, or were when they ended; absent for cases on nobody's.</param>
/// <param name="Figures">The figures of the cases in one currency.</param>
public sealed record CollectorFigures(Id? CollectorId, CaseFigures Figures);

/// <summary>An agency compares its collectors. A case counts for the desk that it is on now: the database shows each the cases of the own sight.</summary>
internal static class GetCollectorComparison
{
    private static readonly Sql OfAgency = new($"""
        SELECT f.collector_id AS [of], f.currency, {FigureCases.Sums}
        FROM (
            SELECT (SELECT k.collector_id FROM case_desk AS k WHERE k.agency_id = c.agency_id AND k.case_id = c.id) AS collector_id, {FigureCases.Columns}
            FROM {FigureCases.Chosen}
            WHERE {FigureCases.Conditions.Replace("{side}", "agency_id", StringComparison.Ordinal)} AND {FigureCases.Opened}
        ) AS f
        GROUP BY f.collector_id, f.currency
        """);

    public static void Map(RouteGroupBuilder figures) => figures.MapGet("/collectors", HandleAsync)
        .Describe("Figures_GetCollectorComparison", Scopes.CasesRead, "Compare collectors", "The agency's collectors side by side, by currency: a manager and the agency's clients see all, a supervisor the team's, a collector the own line. A case counts for the desk that it is on now, whoever worked it before. Cases of voided assignments are left out.")
        .Returns<CollectorComparison>()
        .Refuses(HttpProblems.WrongTenantKind);

    private static async Task<Answer<CollectorComparison>> HandleAsync([AsParameters] FigureScope scope, [AsParameters] FigureDays days, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        var rows = await work.Db.ListAsync<FigureRow>(OfAgency, FigureCases.Key(work, scope, days), cancellation);
        return Answer.Ok(new CollectorComparison([.. rows.OrderBy(row => row.Of ?? default).ThenBy(row => row.Currency, StringComparer.Ordinal).Select(row => new CollectorFigures(row.Of, row.View()))]));
    }
}
