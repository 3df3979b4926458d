using Agency.Sdk;
using Agency.Tests.Support;
using static Agency.Tests.CommissionStatements.StatementDeeds;

namespace Agency.Tests.CommissionStatements;

/// <summary>How months become statements, whoever asks and however often.</summary>
public sealed class MonthEndTests
{
    [Fact]
    public async Task A_month_is_drafted_once_it_is_over_and_only_then()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 1_000)));
        await story.EarnAsync("A-1", 10_000);
        story.Service.Clock.AdjustTime(new DateTimeOffset(2026, 3, 31, 23, 59, 59, 999, TimeSpan.Zero));
        await story.EarnAsync("A-1", 5_000);
        await story.CloseAsync();
        Assert.Empty((await story.Harbour.Statements.ListPageAsync()).Items);

        story.Service.Clock.AdjustTime(new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero));
        await story.EarnAsync("A-1", 3_000);
        await story.CloseAsync();

        var draft = Assert.Single((await story.Swift.Statements.ListPageAsync()).Items);
        Assert.Equal((StatementState.Draft, 0, 2, 15_000, 1_500), (draft.State, draft.Version, draft.LineCount, draft.Amount.Amount, draft.Total.Amount));
        Assert.EquivalentWithExclusions(draft, await story.StatementAsync(3), strict: true, "RawAnswer", "ETag");
        Assert.Equal("statement.drafted", story.EventsOf(draft.Id));
    }

    [Fact]
    public async Task Sweeps_at_once_and_again_draft_a_month_once()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 1_000)));
        await story.EarnAsync("A-1", 10_000);
        story.GoTo(6);
        await Task.WhenAll(story.CloseAsync(), story.CloseAsync(), story.CloseAsync());
        var rows = StoredRows.Digest(story.Service.Database);
        await story.CloseAsync();

        Assert.Equal(rows, StoredRows.Digest(story.Service.Database));
        Assert.Equal("1|1|3|1", story.Service.Database.Scalar("SELECT (SELECT COUNT(*) FROM base_statement) || '|' || (SELECT COUNT(*) FROM base_statement_line) || '|' || (SELECT COUNT(*) FROM base_statement_month) || '|' || (SELECT COUNT(*) FROM base_event WHERE type = 'statement.drafted')"));
    }

    [Fact]
    public async Task The_calendar_is_looked_at_every_ten_minutes()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 1_000)));
        await story.EarnAsync("A-1", 10_000);
        story.GoTo(4);

        story.Service.Clock.Advance(TimeSpan.FromMinutes(10));

        await Eventually.ReadAsync(() => story.Harbour.Statements.ListPageAsync(), page => page.Items.Count > 0);
    }

    [Fact]
    public async Task Each_agency_has_a_statement_of_its_own_money_alone()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 1_000)));
        var lantern = (await story.PlaceAsync(Terms(Rate("M1", 2_000)), Csv(("L-1", 100_000)), agency: "lantern")).Values.Single();
        await story.EarnAsync("A-1", 10_000);
        await story.ConfirmAsync(await story.Lantern.Repayments.CreateAsync(lantern.Id, new NewRepayment { Amount = Story.Cny(700), PaidOn = story.Today }));
        await story.EndMonthAsync();

        Assert.Equal([1_000], (await story.Swift.Statements.ListPageAsync()).Items.Select(s => s.Total.Amount));
        Assert.Equal([140], (await story.Lantern.Statements.ListPageAsync()).Items.Select(s => s.Total.Amount));
        Assert.Equal([140, 1_000], (await story.Harbour.Statements.ListPageAsync()).Items.Select(s => s.Total.Amount).Order());
        Assert.Empty((await story.Summit.Statements.ListPageAsync()).Items);
    }

    [Fact]
    public async Task Money_that_is_not_confirmed_is_not_there()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 1_000)));
        var @case = await story.CaseAsync("A-1");
        await story.ReportAsync(100, on: @case);
        await story.Harbour.Repayments.RejectAsync((await story.ReportAsync(100, on: @case)).Id, Deeds.Because);
        await story.EndMonthAsync();

        Assert.Empty((await story.Harbour.Statements.ListPageAsync()).Items);
    }

    // A decision is dated when its request begins: one that is committed only after the month was closed looks like this.
    [Fact]
    public async Task What_comes_after_its_month_was_closed_goes_to_the_next_month_s_statement()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 1_000)));
        var paid = await story.EarnAsync("A-1", 10_000);
        var late = await story.ReportAsync(5_000, on: await story.CaseAsync("A-1"));
        await story.EndMonthAsync();
        Decide(story, late, "confirmed");
        Decide(story, paid, "reversed");
        await story.EndMonthAsync();

        Assert.Equal([(10_000, 1_000)], await story.FeesAsync(3));
        var april = await story.LinesAsync(await story.StatementAsync(4));
        Assert.Equal([(5_000, 500), (-10_000, -1_000)], april.Select(line => (line.Amount.Amount, line.Commission.Amount)).OrderDescending());
        Assert.All(april, line => Assert.Equal(3, line.DecidedAt.Month));
        Assert.Equal((await story.StatementAsync(3)).Id, april.Single(line => line.Kind == StatementLineKind.Reversal).Original!.StatementId);
    }

    [Fact]
    public async Task Either_side_has_the_months_drafted_that_are_over()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 1_000)));
        await story.EarnAsync("A-1", 10_000);
        story.GoTo(4);
        Assert.Equal(new DateOnly(2026, 3, 1), (await story.Swift.Statements.CreateAsync(new StatementDraft { Month = new DateOnly(2026, 3, 1) })).Month);
        Assert.Equal(1_000, (await story.StatementAsync(3)).Total.Amount);

        await story.EarnAsync("A-1", 2_000);
        story.GoTo(5);
        await story.ActsOnceAsync(key => story.Harbour.Statements.CreateAsync(new StatementDraft { Month = new DateOnly(2026, 4, 1) }, CallOptions.WithKey(key)));
        Assert.Equal(200, (await story.StatementAsync(4)).Total.Amount);
    }

    [Fact]
    public async Task A_month_that_runs_is_not_drafted_and_an_outsider_drafts_nothing_of_others()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 1_000)));
        await story.EarnAsync("A-1", 10_000);

        await story.RefusesAsync(409, "statement.month_open", () => story.Harbour.Statements.CreateAsync(new StatementDraft { Month = new DateOnly(2026, 3, 1) }, CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Statements.CreateAsync(new StatementDraft { Month = new DateOnly(2026, 2, 2) }, CallOptions.WithKey("key")));
        await story.RefusesAsync(400, "statement.month_malformed", () => story.Harbour.Statements.ListPageAsync(50, month: new DateOnly(2026, 3, 2)));
        story.GoTo(4);
        await story.Summit.Statements.CreateAsync(new StatementDraft { Month = new DateOnly(2026, 3, 1) });
        await story.Lantern.Statements.CreateAsync(new StatementDraft { Month = new DateOnly(2026, 3, 1) });
        Assert.Empty((await story.Harbour.Statements.ListPageAsync()).Items);
    }

    [Fact]
    public async Task A_paid_statement_is_locked_seven_days_later()
    {
        var (story, draft) = await AtDraftAsync();
        await using var disposed = story;
        await story.DoAsync(draft.Id, "issuance", "agreement", "payment");
        story.Service.Clock.AdjustTime(story.Service.Clock.GetUtcNow().AddDays(7) - TimeSpan.FromMilliseconds(1));
        await story.CloseAsync();
        Assert.Equal(StatementState.Paid, (await story.StatementAsync(3)).State);

        story.Service.Clock.AdjustTime(story.Service.Clock.GetUtcNow().AddMilliseconds(1));
        await Task.WhenAll(story.CloseAsync(), story.CloseAsync());

        Assert.Equal((StatementState.Locked, story.Service.Clock.GetUtcNow()), ((await story.StatementAsync(3)).State, (await story.StatementAsync(3)).LockedAt!.Value));
        Assert.Equal("statement.drafted statement.issued statement.agreed statement.paid statement.locked", story.EventsOf(draft.Id));
    }

    private static void Decide(Story story, Repayment repayment, string decision)
    {
        using var connection = story.Service.Database.OpenRaw();
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO base_repayment_decision (bank_id, repayment_id, decision, agency_id, overpaid, decided_at)
            SELECT bank_id, id, @decision, agency_id, 0, '2026-03-31 23:59:59.998' FROM base_repayment WHERE id = @id
            """;
        command.Parameters.AddWithValue("@decision", decision);
        command.Parameters.AddWithValue("@id", repayment.Id.ToByteArray(bigEndian: true));
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}
