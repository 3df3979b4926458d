using System.ComponentModel;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.RulePacks;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Figures;

/// <summary>Of which cases figures are made; without any of these of all that the caller sees.</summary>
internal sealed record FigureScope(
    [property: FromQuery(Name = "bank_id"), Description("Only cases of this bank.")] Id? BankId,
    [property: FromQuery(Name = "agency_id"), Description("Only cases of this agency.")] Id? AgencyId,
    [property: FromQuery(Name = "portfolio_id"), Description("Only cases of this portfolio.")] Id? PortfolioId,
    [property: FromQuery(Name = "assignment_id"), Description("Only cases of this assignment.")] Id? AssignmentId);

/// <summary>When the cases were opened.</summary>
internal sealed record FigureDays(
    [property: FromQuery(Name = "from"), Description("Only cases that were opened on this day (UTC) or later.")] DateOnly? From,
    [property: FromQuery(Name = "to"), Description("Only cases that were opened on this day (UTC) or earlier.")] DateOnly? To);

/// <summary>What cases came to, in one currency.</summary>
/// <param name="Cases">All cases, ended ones too.</param>
/// <param name="OpenCases">Those of them that are open.</param>
/// <param name="Placed">What was owed on them when they were assigned.</param>
/// <param name="ContactRecords">Contact records on them; one that was corrected does not count, its correction does.</param>
/// <param name="RightPartyContacts">Those of the records in which the debtor or who is liable beside the debtor spoke about the debt.</param>
/// <param name="ContactedCases">Cases with such a record.</param>
/// <param name="PromisedCases">Cases on which a promise was made that was not cancelled.</param>
/// <param name="KeptCases">Cases on which such a promise was kept.</param>
/// <param name="PaidCases">Cases on which money was recovered that stands.</param>
/// <param name="Recovered">Money that the bank confirmed and that came off the debt, less what was reversed: the money that statements count.</param>
/// <param name="LiquidationBasisPoints">What was recovered in hundredths of a per cent of what was placed, rounded half away from zero; absent where nothing was placed.</param>
public sealed record CaseFigures(
    long Cases, long OpenCases, Money Placed, long ContactRecords, long RightPartyContacts, long ContactedCases, long PromisedCases, long KeptCases, long PaidCases,
    Money Recovered, int? LiquidationBasisPoints);

internal static class FigureRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var figures = v1.MapGroup("/figures").WithTags("Figures");
        ListRecoveryCurves.Map(figures);
        GetFunnel.Map(figures);
        GetAgencyComparison.Map(figures);
        GetCollectorComparison.Map(figures);
        GetDaysPastDue.Map(figures);
    }
}

internal static class Liquidation
{
    private const int Whole = 10_000;

    /// <summary>Recovered in basis points of placed.</summary>
    public static int? Of(long recovered, long placed) =>
        placed == 0 ? null : (int)Math.Round((decimal)recovered * Whole / placed, MidpointRounding.AwayFromZero);
}

/// <summary>
/// The cases that figures are made of, case by case: what was placed, whether somebody was reached, promised, kept and paid. Cases of a
/// voided assignment are left out. The database leaves a caller the cases of its own sight, ended ones too, and what is asked here of an
/// account is what its agency may know for good.
/// </summary>
internal static class FigureCases
{
    /// <summary>Sought by assignment: one of them, or the range of all.</summary>
    public const string Chosen = """
        assignment AS s
            INNER JOIN tenant AS b ON b.tenant_id = s.bank_id
            INNER JOIN tenant AS g ON g.tenant_id = s.agency_id
            CROSS JOIN [case] AS c
        """;

    public const string Conditions = """
        s.{side} = @tenant AND s.id >= @first AND s.id <= @last AND (s.ending IS NULL OR s.ending <> 'voided')
                AND (@bank IS NULL OR b.id = @bank) AND (@agency IS NULL OR g.id = @agency) AND (@portfolio IS NULL OR s.portfolio_id = @portfolio)
                AND c.{side} = s.{side} AND c.assignment_id >= s.id AND c.assignment_id <= s.id
        """;

    /// <summary>What is added up, by whatever the cases are grouped by.</summary>
    public const string Sums = """
        COUNT(*) AS cases, SUM(f.is_open) AS open_cases, SUM(f.placed) AS placed, SUM(f.records) AS contact_records, SUM(f.reached) AS right_party_contacts,
            SUM(CASE WHEN f.reached > 0 THEN 1 ELSE 0 END) AS contacted_cases, SUM(f.promised) AS promised_cases, SUM(f.kept) AS kept_cases,
            SUM(CASE WHEN f.recovered > 0 THEN 1 ELSE 0 END) AS paid_cases, SUM(f.recovered) AS recovered
        """;

    /// <summary>No id comes after it.</summary>
    public static readonly Id Last = Id.FromBytes([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);

    /// <summary>A case's own columns. What belongs to it is sought by a range of one: of an equal sign SQLite would read all that the bank has.</summary>
    public static string Columns { get; } = $"""
        s.currency, CASE WHEN c.ended_at IS NULL THEN 1 ELSE 0 END AS is_open, c.placed,
                (SELECT COUNT(*) FROM contact_record AS r WHERE r.bank_id = c.bank_id AND r.case_id >= c.id AND r.case_id <= c.id
                    AND NOT EXISTS (SELECT 1 FROM contact_record AS n WHERE n.bank_id = r.bank_id AND n.supersedes_id = r.id)) AS records,
                (SELECT COUNT(*) FROM contact_record AS r WHERE r.bank_id = c.bank_id AND r.case_id >= c.id AND r.case_id <= c.id
                    AND r.party <> 'related_contact' AND r.outcome IN ({OutcomeSets.Words(OutcomeSets.RightParty)})
                    AND NOT EXISTS (SELECT 1 FROM contact_record AS n WHERE n.bank_id = r.bank_id AND n.supersedes_id = r.id)) AS reached,
                CASE WHEN EXISTS (SELECT 1 FROM promise AS p WHERE p.bank_id = c.bank_id AND p.case_id >= c.id AND p.case_id <= c.id
                    AND NOT EXISTS (SELECT 1 FROM promise_cancellation AS x WHERE x.bank_id = p.bank_id AND x.promise_id = p.id)) THEN 1 ELSE 0 END AS promised,
                CASE WHEN EXISTS (SELECT 1 FROM promise AS p
                    INNER JOIN promise_outcome AS o ON o.bank_id = p.bank_id AND o.promise_id = p.id
                    WHERE p.bank_id = c.bank_id AND p.case_id >= c.id AND p.case_id <= c.id AND o.outcome = 'kept'
                        AND o.number = (SELECT MAX(m.number) FROM promise_outcome AS m WHERE m.bank_id = p.bank_id AND m.promise_id = p.id)
                        AND NOT EXISTS (SELECT 1 FROM promise_cancellation AS x WHERE x.bank_id = p.bank_id AND x.promise_id = p.id)) THEN 1 ELSE 0 END AS kept,
                COALESCE((SELECT SUM(CASE WHEN v.kind = 'confirmed' THEN v.amount ELSE -v.amount END) FROM recovery AS v
                    WHERE v.bank_id = c.bank_id AND v.case_id >= c.id AND v.case_id <= c.id), 0) AS recovered
        """;

    /// <summary>Opened within the days asked for.</summary>
    public static string Opened { get; } = "c.opened_at >= @from AND c.opened_at < @before";

    public static object Key(Work work, FigureScope scope, FigureDays? days = null) => new
    {
        tenant = work.Tenant,
        first = scope.AssignmentId ?? default,
        last = scope.AssignmentId ?? Last,
        bank = scope.BankId,
        agency = scope.AgencyId,
        portfolio = scope.PortfolioId,
        from = Start(days?.From ?? DateOnly.MinValue),
        before = days?.To is { } to && to < DateOnly.MaxValue ? Start(to.AddDays(1)) : DateTimeOffset.MaxValue,
    };

    private static DateTimeOffset Start(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);
}

/// <summary>The sums of one group of cases, in one currency.</summary>
internal sealed record FigureRow(
    Id? Of, string Currency, long Cases, long OpenCases, long Placed, long ContactRecords, long RightPartyContacts, long ContactedCases, long PromisedCases, long KeptCases,
    long PaidCases, long Recovered)
{
    public CaseFigures View() => new(
        Cases, OpenCases, new(Placed, Currency), ContactRecords, RightPartyContacts, ContactedCases, PromisedCases, KeptCases, PaidCases,
        new(Recovered, Currency), Liquidation.Of(Recovered, Placed));
}
