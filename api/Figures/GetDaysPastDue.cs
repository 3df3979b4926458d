using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Figures;

/// <summary>How long overdue the open cases are.</summary>
/// <param name="Currencies">A mix for each currency, in the order of their codes.</param>
public sealed record DaysPastDueMix(IReadOnlyList<CurrencyMix> Currencies);

/// <summary>The mix of one currency.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Cycles">M0 to M7+, all of them, in that order.</param>
public sealed record CurrencyMix(string Currency, IReadOnlyList<CycleFigures> Cycles);

/// <summary>The open cases of one cycle.</summary>
/// <param name="Cycle">M0 is not overdue, M1 1 to 30 days, M2 31 to 60, … M7+ over 180; today, in UTC.</param>
/// <param name="Cases">How many.</param>
/// <param name="Balance">What is owed on them now.</param>
public sealed record CycleFigures(string Cycle, long Cases, Money Balance);

/// <summary>Either side sees how long overdue its open cases are.</summary>
internal static class GetDaysPastDue
{
    private const int Cycles = 8;

    private static readonly SidedSql OpenCases = new($"""
        SELECT a.currency, a.oldest_due_date, COUNT(*) AS cases, SUM(a.principal + a.interest + a.fees) AS balance
        FROM {FigureCases.Chosen}
            INNER JOIN account AS a ON a.bank_id = c.bank_id AND a.id = c.account_id
        WHERE {FigureCases.Conditions} AND c.ended_at IS NULL
        GROUP BY a.currency, a.oldest_due_date
        """);

    public static void Map(RouteGroupBuilder figures) => figures.MapGet("/days-past-due", HandleAsync)
        .Describe("Figures_GetDaysPastDue", Scopes.CasesRead, "Read the days-past-due mix", "The caller's open cases by how long they are overdue today, with what is owed on them now, by currency. Cases of voided assignments are left out.")
        .Returns<DaysPastDueMix>();

    private static async Task<Answer<DaysPastDueMix>> HandleAsync([AsParameters] FigureScope scope, Work work, CancellationToken cancellation)
    {
        var rows = await work.Db.ListAsync<Row>(work.Side(OpenCases), FigureCases.Key(work, scope), cancellation);
        var today = DateOnly.FromDateTime(work.Now.UtcDateTime);
        return Answer.Ok(new DaysPastDueMix([.. rows.GroupBy(row => row.Currency, StringComparer.Ordinal).OrderBy(mix => mix.Key, StringComparer.Ordinal).Select(mix => View(mix, today))]));
    }

    private static CurrencyMix View(IGrouping<string, Row> mix, DateOnly today)
    {
        var cycles = mix.ToLookup(row => DaysPastDue.CycleNumber(DaysPastDue.On(row.OldestDueDate, today)));
        return new(mix.Key, [.. Enumerable.Range(0, Cycles).Select(cycle => new CycleFigures(DaysPastDue.CycleName(cycle), cycles[cycle].Sum(row => row.Cases), new(cycles[cycle].Sum(row => row.Balance), mix.Key)))]);
    }

    private sealed record Row(string Currency, DateOnly OldestDueDate, long Cases, long Balance);
}
