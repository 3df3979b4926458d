using System.ComponentModel.DataAnnotations;
using Agency.Portal.Charts;
using Agency.Portal.Language;
using Agency.Portal.SignIn;
using Agency.Sdk;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace Agency.Portal.Pages.Figures;

/// <summary>What cases came to, for either side: each figure a chart, its table and its file.</summary>
public sealed class ShowModel(AgencyClient agency, IStringLocalizer<Texts> t) : PageModel
{
    private const int CurvesAtOnce = LineChart.Looks;

    /// <summary>Only cases that were opened on this day or later.</summary>
    [BindProperty(SupportsGet = true), DataType(DataType.Date)]
    public DateOnly? From { get; set; }

    /// <summary>Only cases that were opened on this day or earlier.</summary>
    [BindProperty(SupportsGet = true), DataType(DataType.Date)]
    public DateOnly? To { get; set; }

    /// <summary>Which recovery curves: those after the newest.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    public string? NextCurves { get; private set; }

    /// <summary>In the order of the page; a figure that the person may not see is left out.</summary>
    public IReadOnlyList<FigureSection> Sections { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        List<FigureSection> sections = [await FunnelAsync(cancellation)];
        if (SeesCurves)
        {
            sections.Add(await CurvesAsync(cancellation));
        }

        sections.Add(User.IsOfBank() ? await AgenciesAsync(cancellation) : await CollectorsAsync(cancellation));
        sections.Add(await DaysPastDueAsync(cancellation));
        Sections = sections;
    }

    /// <summary>One figure's table as a file.</summary>
    public async Task<IActionResult> OnGetCsvAsync(string figure, CancellationToken cancellation)
    {
        var section = figure switch
        {
            "funnel" => await FunnelAsync(cancellation),
            "recovery" when SeesCurves => await CurvesAsync(cancellation),
            "agencies" when User.IsOfBank() => await AgenciesAsync(cancellation),
            "collectors" when User.IsOfAgency() => await CollectorsAsync(cancellation),
            "days-past-due" => await DaysPastDueAsync(cancellation),
            _ => null,
        };
        return section is null ? NotFound() : File(section.Exported.Csv(), "text/csv; charset=utf-8", $"{figure}.csv");
    }

    // What a collector sees of an assignment is the own desk's part: no curve is made of it.
    private bool SeesCurves => !User.Is("collector");

    private async Task<FigureSection> FunnelAsync(CancellationToken cancellation)
    {
        var funnel = await agency.Figures.GetFunnelAsync(from: From, to: To, cancellationToken: cancellation);
        var table = new FigureTable("funnel", t["figures.funnel"], [t["figures.currency"], t["figures.stage"], t["figures.cases"], t["figures.placed"], t["figures.recovered"]],
        [
            .. funnel.Currencies.SelectMany(c => c.Stages.Select(s => (IReadOnlyList<FigureCell>)
                [FigureCell.Of(c.Currency), FigureCell.Of(t.Term(s.Stage)), FigureCell.Of(s.Cases), FigureCell.Of(s.Placed), FigureCell.Of(s.Stage == FunnelStep.Paid ? c.Recovered : null)])),
        ]);
        return new(t["figures.funnel.hint"], table, table, [.. funnel.Currencies.Select(c => new FigureChart(c.Currency, BarChart.Draw(
            $"funnel-{c.Currency}", t["figures.chart", t["figures.funnel"], c.Currency], [.. c.Stages.Select(s => new Bar(t.Term(s.Stage), s.Cases, FigureCell.Of(s.Cases).Shown))])))]);
    }

    private async Task<FigureSection> DaysPastDueAsync(CancellationToken cancellation)
    {
        var mix = await agency.Figures.GetDaysPastDueAsync(cancellationToken: cancellation);
        var table = new FigureTable("days-past-due", t["figures.days_past_due"], [t["figures.currency"], t["figures.cycle"], t["figures.cases"], t["figures.balance"]],
        [
            .. mix.Currencies.SelectMany(c => c.Cycles.Select(cycle => (IReadOnlyList<FigureCell>)
                [FigureCell.Of(c.Currency), FigureCell.Of(cycle.Cycle), FigureCell.Of(cycle.Cases), FigureCell.Of(cycle.Balance)])),
        ]);
        return new(t["figures.days_past_due.hint"], table, table, [.. mix.Currencies.Select(c => new FigureChart(c.Currency, BarChart.Draw(
            $"days-past-due-{c.Currency}", t["figures.chart", t["figures.days_past_due"], c.Currency], [.. c.Cycles.Select(cycle => new Bar(cycle.Cycle, cycle.Balance.Amount, Formats.Money(cycle.Balance)))])))]);
    }

    private async Task<FigureSection> AgenciesAsync(CancellationToken cancellation)
    {
        var lines = (await agency.Figures.GetAgencyComparisonAsync(from: From, to: To, cancellationToken: cancellation)).Lines;
        var names = await AgencyNamesAsync(cancellation);
        return Compared("agencies", t["figures.agencies"], t["figures.agency"], t["figures.agencies.hint"], [.. lines.Select(line => (names.GetValueOrDefault(line.AgencyId, line.AgencyId.ToString()), line.Figures))]);
    }

    private async Task<FigureSection> CollectorsAsync(CancellationToken cancellation)
    {
        var lines = (await agency.Figures.GetCollectorComparisonAsync(from: From, to: To, cancellationToken: cancellation)).Lines;
        var names = new Dictionary<Guid, string>();
        if (!User.Is("collector"))
        {
            await foreach (var person in agency.People.ListOwnAsync(cancellationToken: cancellation))
            {
                names.Add(person.Id, person.Name);
            }
        }

        return Compared("collectors", t["figures.collectors"], t["figures.collector"], t["figures.collectors.hint"], [.. lines.Select(line => (NameOf(line.CollectorId), line.Figures))]);

        string NameOf(Guid? collector) => collector is not { } id ? t["figures.nobody"] : names.TryGetValue(id, out var name) ? name : User.FindFirst("name")?.Value ?? id.ToString();
    }

    private FigureSection Compared(string name, string caption, string of, string hint, IReadOnlyList<(string Of, CaseFigures Figures)> lines)
    {
        string[] columns =
        [
            of, t["figures.currency"], t["figures.cases"], t["figures.open_cases"], t["figures.placed"], t["figures.contact_records"], t["figures.right_party"], t["figures.contacted"],
            t["figures.promised"], t["figures.kept"], t["figures.paid"], t["figures.recovered"], t["figures.liquidation"],
        ];
        var table = new FigureTable(name, caption, columns,
        [
            .. lines.Select(line => (IReadOnlyList<FigureCell>)
            [
                FigureCell.Of(line.Of), FigureCell.Of(line.Figures.Placed.Currency), FigureCell.Of(line.Figures.Cases), FigureCell.Of(line.Figures.OpenCases), FigureCell.Of(line.Figures.Placed),
                FigureCell.Of(line.Figures.ContactRecords), FigureCell.Of(line.Figures.RightPartyContacts), FigureCell.Of(line.Figures.ContactedCases), FigureCell.Of(line.Figures.PromisedCases),
                FigureCell.Of(line.Figures.KeptCases), FigureCell.Of(line.Figures.PaidCases), FigureCell.Of(line.Figures.Recovered), FigureCell.OfBasisPoints(line.Figures.LiquidationBasisPoints),
            ]),
        ]);
        return new(hint, table, table, [.. lines.GroupBy(line => line.Figures.Placed.Currency, StringComparer.Ordinal).OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => new FigureChart(c.Key, BarChart.Draw(
            $"{name}-{c.Key}", t["figures.chart", caption, c.Key], [.. c.Select(line => new Bar(line.Of, line.Figures.LiquidationBasisPoints ?? 0, FigureCell.OfBasisPoints(line.Figures.LiquidationBasisPoints).Shown))])))]);
    }

    private async Task<FigureSection> CurvesAsync(CancellationToken cancellation)
    {
        var page = await agency.Figures.ListRecoveryCurvesPageAsync(CurvesAtOnce, Cursor, cancellationToken: cancellation);
        NextCurves = page.Next;
        var names = User.IsOfBank() ? await AgencyNamesAsync(cancellation) : [];
        var curves = page.Items.Select((curve, index) => (
            Number: index + 1,
            Curve: curve,
            Label: names.TryGetValue(curve.AgencyId, out var name) ? t["figures.assignment.of", name, Formats.Day(curve.PlacedOn)].Value : t["figures.assignment.on", Formats.Day(curve.PlacedOn)].Value)).ToList();
        var table = new FigureTable(
            "recovery",
            t["figures.recovery"],
            [t["figures.number"], t["figures.assignment"], t["figures.currency"], t["figures.cases"], t["figures.placed"], t["figures.recovered"], t["figures.liquidation"]],
            [
                .. curves.Select(c => (IReadOnlyList<FigureCell>)
                    [FigureCell.Of(c.Number), FigureCell.Of(c.Label), FigureCell.Of(c.Curve.Placed.Currency), FigureCell.Of(c.Curve.Cases), FigureCell.Of(c.Curve.Placed), FigureCell.Of(c.Curve.Recovered), FigureCell.OfBasisPoints(c.Curve.LiquidationBasisPoints)]),
            ]);
        var months = new FigureTable(
            "recovery-months",
            t["figures.recovery.months"],
            [
                t["figures.number"], t["figures.assignment"], t["figures.currency"], t["figures.placed"], t["figures.month"], t["figures.from"], t["figures.confirmed"], t["figures.reversed"],
                t["figures.recovered"], t["figures.liquidation"],
            ],
            [
                .. curves.SelectMany(c => c.Curve.Months.Select(m => (IReadOnlyList<FigureCell>)
                [
                    FigureCell.Of(c.Number), FigureCell.Of(c.Label), FigureCell.Of(c.Curve.Placed.Currency), FigureCell.Of(c.Curve.Placed), FigureCell.Of(m.Month), FigureCell.Of(m.From),
                    FigureCell.Of(m.Confirmed), FigureCell.Of(m.Reversed), FigureCell.Of(m.Recovered), FigureCell.OfBasisPoints(m.LiquidationBasisPoints),
                ])),
            ]);

        // Liquidation is a share, so assignments of different currencies can stand in one chart.
        FigureChart[] charts = curves.Count == 0 ? [] :
        [
            new(null, LineChart.Draw(
                "recovery-curves", t["figures.recovery"], t["figures.months_on_placement"],
                [.. curves.Select(c => new Curve(c.Number, [.. c.Curve.Months.Select(m => (decimal)(m.LiquidationBasisPoints ?? 0))], $"{c.Number} {c.Label}: {FigureCell.OfBasisPoints(c.Curve.LiquidationBasisPoints).Shown}"))],
                Formats.PercentOfAxis)),
        ];
        return new(t["figures.recovery.hint"], table, months, charts);
    }

    private async Task<Dictionary<Guid, string>> AgencyNamesAsync(CancellationToken cancellation)
    {
        var names = new Dictionary<Guid, string>();
        await foreach (var one in agency.Agencies.ListAsync(cancellationToken: cancellation))
        {
            names.Add(one.Id, one.Name);
        }

        return names;
    }
}

/// <summary>A figure on the page.</summary>
/// <param name="Hint">What is counted, in a sentence.</param>
/// <param name="Table">The table that is always open.</param>
/// <param name="Exported">What the file has: the same table, or the fuller one that can be opened below it.</param>
/// <param name="Charts">A drawing for each currency, or one for all.</param>
public sealed record FigureSection(string Hint, FigureTable Table, FigureTable Exported, IReadOnlyList<FigureChart> Charts);

/// <summary>A drawing.</summary>
/// <param name="Currency">What money it is of; null where it is of shares.</param>
public sealed record FigureChart(string? Currency, IHtmlContent Drawing);
