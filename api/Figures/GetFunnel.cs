using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Figures;

/// <summary>How far cases came, from being placed to being paid.</summary>
/// <param name="Currencies">A funnel for each currency, in the order of their codes.</param>
public sealed record Funnel(IReadOnlyList<CurrencyFunnel> Currencies);

/// <summary>How far the cases of one currency came.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Stages">All five, in their order. A case counts in each stage that it reached: who pays without a promise is paid and not promised.</param>
/// <param name="Recovered">What was recovered on them: confirmed and not reversed.</param>
public sealed record CurrencyFunnel(string Currency, IReadOnlyList<FunnelStage> Stages, Money Recovered);

/// <summary>The cases that reached a stage.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Cases">How many cases reached it.</param>
/// <param name="Placed">What was owed on those cases when they were assigned.</param>
public sealed record FunnelStage(FunnelStep Stage, long Cases, Money Placed);

/// <summary>What a case has reached.</summary>
public enum FunnelStep
{
    /// <summary>An agency has or had the case.</summary>
    Placed,

    /// <summary>The debtor, or who is liable beside the debtor, spoke about the debt.</summary>
    Contacted,

    /// <summary>A promise was made that was not cancelled.</summary>
    Promised,

    /// <summary>Such a promise was kept.</summary>
    Kept,

    /// <summary>Money was recovered that stands.</summary>
    Paid,
}

/// <summary>Either side sees how far its cases came.</summary>
internal static class GetFunnel
{
    private static readonly SidedSql Stages = new($"""
        SELECT f.currency, COUNT(*) AS cases, SUM(f.placed) AS placed,
            SUM(CASE WHEN f.reached > 0 THEN 1 ELSE 0 END) AS contacted, SUM(CASE WHEN f.reached > 0 THEN f.placed ELSE 0 END) AS placed_contacted,
            SUM(f.promised) AS promised, SUM(f.promised * f.placed) AS placed_promised, SUM(f.kept) AS kept, SUM(f.kept * f.placed) AS placed_kept,
            SUM(CASE WHEN f.recovered > 0 THEN 1 ELSE 0 END) AS paid, SUM(CASE WHEN f.recovered > 0 THEN f.placed ELSE 0 END) AS placed_paid, SUM(f.recovered) AS recovered
        FROM (
            SELECT {FigureCases.Columns}
            FROM {FigureCases.Chosen}
            WHERE {FigureCases.Conditions} AND {FigureCases.Opened}
        ) AS f
        GROUP BY f.currency
        """);

    public static void Map(RouteGroupBuilder figures) => figures.MapGet("/funnel", HandleAsync)
        .Describe("Figures_GetFunnel", Scopes.CasesRead, "Read the funnel", "How many of the caller's cases were placed, contacted, promised, kept and paid, and what had been placed on them, by currency. Ended cases count; those of voided assignments are left out.")
        .Returns<Funnel>();

    private static async Task<Answer<Funnel>> HandleAsync([AsParameters] FigureScope scope, [AsParameters] FigureDays days, Work work, CancellationToken cancellation)
    {
        var rows = await work.Db.ListAsync<Row>(work.Side(Stages), FigureCases.Key(work, scope, days), cancellation);
        return Answer.Ok(new Funnel([.. rows.OrderBy(row => row.Currency, StringComparer.Ordinal).Select(row => row.View())]));
    }

    private sealed record Row(
        string Currency, long Cases, long Placed, long Contacted, long PlacedContacted, long Promised, long PlacedPromised, long Kept, long PlacedKept, long Paid, long PlacedPaid,
        long Recovered)
    {
        public CurrencyFunnel View() => new(
            Currency,
            [
                new(FunnelStep.Placed, Cases, new(Placed, Currency)),
                new(FunnelStep.Contacted, Contacted, new(PlacedContacted, Currency)),
                new(FunnelStep.Promised, Promised, new(PlacedPromised, Currency)),
                new(FunnelStep.Kept, Kept, new(PlacedKept, Currency)),
                new(FunnelStep.Paid, Paid, new(PlacedPaid, Currency)),
            ],
            new(Recovered, Currency));
    }
}
