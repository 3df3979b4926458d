using System.Security.Cryptography;
using System.Text;
using Agency.Api.Data;
using Agency.Api.Imports;

namespace Agency.Tests.Imports;

public sealed class ImportLoadingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Good_rows_load_and_bad_ones_are_told_by_line_column_code_and_value()
    {
        using var rig = await ImportRig.CreateAsync();
        var loaded = await rig.LoadAsync(Files.Csv(Files.Row(1), Files.Row(2, principal: "-90000", interest: "0", fees: "0"), Files.Row(3), Files.Row(1)));

        Assert.Equal("completed", loaded.State);
        Assert.Equal((4, 2, 0, 2), loaded.Rows);
        Assert.Equal(
            [(3L, "principal", Fault.BalanceNotPositive, "-90000"), (5L, "account_number", Fault.Duplicate, "A-000001")],
            loaded.Errors);
        Assert.Equal(2, rig.Count("SELECT COUNT(*) FROM base_account WHERE state = 'eligible' AND as_of = '2005-09-30' AND principal = 100000 AND interest = 2500 AND fees = 300"));
        Assert.Equal(205_600, rig.Count("SELECT SUM(amount) FROM base_ledger_entry WHERE kind = 'opening' AND effective_on = '2005-09-30'"));
        Assert.Equal(6, rig.Count("SELECT COUNT(*) FROM base_ledger_entry"));
        Assert.Equal(4, rig.Count("SELECT COUNT(*) FROM base_contact_point"));
        Assert.Equal(1, rig.Count("SELECT COUNT(*) FROM base_audit_entry WHERE action = 'import.completed'"));
        Assert.Empty(rig.SpooledFiles());
    }

    [Fact]
    public async Task The_same_file_twice_doubles_nothing()
    {
        using var rig = await ImportRig.CreateAsync();
        var file = Files.Csv(Files.Row(1), Files.Row(2));
        await rig.LoadAsync(file);
        var again = await rig.LoadAsync(file);

        Assert.Equal((2, 0, 2, 0), again.Rows);
        Assert.Equal((2L, 2L, 4L, 6L), (rig.Count("SELECT COUNT(*) FROM base_account"), rig.Count("SELECT COUNT(*) FROM base_debtor"), rig.Count("SELECT COUNT(*) FROM base_contact_point"), rig.Count("SELECT COUNT(*) FROM base_ledger_entry")));
    }

    [Fact]
    public async Task Two_banks_may_use_the_same_account_numbers()
    {
        using var rig = await ImportRig.CreateAsync();
        await rig.LoadAsync(Files.Csv(Files.Row(1)));
        Assert.Equal((1, 1, 0, 0), (await rig.LoadAsync(Files.Csv(Files.Row(1)), bank: ImportRig.Summit)).Rows);
    }

    [Fact]
    public async Task A_debtor_of_several_accounts_is_one_and_so_is_a_phone_written_two_ways()
    {
        using var rig = await ImportRig.CreateAsync();
        var first = await rig.LoadAsync(Files.Csv("A1,D1,甲,+12025550123,,1,,,2005-08-01", "A2,D1,甲,+1 202 5550123,,1,,,2005-08-01"));
        var later = await rig.LoadAsync(Files.Csv("A3,D1,甲,+1-202-555-0123,x@example.invalid,1,,,2005-08-01"));

        Assert.Equal((2, 1), (first.Rows.Accepted, later.Rows.Accepted));
        Assert.Equal((1L, 2L, 3L), (rig.Count("SELECT COUNT(*) FROM base_debtor"), rig.Count("SELECT COUNT(*) FROM base_contact_point"), rig.Count("SELECT COUNT(*) FROM base_account")));
    }

    [Fact]
    public async Task A_reference_of_two_people_is_a_conflict()
    {
        using var rig = await ImportRig.CreateAsync();
        const string Header = "account_number,debtor_reference,debtor_name,id_number,principal,oldest_due_date\n";
        var loaded = await rig.LoadAsync(Header + "A1,D1,甲,PASS-00001,1,2005-08-01\nA2,D1,乙,PASS-00002,1,2005-08-01\nA3,D1,甲,,1,2005-08-01\n");
        Assert.Equal([(3L, "debtor_reference", Fault.DebtorConflict, "D1")], loaded.Errors);
        Assert.Equal(2, loaded.Rows.Accepted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_identity_numbers_do_not_decide_another_name_is_a_conflict(bool inLaterFile)
    {
        using var rig = await ImportRig.CreateAsync();
        const string Header = "account_number,debtor_reference,debtor_name,id_number,time_zone,principal,oldest_due_date\n";
        const string First = "A1,D1,Jane Doe,PASS-00001,Asia/Taipei,1,2005-08-01\n";
        const string Later = "A2,D1,Other Person,,,1,2005-08-01\nA3,D1,JANE DOE,,Asia/Tokyo,1,2005-08-01\nA4,D1,Jane Roe,PASS-00001,,1,2005-08-01\n";
        if (inLaterFile)
        {
            await rig.LoadAsync(Header + First);
        }

        var loaded = await rig.LoadAsync(Header + (inLaterFile ? Later : First + Later));
        Assert.Equal([(inLaterFile ? 2L : 3L, "debtor_reference", Fault.DebtorConflict, "D1")], loaded.Errors);
        Assert.Equal(3, rig.Count("SELECT COUNT(*) FROM base_account"));
        Assert.Equal(1, rig.Count("SELECT COUNT(*) FROM base_debtor WHERE time_zone = 'Asia/Taipei'"));
    }

    [Fact]
    public async Task NDJSON_and_gzip_load_alike()
    {
        using var rig = await ImportRig.CreateAsync();
        var json = """{"account_number":"A1","debtor_reference":"D1","debtor_name":"甲","principal":100,"oldest_due_date":"2005-08-01"}""" + "\n" + """{"account_number":"A2"}""";
        var loaded = await rig.LoadAsync(ImportRig.Gzip(Encoding.UTF8.GetBytes(json)), ImportFormat.Ndjson, compressed: true);
        Assert.Equal((2, 1, 0, 1), loaded.Rows);
        Assert.All(loaded.Errors, error => Assert.Equal(2, error.Line));
        Assert.Equal(["debtor_reference", "debtor_name", "principal", "oldest_due_date"], loaded.Errors.Select(error => error.Column));
    }

    [Fact]
    public async Task A_gzip_bomb_fails_and_nothing_of_it_is_loaded()
    {
        using var rig = await ImportRig.CreateAsync();
        var bomb = ImportRig.Gzip([.. Encoding.UTF8.GetBytes(Files.Csv(Files.Row(1)) + "A2,D2,"), .. Enumerable.Repeat((byte)'x', 20_000_000)]);
        var loaded = await rig.LoadAsync(bomb, compressed: true);
        Assert.Equal(("failed", ImportFailure.GzipRatio, 0L), (loaded.State, loaded.FailureCode, loaded.Rows.Read));
        Assert.Equal(0, rig.Count("SELECT COUNT(*) FROM base_account"));
        Assert.Empty(rig.SpooledFiles());
    }

    [Fact]
    public async Task A_gzip_file_that_is_cut_off_altered_or_none_fails_and_nothing_of_it_is_loaded()
    {
        using var rig = await ImportRig.CreateAsync();
        var whole = ImportRig.Gzip(Encoding.UTF8.GetBytes(Files.Csv([.. Enumerable.Range(1, 3000).Select(n => Files.Row(n))])));
        byte[] altered = [.. whole];
        altered[whole.Length / 2] ^= 0xFF;
        foreach (var file in new[] { whole[..^20], altered, Encoding.UTF8.GetBytes(Files.Csv(Files.Row(1))) })
        {
            var loaded = await rig.LoadAsync(file, compressed: true);
            Assert.Equal(("failed", ImportFailure.Unreadable), (loaded.State, loaded.FailureCode));
        }

        Assert.Equal(0, rig.Count("SELECT COUNT(*) FROM base_account"));
    }

    [Fact]
    public async Task A_header_that_is_not_ours_fails_with_the_columns_told()
    {
        using var rig = await ImportRig.CreateAsync();
        var loaded = await rig.LoadAsync("account_number,debtor_reference,principal\nA1,D1,5\n");
        Assert.Equal(("failed", ImportFailure.ColumnsMissing), (loaded.State, loaded.FailureCode));
        Assert.Equal([(1L, "debtor_name", Fault.ColumnMissing, null), (1L, "oldest_due_date", Fault.ColumnMissing, null)], loaded.Errors);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cut_off_between_batches_and_run_again_it_ends_as_if_nothing_had_happened(bool compressed)
    {
        using var rig = await ImportRig.CreateAsync();
        string[] rows = [.. Enumerable.Range(1, 3000).Select(n => n % 10 == 0 ? Files.Row(n, principal: "oops") : n % 77 == 0 ? Files.Row(n - 1) : Files.Row(n))];
        var file = Encoding.UTF8.GetBytes(Files.Csv(rows));
        var id = await rig.AcceptAsync(compressed ? ImportRig.Gzip(file) : file, compressed: compressed);
        var cuts = 0;
        for (var finished = false; !finished; cuts++)
        {
            using var kill = CancellationTokenSource.CreateLinkedTokenSource(Token);
            try
            {
                await rig.NewLoader().RunAsync(ImportRig.Harbour, id, kill.Token, _ => kill.Cancel());
                finished = true;
            }
            catch (OperationCanceledException) when (!Token.IsCancellationRequested)
            {
                Assert.Equal(rig.Count("SELECT rows_accepted FROM base_import"), rig.Count("SELECT COUNT(*) FROM base_account"));
            }
        }

        // The expectation comes from the rows themselves: a bad one each ten, a repeated number each 77 unless bad or its first was.
        var bad = Enumerable.Range(1, 3000).Count(n => n % 10 == 0);
        var repeated = Enumerable.Range(1, 3000).Count(n => n % 77 == 0 && n % 10 != 0 && (n - 1) % 10 != 0 && (n - 1) % 77 != 0);
        var loaded = await rig.ReadAsync(id);
        Assert.True(cuts > 2);
        Assert.Equal(("completed", (3000L, 3000L - bad - repeated, 0L, (long)bad + repeated)), (loaded.State, loaded.Rows));
        Assert.Equal(loaded.Rows.Accepted, rig.Count("SELECT COUNT(*) FROM base_account"));
        Assert.Equal(loaded.Rows.Accepted * 102_800, rig.Count("SELECT SUM(amount) FROM base_ledger_entry"));
        Assert.Equal(bad + repeated, loaded.Errors.Count);
    }

    [Fact]
    public async Task Two_loaders_of_one_import_load_it_once()
    {
        using var rig = await ImportRig.CreateAsync();
        var id = await rig.AcceptAsync(Encoding.UTF8.GetBytes(Files.Csv([.. Enumerable.Range(1, 2000).Select(n => Files.Row(n))])));
        await Assert.ThrowsAsync<ImportTakenException>(() => rig.NewLoader().RunAsync(ImportRig.Harbour, id, Token, read =>
        {
            if (read < 2000)
            {
                rig.NewLoader().RunAsync(ImportRig.Harbour, id, Token).GetAwaiter().GetResult();
            }
        }));
        Assert.Equal((2000, 2000, 0, 0), (await rig.ReadAsync(id)).Rows);
        Assert.Equal(2000, rig.Count("SELECT COUNT(*) FROM base_account"));
    }

    [Fact]
    public async Task At_start_the_worker_loads_what_was_left_and_removes_what_nobody_waits_for()
    {
        using var rig = await ImportRig.CreateAsync();
        var harbour = await rig.AcceptAsync(Encoding.UTF8.GetBytes(Files.Csv(Files.Row(1))));
        var summit = await rig.AcceptAsync(Encoding.UTF8.GetBytes(Files.Csv(Files.Row(1))), bank: ImportRig.Summit);
        var orphan = rig.Ids.New();
        await using (var writer = rig.Spool.Create(ImportRig.Harbour, orphan))
        {
            await writer.CompleteAsync(Token);
        }

        File.SetLastWriteTimeUtc(rig.SpooledFiles().Single(file => file.Contains(orphan.ToString(), StringComparison.Ordinal)), rig.Clock.GetUtcNow().UtcDateTime.AddDays(-2));
        using var worker = rig.NewWorker();
        Assert.Equal(TimeSpan.FromHours(1), await worker.SweepAsync(Token));

        Assert.Equal(("completed", "completed"), ((await rig.ReadAsync(harbour)).State, (await rig.ReadAsync(summit, ImportRig.Summit)).State));
        Assert.Empty(rig.SpooledFiles());
    }

    [Fact]
    public async Task An_import_whose_file_is_gone_fails_and_others_go_on()
    {
        using var rig = await ImportRig.CreateAsync();
        var lost = await rig.AcceptAsync(Encoding.UTF8.GetBytes(Files.Csv(Files.Row(1))));
        rig.Spool.Delete(lost);
        var altered = await rig.AcceptAsync(Encoding.UTF8.GetBytes(Files.Csv(Files.Row(1))));
        var path = rig.SpooledFiles().Single();
        var bytes = await File.ReadAllBytesAsync(path, Token);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, Token);
        var good = await rig.AcceptAsync(Encoding.UTF8.GetBytes(Files.Csv(Files.Row(2))));
        using var worker = rig.NewWorker();
        for (var sweep = 0; sweep < 3; sweep++)
        {
            await worker.SweepAsync(Token);
            rig.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(ImportFailure.FileMissing, (await rig.ReadAsync(lost)).FailureCode);
        Assert.Equal("failed", (await rig.ReadAsync(altered)).State);
        Assert.Equal("completed", (await rig.ReadAsync(good)).State);
    }

    [Fact]
    public async Task Nothing_private_is_on_the_disk_in_clear()
    {
        using var rig = await ImportRig.CreateAsync();
        const string Name = "Quirinius Testperson";
        const string Phone = "12025550187";
        var row = $"A1,D1,{Name},+{Phone},quirinius@example.invalid,1,,,2005-08-01";
        var id = await rig.AcceptAsync(Encoding.UTF8.GetBytes(Files.Csv(row, $"A2,D2,{Name},not {Phone},,1,,,2005-08-01")));
        Found(rig.SpooledFiles(), rig.Folder, false);
        await rig.Loader.RunAsync(ImportRig.Harbour, id, Token);
        Found(rig.SpooledFiles(), rig.Folder, false);
        Assert.Equal(1, (await rig.ReadAsync(id)).Rows.Accepted);

        // The control: the search does find what is there in clear.
        await File.WriteAllTextAsync(Path.Combine(rig.Folder, "control"), row, Token);
        Found([], rig.Folder, true);

        static void Found(IEnumerable<string> spooled, string folder, bool expected)
        {
            _ = spooled.Count();
            var all = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(ReadShared).ToList();
            foreach (var word in new[] { Name, Phone, "quirinius" })
            {
                var clear = Encoding.UTF8.GetBytes(word);
                Assert.Equal(expected, all.Exists(file => file.AsSpan().IndexOf(clear) >= 0));
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64 * 1024)]
    [InlineData((64 * 1024) + 1)]
    [InlineData(300_000)]
    public async Task A_spooled_file_comes_back_as_it_was_and_not_at_all_when_cut_or_moved(int size)
    {
        using var rig = await ImportRig.CreateAsync();
        var file = RandomNumberGenerator.GetBytes(size);
        var id = rig.Ids.New();
        await using (var writer = rig.Spool.Create(ImportRig.Harbour, id))
        {
            await writer.WriteAsync(file, Token);
            await writer.CompleteAsync(Token);
        }

        Assert.Equal(file, ReadAll(rig.Spool, ImportRig.Harbour, id));
        Assert.Throws<InvalidDataException>(() => ReadAll(rig.Spool, ImportRig.Summit, id));

        var path = rig.SpooledFiles().Single();
        var whole = await File.ReadAllBytesAsync(path, Token);
        await File.WriteAllBytesAsync(path, whole[..^1], Token);
        Assert.Throws<InvalidDataException>(() => ReadAll(rig.Spool, ImportRig.Harbour, id));
        if (size > 128 * 1024)
        {
            await File.WriteAllBytesAsync(path, whole[..(37 + 4 + (64 * 1024) + 16)], Token);
            Assert.Throws<InvalidDataException>(() => ReadAll(rig.Spool, ImportRig.Harbour, id));
        }
    }

    private static byte[] ReadAll(Spool spool, int bank, Id id)
    {
        using var reader = spool.Open(bank, id);
        var copy = new MemoryStream();
        reader.CopyTo(copy);
        return copy.ToArray();
    }

    private static byte[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
