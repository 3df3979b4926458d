using System.Globalization;
using System.Text.RegularExpressions;
using Agency.Sdk;
using Agency.Tests.CommissionStatements;
using Agency.Tests.Data;
using Agency.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.Figures;

/// <summary>Every figure is what the lists add up to, to the cent, for both sides and everybody within an agency.</summary>
public sealed partial class FigureTests
{
    [Fact]
    public async Task Figures_are_what_the_lists_add_up_to()
    {
        await using var story = await FigureWorld.MakeAsync();
        var facts = await Fact.OfAsync(story);
        var (swift, lantern) = (await story.Harbour.AgencyIdAsync("swift"), await story.Harbour.AgencyIdAsync("lantern"));

        // The world has what it is for: two currencies, what stands, what went, what was paid too much, an ended case that earned later.
        Assert.Equal(8, facts.Count);
        Assert.Equal(["105500", "20000", "4000", "7000", "9000"], facts.Where(f => f.Recovered > 0).Select(f => f.Recovered.ToString(CultureInfo.InvariantCulture)).Order(StringComparer.Ordinal));
        Assert.Contains(facts, f => f.Case.EndedAt is not null && f.Recovered == 20_000);

        (Side Side, Func<Fact, bool> Sees)[] everybody =
        [
            (story.Harbour, _ => true), (story.Swift, f => f.Case.AgencyId == swift), (story.Lantern, f => f.Case.AgencyId == lantern), (story.Summit, _ => false),
            (story.Service.As(FigureWorld.Manager), f => f.Case.AgencyId == swift),
            (story.Service.As(FigureWorld.Lead), f => f.Case.Account.AccountNumber is "A-1" or "U-1" && f.Case.AgencyId == swift),
        ];
        foreach (var (side, sees) in everybody)
        {
            var seen = facts.Where(sees).ToList();
            Assert.Equal(Funnels(seen), Funnels(await side.Figures.GetFunnelAsync()));
            Assert.Equal(Curves(seen, story.Today), await CurvesAsync(side));
            Assert.Equal(await MixAsync(side), Mix(await side.Figures.GetDaysPastDueAsync()));
        }
    }

    [Fact]
    public async Task Agencies_and_collectors_are_compared_by_the_cases_that_each_has()
    {
        await using var story = await FigureWorld.MakeAsync();
        var facts = await Fact.OfAsync(story);
        var swift = await story.Harbour.AgencyIdAsync("swift");

        Assert.Equal(Compared(facts, f => f.Case.AgencyId), (await story.Harbour.Figures.GetAgencyComparisonAsync()).Lines.Select(line => Line(line.AgencyId, line.Figures)));
        Assert.Empty((await story.Summit.Figures.GetAgencyComparisonAsync()).Lines);

        var own = facts.Where(f => f.Case.AgencyId == swift).ToList();
        foreach (var side in new[] { story.Swift, story.Service.As(FigureWorld.Manager) })
        {
            Assert.Equal(Compared(own, f => f.Case.CollectorId), await CollectorsAsync(side));
        }

        // A supervisor the team's, a collector the own line: the database shows no other case.
        var one = await story.Swift.PersonAsync("collector");
        var ones = Compared(own.Where(f => f.Case.CollectorId == one), f => f.Case.CollectorId);
        Assert.Equal(2, ones.Count);
        Assert.Equal(ones, await CollectorsAsync(story.Service.As(FigureWorld.Lead)));
        Assert.Equal(ones, await CollectorsAsync(story.Service.As(FigureWorld.One)));
        Assert.Single(await CollectorsAsync(story.Service.As(FigureWorld.Two)));
        Assert.NotEqual(ones, await CollectorsAsync(story.Service.As(FigureWorld.Two)));
        await story.RefusesAsync(403, "auth.wrong_tenant_kind", () => story.Harbour.Figures.GetCollectorComparisonAsync());
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Figures.GetAgencyComparisonAsync());
    }

    [Fact]
    public async Task Figures_are_of_the_cases_that_are_asked_for()
    {
        await using var story = await FigureWorld.MakeAsync();
        var facts = await Fact.OfAsync(story);
        var (bank, lantern) = (facts[0].Case.BankId, await story.Harbour.AgencyIdAsync("lantern"));
        var first = DateOnly.FromDateTime(TestDatabase.Start.UtcDateTime);
        var figures = story.Harbour.Figures;

        Assert.Equal(Funnels(Of(f => f.Case.AssignmentId == story.Assignment.Id)), Funnels(await figures.GetFunnelAsync(assignmentId: story.Assignment.Id)));
        Assert.Equal(Funnels(Of(f => f.Case.AgencyId == lantern)), Funnels(await figures.GetFunnelAsync(agencyId: lantern)));
        Assert.Equal(Funnels(facts), Funnels(await figures.GetFunnelAsync(bankId: bank)));
        Assert.Empty((await figures.GetFunnelAsync(bankId: lantern)).Currencies);
        Assert.Equal(Funnels(Of(f => f.Case.Account.PortfolioId == story.Portfolio.Id)), Funnels(await figures.GetFunnelAsync(portfolioId: story.Portfolio.Id)));
        Assert.Equal(Funnels(Of(f => Day(f.Case.OpenedAt) == first)), Funnels(await figures.GetFunnelAsync(from: first, to: first)));
        Assert.Equal(Funnels(Of(f => Day(f.Case.OpenedAt) > first)), Funnels(await figures.GetFunnelAsync(from: first.AddDays(1))));
        Assert.NotEqual(Funnels(facts), Funnels(await figures.GetFunnelAsync(to: first)));
        Assert.Equal(Compared(Of(f => f.Case.AgencyId == lantern), f => f.Case.AgencyId), (await figures.GetAgencyComparisonAsync(agencyId: lantern)).Lines.Select(line => Line(line.AgencyId, line.Figures)));
        Assert.Equal(Curves(Of(f => f.Case.AssignmentId == story.Assignment.Id), story.Today), await CurvesAsync(story.Harbour, story.Assignment.Id));
        Assert.Equal(3, (await figures.GetDaysPastDueAsync(agencyId: lantern)).Currencies.Single().Cycles.Sum(cycle => cycle.Cases));

        List<Fact> Of(Func<Fact, bool> chosen) => [.. facts.Where(chosen)];
    }

    [Fact]
    public async Task Recovered_money_is_what_came_off_the_ledger_and_what_statements_count()
    {
        await using var story = await FigureWorld.MakeAsync();
        var entries = (await story.Harbour.LedgerEntries.ListPageAsync(1000)).Items.Where(l => l.Kind == LedgerKind.Repayment || l.Kind == LedgerKind.Reversal);
        var ofLedger = entries.GroupBy(l => l.Amount.Currency).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, -g.Sum(l => l.Amount.Amount)));
        Assert.Equal(ofLedger, (await story.Harbour.Figures.GetFunnelAsync()).Currencies.Select(c => (c.Currency, c.Recovered.Amount)));

        // A month after, statements have it all, line by line: the same money for both sides.
        story.Service.Clock.Advance(TimeSpan.FromDays(31));
        await story.CloseAsync();
        foreach (var side in new[] { story.Swift, story.Lantern })
        {
            var stated = (await side.Statements.ListPageAsync(1000)).Items.GroupBy(s => s.Amount.Currency).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, g.Sum(s => s.Amount.Amount)));
            Assert.Equal(stated, (await side.Figures.GetFunnelAsync()).Currencies.Select(c => (c.Currency, c.Recovered.Amount)));
        }
    }

    [Fact]
    public async Task Curves_come_page_by_page_the_newest_first()
    {
        await using var story = await FigureWorld.MakeAsync();
        var all = (await story.Harbour.Figures.ListRecoveryCurvesPageAsync()).Items.Select(curve => curve.AssignmentId).ToList();
        var paged = await story.Harbour.Figures.ListRecoveryCurvesAsync(pageSize: 1).ToListAsync();

        Assert.Equal(4, all.Count);
        Assert.Equal(all, paged.Select(curve => curve.AssignmentId));
        Assert.Equal(all.OrderDescending(), all);
        await story.RefusesAsync(400, "query.limit_out_of_range", () => story.Harbour.Figures.ListRecoveryCurvesPageAsync(0));
    }

    [Fact]
    public void Figures_seek_the_caller_s_own_assignments_and_each_case_of_them_by_keys()
    {
        using var database = new ScratchDatabase();
        var statements = Statements.All.Where(s => s.Name.StartsWith("Agency.Api.Figures.", StringComparison.Ordinal)).ToList();

        Assert.True(statements.Count >= 14, "The statements were not found.");
        Assert.All(statements, s => Assert.DoesNotContain(Plan(database, s.Sql.Sqlite), step => Scan().IsMatch(step)));
        Assert.All(statements, s => Assert.DoesNotContain(Plan(database, s.Sql.Sqlite), step => WholeTenant().IsMatch(step)));
        Assert.All(statements.Where(s => s.Sql.Sqlite.Contains("@first", StringComparison.Ordinal)), s =>
            Assert.Contains(Plan(database, s.Sql.Sqlite), step => OwnAssignments().IsMatch(step)));
        Assert.All(statements.Where(s => s.Sql.Sqlite.Contains("CROSS JOIN", StringComparison.Ordinal)), s =>
            Assert.Contains(Plan(database, s.Sql.Sqlite), step => CasesOfAssignment().IsMatch(step)));
        Assert.All(statements.Where(s => s.Sql.Sqlite.Contains("AS reached", StringComparison.Ordinal)), s =>
        {
            var plan = Plan(database, s.Sql.Sqlite);
            Assert.Contains(plan, step => step.Contains("ix_contact_record_case (bank_id=? AND case_id>? AND case_id<?)", StringComparison.Ordinal));
            Assert.Contains(plan, step => step.Contains("ix_promise_case (bank_id=? AND case_id>? AND case_id<?)", StringComparison.Ordinal));
            Assert.Contains(plan, step => step.Contains("ix_recovery_case (bank_id=? AND case_id>? AND case_id<?)", StringComparison.Ordinal));
        });
    }

    private static List<string> Plan(ScratchDatabase database, string sql)
    {
        using var command = database.Plain.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        foreach (var parameter in Parameter().Matches(sql).Select(m => m.Value).Distinct(StringComparer.Ordinal))
        {
            command.Parameters.Add(new SqliteParameter(parameter, 1L));
        }

        List<string> steps = [];
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            steps.Add(reader.GetString(3));
        }

        return steps;
    }

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();

    [GeneratedRegex("^SCAN (?!f$|\\()")]
    private static partial Regex Scan();

    [GeneratedRegex(@"^SEARCH base_\S+ USING .*\((bank_id|agency_id)=\?\)")]
    private static partial Regex WholeTenant();

    [GeneratedRegex(@"^SEARCH \S+ USING .*\((bank_id|agency_id)=\? AND id>\? AND id<\?\)")]
    private static partial Regex OwnAssignments();

    [GeneratedRegex(@"^SEARCH \S+ USING .*ix_case_(agency_)?assignment \((bank_id|agency_id)=\? AND assignment_id>\? AND assignment_id<\?\)")]
    private static partial Regex CasesOfAssignment();

    private static DateOnly Day(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);

    private static List<string> Funnels(IEnumerable<Fact> facts) => [.. facts.GroupBy(f => f.Currency).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g =>
        $"{g.Key} {Stage("placed", g)} {Stage("contacted", g.Where(f => f.Reached > 0))} {Stage("promised", g.Where(f => f.IsPromised))} {Stage("kept", g.Where(f => f.IsKept))} {Stage("paid", g.Where(f => f.Recovered > 0))} {g.Sum(f => f.Recovered)} {g.Key}")];

    private static string Stage(string stage, IEnumerable<Fact> facts) => $"{stage} {facts.Count()} {facts.Sum(f => f.Placed)}";

    private static List<string> Funnels(Funnel funnel) => [.. funnel.Currencies.Select(c =>
        $"{c.Currency} {string.Join(' ', c.Stages.Select(s => $"{s.Stage.Value} {s.Cases} {s.Placed.Amount}"))} {c.Recovered.Amount} {c.Recovered.Currency}")];

    private static List<string> Compared(IEnumerable<Fact> facts, Func<Fact, Guid?> by) => [.. facts.GroupBy(f => (Of: by(f), f.Currency))
        .OrderBy(g => g.Key.Of?.ToString("N") ?? "").ThenBy(g => g.Key.Currency, StringComparer.Ordinal)
        .Select(g => $"{g.Key.Of} {g.Key.Currency} {g.Count()} {g.Count(f => f.Case.EndedAt is null)} {g.Sum(f => f.Placed)} {g.Sum(f => f.Records)} {g.Sum(f => f.Reached)} {g.Count(f => f.Reached > 0)} {g.Count(f => f.IsPromised)} {g.Count(f => f.IsKept)} {g.Count(f => f.Recovered > 0)} {g.Sum(f => f.Recovered)} {Liquidation(g.Sum(f => f.Recovered), g.Sum(f => f.Placed))}")];

    private static string Line(Guid? of, CaseFigures f) =>
        $"{of} {f.Placed.Currency} {f.Cases} {f.OpenCases} {f.Placed.Amount} {f.ContactRecords} {f.RightPartyContacts} {f.ContactedCases} {f.PromisedCases} {f.KeptCases} {f.PaidCases} {f.Recovered.Amount} {f.LiquidationBasisPoints}";

    private static async Task<List<string>> CollectorsAsync(Side side) => [.. (await side.Figures.GetCollectorComparisonAsync()).Lines.Select(line => Line(line.CollectorId, line.Figures))];

    private static long Liquidation(long recovered, long placed) => (long)Math.Round((decimal)recovered * 10_000 / placed, MidpointRounding.AwayFromZero);

    private static List<string> Curves(IEnumerable<Fact> facts, DateOnly today) => [.. facts.GroupBy(f => f.Case.AssignmentId).OrderByDescending(g => g.Key).Select(g =>
    {
        var (from, placed) = (Day(g.Min(f => f.Case.OpenedAt)), g.Sum(f => f.Placed));
        var months = Enumerable.Range(1, 100).TakeWhile(month => from.AddMonths(month - 1) <= today).Select(month =>
        {
            var before = g.SelectMany(f => f.Money).Where(m => m.Day < from.AddMonths(month)).ToList();
            var within = before.Where(m => m.Day >= from.AddMonths(month - 1)).ToList();
            return Month(month, from.AddMonths(month - 1), within.Sum(m => Math.Max(0, m.Amount)), within.Sum(m => Math.Max(0, -m.Amount)), before.Sum(m => m.Amount), Liquidation(before.Sum(m => m.Amount), placed));
        });
        return $"{g.Key} {g.First().Case.AgencyId} {from:O} {g.Count()} {placed} {g.First().Currency} {g.Sum(f => f.Recovered)} {Liquidation(g.Sum(f => f.Recovered), placed)}: {string.Join(", ", months)}";
    })];

    private static string Month(int month, DateOnly from, long confirmed, long reversed, long recovered, long? liquidation) => $"{month} {from:O} {confirmed} {reversed} {recovered} {liquidation}";

    private static async Task<List<string>> CurvesAsync(Side side, Guid? assignment = null) => [.. (await side.Figures.ListRecoveryCurvesPageAsync(assignmentId: assignment)).Items.Select(c =>
        $"{c.AssignmentId} {c.AgencyId} {c.PlacedOn:O} {c.Cases} {c.Placed.Amount} {c.Placed.Currency} {c.Recovered.Amount} {c.LiquidationBasisPoints}: {string.Join(", ", c.Months.Select(m => Month(m.Month, m.From, m.Confirmed.Amount, m.Reversed.Amount, m.Recovered.Amount, m.LiquidationBasisPoints)))}")];

    // Each side lists the cases that are open, and each says how long it is overdue.
    private static async Task<List<string>> MixAsync(Side side) => [.. (await side.AllCasesAsync()).Where(c => c.EndedAt is null)
        .GroupBy(c => c.Account.Balance.Total.Currency).OrderBy(g => g.Key, StringComparer.Ordinal)
        .Select(g => $"{g.Key}: {string.Join(", ", ((string[])["M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7+"]).Select(cycle => $"{cycle} {g.Count(c => c.Account.Cycle == cycle)} {g.Where(c => c.Account.Cycle == cycle).Sum(c => c.Account.Balance.Total.Amount)}"))}")];

    private static List<string> Mix(DaysPastDueMix mix) => [.. mix.Currencies.Select(c => $"{c.Currency}: {string.Join(", ", c.Cycles.Select(cycle => $"{cycle.Cycle} {cycle.Cases} {cycle.Balance.Amount}"))}")];
}
