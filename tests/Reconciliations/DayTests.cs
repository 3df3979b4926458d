using System.Text.RegularExpressions;
using Agency.Sdk;
using Agency.Tests.Data;
using Agency.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.Reconciliations;

/// <summary>A day's figures are what the lists add up to, for both sides.</summary>
public sealed partial class DayTests
{
    [Fact]
    public async Task The_figures_are_those_of_the_lists()
    {
        await using var story = await Story.AtCasesAsync();
        await story.PayAsync(9);
        story.Service.Clock.Advance(TimeSpan.FromDays(1));
        var day = story.Today;
        await story.PayAsync(100);
        await story.ReverseAsync(await story.PayAsync(200));
        await story.Harbour.Repayments.RejectAsync((await story.ReportAsync(300)).Id, Deeds.Because);
        await story.Swift.Repayments.WithdrawAsync((await story.ReportAsync(400)).Id, new RepaymentWithdrawal());
        await story.ReportAsync(500, on: story.Cases["A-2"]);
        await story.PaidDirectlyAsync(600, "B-1");
        await story.Harbour.DirectPayments.ReverseAsync((await story.PaidDirectlyAsync(700, "B-2")).Id, Deeds.Because);
        await story.Swift.ContactRecords.CreateAsync(story.Cases["A-2"].Id, story.Call());
        await story.Swift.Promises.CreateAsync(story.Cases["A-2"].Id, new NewPromise { Amount = Story.Cny(40), DueOn = day });
        await story.Swift.Promises.CreateAsync(story.Cases["A-2"].Id, new NewPromise { Amount = Story.Cny(41), DueOn = day });
        await story.Harbour.SettlementProposals.RejectAsync((await story.ProposeAsync(50_000)).Id, Deeds.Because);
        await story.ApproveAsync(await story.ProposeAsync(60_000, day));
        await story.Swift.Holds.CreateAsync(story.Cases["A-2"].Id, new NewHold { Kind = HoldKind.Dispute });
        await story.RecallAsync(story.Cases["A-3"]);
        await story.RefreshAsync(story.Figures(90_000, 0, 0), day);
        story.Service.Clock.Advance(TimeSpan.FromDays(1));
        await story.PayAsync(8);

        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.Equal(await OfListsAsync(story, side, day), await LinesAsync(side, day));
        }

        Assert.Contains((ReconciliationFigure.Repayments, "confirmed", 1L, 100L), await LinesAsync(story.Swift, day));
        Assert.Contains((ReconciliationFigure.Repayments, "confirmed", 1L, 9L), await LinesAsync(story.Harbour, day.AddDays(-1)));
        Assert.Contains((ReconciliationFigure.Promises, "superseded", 1L, 40L), await LinesAsync(story.Swift, day));
        Assert.Contains((ReconciliationFigure.SettlementProposals, "approved", 1L, 60_000L), await LinesAsync(story.Swift, day));
        Assert.Contains((ReconciliationFigure.CasesOpened, "recalled", 1L, 0L), await LinesAsync(story.Swift, day.AddDays(-1)));
        Assert.Equal([ReconciliationFigure.CasesOpen], (await LinesAsync(story.Harbour, day.AddDays(-9))).Select(line => line.Figure));
        Assert.Empty(await LinesAsync(story.Summit, day));
        Assert.Empty(await LinesAsync(story.Lantern, day));
    }

    [Fact]
    public void Each_figure_is_sought_by_its_day()
    {
        using var database = new ScratchDatabase();
        var statements = Statements.All.Where(s => s.Name.StartsWith("Agency.Api.Reconciliations.", StringComparison.Ordinal)).ToList();

        Assert.True(statements.Count >= 18, "The statements were not found.");
        Assert.All(statements.Where(s => !s.Name.Contains("CasesOpen ", StringComparison.Ordinal)), s =>
        {
            var plan = Plan(database, s.Sql.Sqlite);
            Assert.True(plan.Any(step => Sought().IsMatch(step)), $"{s.Name}: {string.Join(" · ", plan)}");
            Assert.DoesNotContain(plan, step => Scan().IsMatch(step));
        });
    }

    private static async Task<List<(ReconciliationFigure Figure, string? State, long Count, long Total)>> LinesAsync(Side side, DateOnly day)
    {
        var read = await side.Reconciliations.GetAsync(day);
        Assert.Equal(day, read.Day);
        return [.. read.Lines.Select(line => (line.Figure, (string?)line.State, line.Count, line.Total?.Amount ?? 0))];
    }

    // The same by reading everything and counting.
    private static async Task<List<(ReconciliationFigure Figure, string? State, long Count, long Total)>> OfListsAsync(Story story, Side side, DateOnly day)
    {
        List<(ReconciliationFigure, string?, long, long)> lines = [];
        var cases = await side.AllCasesAsync();
        var ended = side == story.Harbour ? cases.Where(c => c.EndedAt is not null).ToList() : [];
        Add(ReconciliationFigure.CasesOpened, cases.Where(c => IsOf(c.OpenedAt)), c => Word(c.State), _ => 0);
        lines.AddRange(ended.Count > 0 || side != story.Harbour ? [(ReconciliationFigure.CasesEnded, "recalled", 1, 0)] : []);
        lines.Add((ReconciliationFigure.CasesOpen, null, cases.Count(c => c.EndedAt is null), 0));
        Add(ReconciliationFigure.ContactRecords, (await side.ContactRecords.ListPageAsync(1000)).Items.Where(r => IsOf(r.ReceivedAt)), _ => null, _ => 0);
        Add(ReconciliationFigure.Promises, (await side.Promises.ListPageAsync(1000)).Items.Where(p => IsOf(p.MadeAt)), p => Word(p.State), p => p.Amount.Amount);
        Add(ReconciliationFigure.Repayments, (await side.Repayments.ListPageAsync(1000)).Items.Where(p => IsOf(p.ReportedAt)), p => Word(p.State), p => p.Amount.Amount);
        Add(ReconciliationFigure.DirectPayments, (await side.DirectPayments.ListPageAsync(1000)).Items.Where(p => IsOf(p.BookedAt)), p => Word(p.State), p => p.Amount.Amount);
        Add(ReconciliationFigure.SettlementProposals, (await side.SettlementProposals.ListPageAsync(1000)).Items.Where(p => IsOf(p.SubmittedAt)), p => Word(p.State), p => p.Amount.Amount);
        Add(ReconciliationFigure.LedgerEntries, (await side.LedgerEntries.ListPageAsync(1000)).Items.Where(l => IsOf(l.CreatedAt) && l.Kind != LedgerKind.Opening), l => Word(l.Kind), l => l.Amount.Amount);
        Add(ReconciliationFigure.Holds, (await side.Holds.ListPageAsync(1000)).Items.Where(h => IsOf(h.RaisedAt)), h => h.LiftedAt is null ? "standing" : "lifted", _ => 0);
        return lines;

        bool IsOf(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime) == day;

        void Add<T>(ReconciliationFigure figure, IEnumerable<T> items, Func<T, string?> state, Func<T, long> amount) =>
            lines.AddRange(items.GroupBy(state).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => (figure, group.Key, (long)group.Count(), group.Sum(amount))));
    }

    private static string Word<T>(T value)
        where T : struct, IOpenEnum => value.Value;

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

    [GeneratedRegex(@"^SEARCH .*((bank_id|agency_id)=\? AND (id|ended_at|created_at)>\? AND (id|ended_at|created_at)<\?|account_id=\? AND id>\? AND id<\?)")]
    private static partial Regex Sought();

    [GeneratedRegex("^SCAN |FOR ORDER BY")]
    private static partial Regex Scan();
}
