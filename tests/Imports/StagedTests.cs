using System.Text;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Imports;

/// <summary>A file is looked at before it is loaded: what its columns are is proposed, chosen, and kept for the next.</summary>
public sealed class StagedTests
{
    private const string Foreign = """
        客户号,户主,借据号,手机号,剩余本金,逾期日期,备注
        C-1,王小明,L-1,+8610000000001,100000,2025-11-30,VIP 王
        C-2,李小红,L-2,'+8610000000002,200000,2025-12-31,
        """;

    private static readonly ImportStart Chosen = new()
    {
        Columns =
        [
            new ColumnChoice { Header = "客户号", Column = ImportColumn.DebtorReference },
            new ColumnChoice { Header = "户主", Column = ImportColumn.DebtorName },
            new ColumnChoice { Header = "借据号", Column = ImportColumn.AccountNumber },
            new ColumnChoice { Header = "手机号", Column = ImportColumn.Phone },
            new ColumnChoice { Header = "剩余本金", Column = ImportColumn.Principal },
            new ColumnChoice { Header = "逾期日期", Column = ImportColumn.OldestDueDate },
            new ColumnChoice { Header = "备注" },
        ],
    };

    [Fact]
    public async Task A_staged_file_is_previewed_masked_and_loaded_by_the_columns_that_the_bank_chose()
    {
        await using var story = await Story.AtAccountsAsync(1);
        var staged = await story.Harbour.StageAsync(story.Portfolio.Id, Foreign);
        Assert.Equal((ImportState.Staged, 0L, $"/v1/imports/{staged.Id}/preview"), (staged.State, staged.RowsRead, staged.Links.Preview));

        var preview = await story.Harbour.Imports.GetPreviewAsync(staged.Id);
        Assert.Equal(
            [("客户号", "debtor_reference", "likely"), ("户主", null, "unknown"), ("借据号", "account_number", "likely"), ("手机号", "phone", "likely"), ("剩余本金", "principal", "likely"), ("逾期日期", "oldest_due_date", "likely"), ("备注", null, "unknown")],
            preview.Columns.Select(column => (column.Header, column.Column?.Value, column.Match.Value)));
        Assert.Equal([ImportColumn.DebtorName], preview.Missing);
        Assert.Equal([2L, 3L], preview.Rows.Select(row => row.Line));

        // Of what is not known the shape alone, of what is private the mask.
        Assert.Equal(["C-1", "文文文", "L-1", Masked("+8610000000001"), "100000", "2025-11-30", "xxx 文"], preview.Rows[0].Cells);
        Assert.Equal(["C-2", "文文文", "L-2", Masked("+8610000000002"), "200000", "2025-12-31", ""], preview.Rows[1].Cells);

        await story.Harbour.Imports.StartAsync(staged.Id, Chosen);
        var loaded = await LoadedAsync(story, staged.Id);
        Assert.Equal((ImportState.Completed, 2L, loaded.Bytes), (loaded.State, loaded.RowsAccepted, loaded.BytesRead));
        Assert.Null(loaded.Links.Preview);
        Assert.Equal(["A-1", "L-1", "L-2"], (await story.Harbour.AllAccountsAsync(story.Portfolio.Id)).Select(account => account.AccountNumber).Order(StringComparer.Ordinal));

        // The next file of the portfolio is proposed the same.
        var next = await story.Harbour.Imports.GetPreviewAsync((await story.Harbour.StageAsync(story.Portfolio.Id, Foreign)).Id);
        Assert.Equal([("户主", "debtor_name", "earlier"), ("备注", null, "left_out")], next.Columns.Where((_, place) => place is 1 or 6).Select(column => (column.Header, column.Column?.Value, column.Match.Value)));
    }

    [Fact]
    public async Task A_file_without_a_header_shows_no_debtor_as_one()
    {
        await using var story = await Story.AtAccountsAsync(1);
        var staged = await story.Harbour.StageAsync(story.Portfolio.Id, "L-1,10000000001,王2\nL-2,10000000002,李\n");
        Assert.Equal(["x-9", "99999999999", "文9"], (await story.Harbour.Imports.GetPreviewAsync(staged.Id)).Columns.Select(column => column.Header));
    }

    [Fact]
    public async Task JSON_members_are_chosen_like_headers()
    {
        await using var story = await Story.AtAccountsAsync(1);
        using var file = new MemoryStream(Encoding.UTF8.GetBytes("""{"loan":"L-1","debtor_reference":"C-1","debtor_name":"王","principal":5,"oldest_due_date":"2025-11-30","note":"x"}"""));
        var staged = await story.Harbour.Imports.CreateAsync(story.Portfolio.Id, new AgencyUpload(file, "application/x-ndjson"), start: false);
        Assert.Equal(["loan", "note"], (await story.Harbour.Imports.GetPreviewAsync(staged.Id)).Columns.Where(column => column.Match == ColumnMatch.Unknown).Select(column => column.Header));

        await story.Harbour.Imports.StartAsync(staged.Id, new ImportStart { Columns = [new ColumnChoice { Header = "loan", Column = ImportColumn.AccountNumber }, new ColumnChoice { Header = "note" }] });
        Assert.Equal((ImportState.Completed, 1L), ((await LoadedAsync(story, staged.Id)).State, (await LoadedAsync(story, staged.Id)).RowsAccepted));
    }

    [Fact]
    public async Task Columns_that_do_not_fit_the_file_are_refused_and_it_stays_staged()
    {
        await using var story = await Story.AtAccountsAsync(1);
        var staged = await story.Harbour.StageAsync(story.Portfolio.Id, Foreign);

        Assert.Equal(["column.unknown"], await Refused(new ImportStart { Columns = [.. Chosen.Columns!.Take(6)] }));
        Assert.Equal(["column.missing"], await Refused(new ImportStart { Columns = [.. Chosen.Columns!.Skip(1), new ColumnChoice { Header = "客户号" }] }));
        Assert.Equal(["column.repeated"], await Refused(new ImportStart { Columns = [.. Chosen.Columns!.Skip(1), new ColumnChoice { Header = "客户号", Column = ImportColumn.Phone }] }));
        Assert.Equal(["header.repeated"], await Refused(new ImportStart { Columns = [.. Chosen.Columns!, new ColumnChoice { Header = "备注" }] }));

        // Where no header is known at all they may be a debtor's data, and are not repeated.
        Assert.Equal(["column.unknown"], await Refused(new ImportStart()));
        Assert.Equal(ImportState.Staged, (await story.Harbour.Imports.GetAsync(staged.Id)).State);

        async Task<List<string>> Refused(ImportStart start) =>
            [.. (await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Imports.StartAsync(staged.Id, start, CallOptions.WithKey("key")))).Errors!.Select(error => error.Code)];
    }

    [Fact]
    public async Task What_can_not_be_read_is_refused_by_preview_and_start_and_can_be_cancelled()
    {
        await using var story = await Story.AtAccountsAsync(1);
        using var file = new MemoryStream([0xFF, 0xFE, (byte)'a', 0]);
        var staged = await story.Harbour.Imports.CreateAsync(story.Portfolio.Id, new AgencyUpload(file, "text/csv"), start: false);

        Assert.Equal("import.encoding", (await story.RefusesAsync(422, "import.file_is_unreadable", () => story.Harbour.Imports.GetPreviewAsync(staged.Id))).Detail);
        await story.RefusesAsync(422, "import.file_is_unreadable", () => story.Harbour.Imports.StartAsync(staged.Id, new ImportStart(), CallOptions.WithKey("key")));
        Assert.Equal(ImportState.Cancelled, (await story.Harbour.Imports.CancelAsync(staged.Id)).State);
    }

    [Fact]
    public async Task A_staged_import_is_started_and_cancelled_by_its_bank_alone_and_once()
    {
        await using var story = await Story.AtAccountsAsync(1);
        var staged = await story.Harbour.StageAsync(story.Portfolio.Id, Story.Csv(1, "S"));
        foreach (var call in (Func<Side, Guid, Task>[])[
            (side, id) => side.Imports.GetPreviewAsync(id),
            (side, id) => side.Imports.StartAsync(id, new ImportStart(), CallOptions.WithKey("key")),
            (side, id) => side.Imports.CancelAsync(id, CallOptions.WithKey("key")),
        ])
        {
            await story.HidesAsync("import.not_found", staged.Id, id => call(story.Summit, id));
            await story.RefusesAsync(403, "auth.missing_scope", () => call(story.Swift, staged.Id));
        }

        var cancelled = await story.ActsOnceAsync(key => story.Harbour.Imports.CancelAsync(staged.Id, CallOptions.WithKey(key)));
        Assert.Equal((ImportState.Cancelled, 0L), (cancelled.State, cancelled.RowsAccepted));
        Assert.Empty(SpooledIn(story));
        await story.RefusesAsync(409, "import.is_cancelled", () => story.Harbour.Imports.CancelAsync(staged.Id, CallOptions.WithKey("another")));
        await story.RefusesAsync(409, "import.is_cancelled", () => story.Harbour.Imports.StartAsync(staged.Id, new ImportStart(), CallOptions.WithKey("a third")));
        await story.RefusesAsync(409, "import.is_cancelled", () => story.Harbour.Imports.GetPreviewAsync(staged.Id));

        var other = await story.Harbour.StageAsync(story.Portfolio.Id, Story.Csv(1, "S"));
        var started = await story.Harbour.Imports.StartAsync(other.Id, new ImportStart(), CallOptions.WithKey("start"));
        Assert.Equal(ImportState.Completed, (await LoadedAsync(story, other.Id)).State);
        Assert.Equal(started.State, (await story.Harbour.Imports.StartAsync(other.Id, new ImportStart(), CallOptions.WithKey("start"))).State);
        await story.RefusesAsync(409, "import.is_completed", () => story.Harbour.Imports.StartAsync(other.Id, new ImportStart(), CallOptions.WithKey("again")));
        await story.RefusesAsync(409, "import.is_completed", () => story.Harbour.Imports.CancelAsync(other.Id, CallOptions.WithKey("again, too")));
        Assert.Equal(["staged queued"], await ToldAsync(story, "import.started"));
        Assert.Equal(["staged cancelled"], await ToldAsync(story, "import.cancelled"));
    }

    [Fact]
    public async Task A_file_that_nobody_starts_within_a_day_is_cancelled_and_deleted()
    {
        using var rig = await ImportRig.CreateAsync();
        var id = await rig.AcceptAsync(Encoding.UTF8.GetBytes(Files.Csv(Files.Row(1))), state: "staged");
        using var worker = rig.NewWorker();
        rig.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        await worker.SweepAsync(TestContext.Current.CancellationToken);
        Assert.Equal("staged", (await rig.ReadAsync(id)).State);
        Assert.Single(rig.SpooledFiles());

        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await worker.SweepAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("cancelled", "import.not_started"), ((await rig.ReadAsync(id)).State, (await rig.ReadAsync(id)).FailureCode));
        Assert.Empty(rig.SpooledFiles());
        Assert.Equal(0, rig.Count("SELECT COUNT(*) FROM base_account"));
        Assert.Equal(1, rig.Count("SELECT COUNT(*) FROM base_audit_entry WHERE action = 'import.cancelled' AND changes IS NOT NULL"));
    }

    [Fact]
    public async Task A_running_import_is_stopped_between_two_batches_and_what_was_loaded_stays()
    {
        using var rig = await ImportRig.CreateAsync();
        var id = await rig.AcceptAsync(Encoding.UTF8.GetBytes(Files.Csv([.. Enumerable.Range(1, 1500).Select(n => Files.Row(n))])));
        using var worker = rig.NewWorker();

        await Assert.ThrowsAsync<Agency.Api.Imports.ImportTakenException>(() => rig.Loader.RunAsync(ImportRig.Harbour, id, TestContext.Current.CancellationToken, read =>
            rig.CancelAsync(id).GetAwaiter().GetResult()));

        var stopped = await rig.ReadAsync(id);
        Assert.Equal(("cancelled", 500L), (stopped.State, stopped.Rows.Accepted));
        Assert.Equal(500, rig.Count("SELECT COUNT(*) FROM base_account"));
        await worker.SweepAsync(TestContext.Current.CancellationToken);
        Assert.Equal(500, rig.Count("SELECT COUNT(*) FROM base_account"));
        Assert.InRange(rig.Count("SELECT bytes_read FROM base_import"), 1, rig.Count("SELECT bytes FROM base_import"));
    }

    private static string Masked(string phone) => Agency.Api.Data.Mask.Phone(phone);

    private static Task<Import> LoadedAsync(Story story, Guid id) =>
        Eventually.ReadAsync(() => story.Harbour.Imports.GetAsync(id), import => import.State != ImportState.Queued && import.State != ImportState.Running);

    private static async Task<List<string>> ToldAsync(Story story, string action) =>
        [.. (await story.Harbour.AuditEntries.ListPageAsync(action: action)).Items.Select(entry => string.Join(' ', entry.Changes!.Where(change => change.Field == "state").Select(change => $"{change.Before} {change.After}")))];

    private static IEnumerable<string> SpooledIn(Story story) =>
        Path.Combine(story.Service.Database.Folder, "spool") is var spool && Directory.Exists(spool) ? Directory.EnumerateFiles(spool) : [];
}
