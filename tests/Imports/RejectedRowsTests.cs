using System.Text;
using Agency.Api.Imports;
using Agency.Tests.Debtors;
using Agency.Tests.Support;
using CsCheck;
using ColumnChoice = Agency.Sdk.ColumnChoice;
using Import = Agency.Sdk.Import;
using ImportColumn = Agency.Sdk.ImportColumn;
using ImportFormat = Agency.Api.Imports.ImportFormat;
using ImportStart = Agency.Sdk.ImportStart;
using ImportState = Agency.Sdk.ImportState;

namespace Agency.Tests.Imports;

/// <summary>What was not loaded comes back as a file, is mended in a spreadsheet and sent again.</summary>
public sealed class RejectedRowsTests
{
    private const string Header = "account_number,debtor_reference,debtor_name,phone,address,principal,oldest_due_date\n";

    [Fact]
    public async Task Rejected_rows_are_read_in_file_order_mended_and_taken()
    {
        await using var story = await Story.AtAccountsAsync(1);
        var first = await story.Harbour.ImportAsync(story.Portfolio.Id, Header + """"
            R-1,D-1,Good One,+8610000000001,,100,2025-11-30
            R-2,D-2,"Two, ""the second""",+8610000000002,"Line 1
            Line 2",-5,2025-11-30
            R-1,D-1,Good One,+8610000000001,,100,2025-11-30
            R-4,D-4
            R-5,D-5,=HYPERLINK(),+8610000000005,'x,1.5,2025-11-30
            """", story.Today);
        Assert.Equal((1L, 4L), (first.RowsAccepted, first.RowsRejected));

        var file = await ReadAsync(story.Harbour, first.Id);
        Assert.Equal(
            "\uFEFF#line,#errors,account_number,debtor_reference,debtor_name,id_number,time_zone,phone,email,address,city,product,currency,credit_limit,principal,interest,fees,oldest_due_date,id_type\r\n" +
            "3,\"principal: Principal, interest and fees together must be more than zero.\",R-2,D-2,\"Two, \"\"the second\"\"\",,,'+8610000000002,,\"Line 1\nLine 2\",,,,,'-5,,,2025-11-30,\r\n" +
            "5,account_number: The account number occurred earlier in this file.,R-1,D-1,Good One,,,'+8610000000001,,,,,,,100,,,2025-11-30,\r\n" +
            "6,\"The row can't be read: check quotes, separators and the number of fields.\",,,,,,,,,,,,,,,,,\r\n" +
            "7,\"principal: Write the amount as an integer of minor units, such as 391300.\",R-5,D-5,'=HYPERLINK(),,,'+8610000000005,,'x,,,,,1.5,,,2025-11-30,\r\n",
            file);

        // Sent again as it is, it is refused again, row for row; mended, it is taken, and the apostrophes are gone.
        var again = await story.Harbour.ImportAsync(story.Portfolio.Id, file, story.Today);
        Assert.Equal((0L, 1L, 3L), (again.RowsAccepted, again.RowsKnown, again.RowsRejected));
        var mended = await story.Harbour.ImportAsync(story.Portfolio.Id, file.Replace(",'-5,", ",5,", StringComparison.Ordinal).Replace(",1.5,", ",15,", StringComparison.Ordinal), story.Today);
        Assert.Equal((2L, 1L), (mended.RowsAccepted, mended.RowsRejected));

        // They are the numbers that were meant: the same debtors with them written plainly bring none that is new.
        var phones = Phones();
        await story.Harbour.ImportAsync(story.Portfolio.Id, Header + "R-6,D-2,\"Two, \"\"the second\"\"\",+8610000000002,,5,2025-11-30\nR-7,D-5,'=HYPERLINK(),+8610000000005,,5,2025-11-30\n", story.Today);
        Assert.Equal(phones, Phones());
        Assert.Equal(6, (await story.Harbour.AllAccountsAsync(story.Portfolio.Id)).Count);

        string? Phones() => story.Service.Database.Scalar("SELECT COUNT(*) FROM base_contact_point");
    }

    [Fact]
    public async Task The_files_own_headers_come_back_and_what_was_left_out_does_not()
    {
        await using var story = await Story.AtAccountsAsync(1);
        const string File = "=客户,备注,户主,借据号,本金,逾期日期\nC-1,Secret,王,L-1,x,2025-11-30\n";
        ImportStart start = new()
        {
            Columns =
            [
                new ColumnChoice { Header = "=客户", Column = ImportColumn.DebtorReference },
                new ColumnChoice { Header = "备注" },
                new ColumnChoice { Header = "户主", Column = ImportColumn.DebtorName },
                new ColumnChoice { Header = "借据号", Column = ImportColumn.AccountNumber },
                new ColumnChoice { Header = "本金", Column = ImportColumn.Principal },
                new ColumnChoice { Header = "逾期日期", Column = ImportColumn.OldestDueDate },
            ],
        };
        var import = await StartedAsync(story, File, start);
        var file = await ReadAsync(story.Harbour, import.Id);
        Assert.StartsWith("\uFEFF#line,#errors,'=客户,户主,借据号,本金,逾期日期,", file, StringComparison.Ordinal);
        Assert.Contains("\r\n2,\"本金: Write", file, StringComparison.Ordinal);
        Assert.DoesNotContain("Secret", file, StringComparison.Ordinal);

        // The same choice takes the mended file; what is left out need not be in it.
        Assert.Equal((ImportState.Completed, 1L), Told(await StartedAsync(story, file.Replace(",x,", ",7,", StringComparison.Ordinal), start)));
    }

    [Fact]
    public async Task Only_who_may_see_private_data_reads_them_and_it_is_written_down()
    {
        await using var story = await Story.AtAccountsAsync(1);
        var import = await story.Harbour.ImportAsync(story.Portfolio.Id, Header + "R-2,D-2,Two,,,x,2025-11-30\n", story.Today);
        await story.HidesAsync("import.not_found", import.Id, id => story.Summit.Imports.GetRejectedRowsAsync(id));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Imports.GetRejectedRowsAsync(import.Id));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Service.As("approver@harbour.example").Imports.GetRejectedRowsAsync(import.Id));

        Assert.Contains("R-2,D-2,Two", await ReadAsync(story.Service.As("analyst@harbour.example"), import.Id), StringComparison.Ordinal);
        var entry = Assert.Single((await story.Harbour.AuditEntries.ListPageAsync(action: "import.rejected_rows_read")).Items);
        Assert.Equal((import.Id, "1 rows", true), (entry.SubjectId, entry.Detail, entry.PersonId is not null));
        Assert.Equal("0", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_rejected_row WHERE instr(cells_cipher, CAST('Two' AS BLOB)) > 0"));
    }

    [Fact]
    public void Cells_that_could_not_be_kept_whole_do_not_pass_when_they_are_sent_again()
    {
        // A name cut inside a surrogate pair had the longest length that passes.
        var name = new string('n', 199) + "\U0001F600" + new string('n', 9);
        var row = Read($"A,D,{name},,,1,2005-08-01\n")[0];
        Assert.Equal("field.too_long", row.Faults.Single().Code);
        Assert.True(row.Cells!["debtor_name"].Length > Column.DebtorName.MaxLength);
        Assert.All(Read("A,D,\"N\"x,,,1,2005-08-01\nA,D,N,,1,2005-08-01\n"), malformed => Assert.Null(malformed.Cells));
        var json = RowReader.Open(ImportFormat.Ndjson, new MemoryStream(Encoding.UTF8.GetBytes("{\"account_number\":\"A\",\"adress\":\"x\"}\n{\"account_number\":\"A\",\"principal\":\"1\"}")));
        Assert.Null(json.Read()!.Cells);
        Assert.Equal("1", json.Read()!.Cells!["principal"]);
    }

    [Fact]
    public void Any_text_comes_back_from_a_spreadsheet_as_it_was()
    {
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["'=+-@＝ \ta1"], 0, 8]).Select(text => text.Trim()).Sample(text => SpreadsheetText.Unescape(SpreadsheetText.Escape(text)) == text);
        Assert.Equal("'+8610000000001", SpreadsheetText.Escape("+8610000000001"));
        Assert.Equal("O'Neill", SpreadsheetText.Unescape("O'Neill"));
        Assert.Equal("'tis", SpreadsheetText.Unescape("'tis"));
    }

    [Fact]
    public async Task Rejected_rows_are_erased_after_ninety_days()
    {
        await using var story = await Story.AtAccountsAsync(1);
        var import = await story.Harbour.ImportAsync(story.Portfolio.Id, Header + "R-2,D-2,Two,,,x,2025-11-30\n", story.Today);
        story.Service.Clock.Advance(TimeSpan.FromDays(91));
        await story.SweepAsync();
        var file = await ReadAsync(story.Harbour, import.Id);
        Assert.DoesNotContain("R-2", file, StringComparison.Ordinal);
        Assert.Contains("\r\n2,", file, StringComparison.Ordinal);
    }

    private static (ImportState State, long Accepted) Told(Import import) => (import.State, import.RowsAccepted);

    private static async Task<Import> StartedAsync(Story story, string file, ImportStart start)
    {
        var import = await story.Harbour.StageAsync(story.Portfolio.Id, file);
        await story.Harbour.Imports.StartAsync(import.Id, start);
        return await Eventually.ReadAsync(() => story.Harbour.Imports.GetAsync(import.Id), now => now.State != ImportState.Queued && now.State != ImportState.Running);
    }

    private static List<FileRow> Read(string rows)
    {
        var reader = new CheckedRows(RowReader.Open(ImportFormat.Csv, new MemoryStream(Encoding.UTF8.GetBytes(Header + rows))), new RowRules("CNY", ImportRig.AsOf));
        return [.. reader.Take(100).Select(row => row.Row)];
    }

    private static async Task<string> ReadAsync(Side side, Guid import)
    {
        using var file = await side.Imports.GetRejectedRowsAsync(import);
        using var copy = new MemoryStream();
        await file.Content.CopyToAsync(copy, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(copy.ToArray());
    }
}
