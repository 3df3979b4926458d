using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Figures;

/// <summary>What was recovered of an assignment, by months on placement.</summary>
/// <param name="AssignmentId">The assignment.</param>
/// <param name="BankId">The bank.</param>
/// <param name="AgencyId">The agency.</param>
/// <param name="PortfolioId">The portfolio; the bank's to know.</param>
/// <param name="PlacedOn">The day (UTC) on which the first of its cases was opened: months on placement are counted from it.</param>
/// <param name="EndedAt">When the bank recalled or closed it.</param>
/// <param name="Cases">How many cases of it the caller sees, ended ones too.</param>
/// <param name="Placed">What was owed on those cases when they were assigned.</param>
/// <param name="Recovered">What was recovered on them: confirmed and not reversed.</param>
/// <param name="LiquidationBasisPoints">What was recovered in hundredths of a per cent of what was placed, rounded half away from zero; absent where nothing was placed.</param>
/// <param name="Months">From the first month to the current one; of an assignment that has ended to the month in which it did or the last in which money moved, whichever is later.</param>
public sealed record RecoveryCurve(
    Id AssignmentId, Id BankId, Id AgencyId, Id? PortfolioId, DateOnly PlacedOn, DateTimeOffset? EndedAt, long Cases, Money Placed, Money Recovered, int? LiquidationBasisPoints,
    IReadOnlyList<RecoveryMonth> Months);

/// <summary>One month on placement.</summary>
/// <param name="Month">1 for the first: from the day of placement to the day before the same day of the next month.</param>
/// <param name="From">Its first day.</param>
/// <param name="Confirmed">What the bank confirmed in it and came off the debt.</param>
/// <param name="Reversed">What went back in it, whenever it had come.</param>
/// <param name="Recovered">All that was confirmed less all that was reversed, to the end of the month.</param>
/// <param name="LiquidationBasisPoints">That in hundredths of a per cent of what was placed, rounded half away from zero; absent where nothing was placed.</param>
public sealed record RecoveryMonth(int Month, DateOnly From, Money Confirmed, Money Reversed, Money Recovered, int? LiquidationBasisPoints);

/// <summary>
/// Either side sees how quickly the money of each assignment comes in. Within an agency it is the part that the caller sees: the team's
/// money is compared with what was placed with the team.
/// </summary>
internal static class ListRecoveryCurves
{
    private static readonly SidedSql Page = new("""
        SELECT TOP (@take) s.id, b.id AS bank_key, g.id AS agency_key, s.portfolio_id, s.currency, s.ended_at
        FROM assignment AS s
        INNER JOIN tenant AS b ON b.tenant_id = s.bank_id
        INNER JOIN tenant AS g ON g.tenant_id = s.agency_id
        WHERE s.{side} = @tenant AND s.id >= @first AND s.id <= @last AND s.id < @before AND (s.ending IS NULL OR s.ending <> 'voided')
            AND (@bank IS NULL OR b.id = @bank) AND (@agency IS NULL OR g.id = @agency) AND (@portfolio IS NULL OR s.portfolio_id = @portfolio)
            AND EXISTS (SELECT 1 FROM [case] AS c WHERE c.{side} = s.{side} AND c.assignment_id >= s.id AND c.assignment_id <= s.id)
        ORDER BY s.id DESC
        """);

    private static readonly SidedSql Placements = new("""
        SELECT c.assignment_id, COUNT(*) AS cases, SUM(c.placed) AS placed, MIN(c.opened_at) AS opened_at
        FROM [case] AS c
        WHERE c.{side} = @tenant AND c.assignment_id >= @from AND c.assignment_id <= @to
        GROUP BY c.assignment_id
        """);

    private static readonly SidedSql Money = new("""
        SELECT v.assignment_id, v.decided_on, SUM(CASE WHEN v.kind = 'confirmed' THEN v.amount ELSE 0 END) AS confirmed, SUM(CASE WHEN v.kind = 'reversed' THEN v.amount ELSE 0 END) AS reversed
        FROM recovery AS v
        WHERE v.{side} = @tenant AND v.assignment_id >= @from AND v.assignment_id <= @to
        GROUP BY v.assignment_id, v.decided_on
        """);

    public static void Map(RouteGroupBuilder figures) => figures.MapGet("/recovery-curves", HandleAsync)
        .Describe("Figures_ListRecoveryCurves", Scopes.AssignmentsRead, "List recovery curves", "What was recovered of each assignment by months on placement, the newest assignment first: liquidation is what was confirmed less what was reversed, over what was placed. A confirmation or a reversal counts on the day (UTC) of the bank's decision. Voided assignments are left out; a supervisor sees the team's part of each.")
        .Returns<Page<RecoveryCurve>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static async Task<Answer<Page<RecoveryCurve>>> HandleAsync(
        [AsParameters] PageQuery page, [AsParameters] FigureScope scope, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var before = cursors.After(http, work, page) is var after && after == default ? FigureCases.Last : after;
        var rows = await work.Db.ListAsync<Row>(work.Side(Page), new
        {
            tenant = work.Tenant,
            take = page.Take,
            before,
            first = scope.AssignmentId ?? default,
            last = scope.AssignmentId ?? FigureCases.Last,
            bank = scope.BankId,
            agency = scope.AgencyId,
            portfolio = scope.PortfolioId,
        }, cancellation);
        var range = new { tenant = work.Tenant, from = rows.Count > 0 ? rows[^1].Id : default, to = rows.Count > 0 ? rows[0].Id : default };
        var placements = (await work.Db.ListAsync<PlacementRow>(work.Side(Placements), range, cancellation)).ToDictionary(row => row.AssignmentId);
        var money = (await work.Db.ListAsync<MoneyRow>(work.Side(Money), range, cancellation)).ToLookup(row => row.AssignmentId);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => View(work, row, placements[row.Id], [.. money[row.Id]])));
    }

    private static RecoveryCurve View(Work work, Row row, PlacementRow placement, IReadOnlyList<MoneyRow> money)
    {
        var placed = DateOnly.FromDateTime(placement.OpenedAt.UtcDateTime);
        var last = DateOnly.FromDateTime((row.EndedAt ?? work.Now).UtcDateTime);
        var months = new List<RecoveryMonth>();
        var (recovered, until) = (0L, money.Select(moved => moved.DecidedOn).Append(last).Max());
        for (var month = 1; months.Count == 0 || placed.AddMonths(month - 1) <= until; month++)
        {
            // From the day of placement each time: counted on from a 28th of February, the 31st would never come back.
            var (from, before) = (placed.AddMonths(month - 1), placed.AddMonths(month));
            var of = money.Where(moved => moved.DecidedOn >= from && moved.DecidedOn < before).ToList();
            var (confirmed, reversed) = (of.Sum(moved => moved.Confirmed), of.Sum(moved => moved.Reversed));
            recovered += confirmed - reversed;
            months.Add(new(month, from, new(confirmed, row.Currency), new(reversed, row.Currency), new(recovered, row.Currency), Liquidation.Of(recovered, placement.Placed)));
        }

        return new(
            row.Id, row.BankKey, row.AgencyKey, work.Caller.IsBank ? row.PortfolioId : null, placed, row.EndedAt, placement.Cases, new(placement.Placed, row.Currency),
            new(recovered, row.Currency), Liquidation.Of(recovered, placement.Placed), months);
    }

    private sealed record Row(Id Id, Id BankKey, Id AgencyKey, Id PortfolioId, string Currency, DateTimeOffset? EndedAt);

    private sealed record PlacementRow(Id AssignmentId, long Cases, long Placed, DateTimeOffset OpenedAt);

    private sealed record MoneyRow(Id AssignmentId, DateOnly DecidedOn, long Confirmed, long Reversed);
}
