using System.Text;
using Agency.Api.Imports;

namespace Agency.Tests.Imports;

public sealed class FileReadingTests
{
    [Fact]
    public void Columns_may_come_in_any_order_and_lines_end_in_any_way()
    {
        foreach (var end in new[] { "\n", "\r\n", "\r" })
        {
            var rows = Read($"oldest_due_date,principal,debtor_name,debtor_reference,account_number{end}2005-08-01,5,甲,D1,A1{end}{end}2005-08-02,6,乙,D2,A2");
            Assert.Equal(["A1", "A2"], rows.Select(row => row[Column.AccountNumber]));
            Assert.Equal(["甲", "乙"], rows.Select(row => row[Column.DebtorName]));
            Assert.Equal([2L, 4L], rows.Select(row => row.Line));
            Assert.All(rows, row => Assert.Empty(row.Faults));
        }
    }

    [Fact]
    public void Quoted_fields_hold_separators_quotes_and_line_ends_and_lines_are_those_of_the_file()
    {
        var rows = Read(Files.Csv("\"A,1\",D,\"the \"\"big\"\"\nname\",,,1,,,2005-08-01", Files.Row(2)));
        Assert.Equal("A,1", rows[0][Column.AccountNumber]);
        Assert.Equal("the \"big\"\nname", rows[0][Column.DebtorName]);
        Assert.Equal((2L, 4L), (rows[0].Line, rows[1].Line));
    }

    [Theory]
    [InlineData("A1,D1,Na\"me,,,1,,,2005-08-01", "debtor_name")]
    [InlineData("\"A1\"x,D1,Name,,,1,,,2005-08-01", "account_number")]
    [InlineData("A1,D1,Name", null)]
    [InlineData("A1,D1,Name,,,1,,,2005-08-01,extra", null)]
    public void A_malformed_row_is_reported_and_the_next_is_read(string malformed, string? column)
    {
        var rows = Read(Files.Csv(malformed, Files.Row(2)));
        Assert.Equal(2, rows.Count);
        Assert.Equal((column, Fault.RowMalformed), (rows[0].Faults[0].Column, rows[0].Faults[0].Code));
        Assert.Empty(rows[1].Faults);
        Assert.Equal("A-000002", rows[1][Column.AccountNumber]);
    }

    [Fact]
    public void A_quote_that_never_closes_is_told_at_the_line_where_its_row_begins()
    {
        var rows = Read(Files.Csv(Files.Row(1), "A2,\"D2,Name,,,1,,,2005-08-01", Files.Row(3)));
        Assert.Equal((3L, Fault.RowMalformed), (rows[1].Line, rows[1].Faults[0].Code));
        Assert.Equal(2, rows.Count);
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_refused_in_its_row_alone()
    {
        byte[] file = [.. Encoding.UTF8.GetBytes(Files.Header + "\nA1,D1,"), 0xD5, 0xC5, .. Encoding.UTF8.GetBytes(",,,1,,,2005-08-01\n" + Files.Row(2) + "\n")];
        var rows = Read(file);
        Assert.Equal(("debtor_name", Fault.RowEncoding), (rows[0].Faults[0].Column, rows[0].Faults[0].Code));
        Assert.Empty(rows[1].Faults);
    }

    [Fact]
    public void A_byte_order_mark_of_UTF8_is_no_part_of_the_header()
    {
        Assert.Single(Read([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Files.Csv(Files.Row(1)))]));
    }

    [Fact]
    public void UTF16_is_refused_with_and_without_its_mark()
    {
        var text = Files.Csv(Files.Row(1));
        Assert.Equal(ImportFailure.Encoding, Failure([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)]).Code);
        Assert.Equal(ImportFailure.Encoding, Failure(Encoding.Unicode.GetBytes(text)).Code);
        Assert.Equal(ImportFailure.Encoding, Failure(Encoding.BigEndianUnicode.GetBytes(text)).Code);
    }

    [Theory]
    [InlineData("", ImportFailure.Empty)]
    [InlineData("account_number,principal\nA1,5", ImportFailure.ColumnsMissing)]
    [InlineData(Files.Header + ",Fees\n", ImportFailure.ColumnsUnknown)]
    [InlineData(Files.Header + ",fees\n", ImportFailure.ColumnsRepeated)]
    [InlineData("account_number,\"x\"y\n", ImportFailure.Unreadable)]
    public void A_header_that_is_not_ours_fails_the_import(string file, string code)
    {
        Assert.Equal(code, Failure(Encoding.UTF8.GetBytes(file)).Code);
    }

    [Fact]
    public void Unknown_columns_are_named_in_the_value_never_in_the_clear_column()
    {
        var fault = Assert.Single(Failure(Encoding.UTF8.GetBytes(Files.Header + ",telephone\n")).Faults);
        Assert.Equal((null, Fault.ColumnUnknown, "telephone"), (fault.Column, fault.Code, fault.Value));
    }

    [Fact]
    public void Of_a_file_without_header_nothing_is_shown()
    {
        var fault = Assert.Single(Failure(Encoding.UTF8.GetBytes(Files.Row(1))).Faults);
        Assert.Equal((null, Fault.ColumnUnknown, null), (fault.Column, fault.Code, fault.Value));
    }

    [Fact]
    public void A_field_of_100_megabytes_is_an_error_of_its_row_in_bounded_memory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reader = RowReader.Open(ImportFormat.Csv, new RepeatStream(Files.Header + "\nA1,D1,", 'x', 100_000_000, ",,,1,,,2005-08-01\n" + Files.Row(2) + "\n"));
        var first = reader.Read()!;
        var second = reader.Read()!;
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(("debtor_name", Fault.FieldTooLong), (first.Faults[0].Column, first.Faults[0].Code));
        Assert.Equal(201, first.Faults[0].Value!.Length);
        Assert.Empty(second.Faults);
        Assert.Null(reader.Read());
        Assert.InRange(allocated, 0, 4_000_000);
    }

    [Fact]
    public void An_NDJSON_line_of_100_megabytes_is_an_error_of_its_row_in_bounded_memory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reader = RowReader.Open(ImportFormat.Ndjson, new RepeatStream("{\"debtor_name\":\"", 'x', 100_000_000, "\"}\n{\"account_number\":\"A2\"}\n"));
        Assert.Equal(Fault.FieldTooLong, reader.Read()!.Faults[0].Code);
        var second = reader.Read()!;
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal("A2", second[Column.AccountNumber]);
        Assert.InRange(allocated, 0, 8_000_000);
    }

    [Theory]
    [InlineData(ImportFormat.Csv, ",")]
    [InlineData(ImportFormat.Csv, ",soon\n")]
    [InlineData(ImportFormat.Csv, ",\xFF\n")]
    [InlineData(ImportFormat.Csv, ",so\"on\n")]
    [InlineData(ImportFormat.Ndjson, "\"soon\"")]
    [InlineData(ImportFormat.Ndjson, "7")]
    public void Rows_full_of_long_fields_and_a_bad_last_one_wait_for_their_batch_with_no_more_than_is_stored_of_them(ImportFormat format, string last)
    {
        const int Count = 500;
        var values = Column.All.SkipLast(1).Select(column => (column.Name, Value: new string('7', RowReader.MaxFieldLength))).ToList();
        var file = new MemoryStream();
        file.Write(Encoding.UTF8.GetBytes(format == ImportFormat.Csv ? string.Join(',', Column.All.Select(column => column.Name)) + "\n" : ""));
        for (var row = 0; row < Count; row++)
        {
            file.Write(Encoding.Latin1.GetBytes(format == ImportFormat.Csv
                ? string.Join(',', values.Select(v => v.Value)) + last + (last.EndsWith('\n') ? "" : "\n")
                : "{" + string.Join(',', values.Select(v => $"\"{v.Name}\":{(Column.Find(v.Name)!.IsAmount ? v.Value : $"\"{v.Value}\"")}")) + $",\"oldest_due_date\":{last}}}\n"));
        }

        file.Position = 0;
        var reader = new CheckedRows(RowReader.Open(format, file), new RowRules("TWD", ImportRig.AsOf));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var rows = reader.Take(Count);
        var retained = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.Equal(Count, rows.Count);
        Assert.All(rows, row => Assert.True(row.Account is null && row.Row.Faults.Count > 0));
        Assert.All(rows, row => Assert.All(Column.All, column => Assert.InRange(row.Row[column]?.Length ?? 0, 0, Math.Max(column.MaxLength + 1, Fault.ShownLength) + 1)));
        Assert.All(rows, row => Assert.InRange(row.Row.Faults.Sum(fault => fault.Value?.Length ?? 0), 0, Column.All.Count * 201));
        GC.KeepAlive(reader);
        TestContext.Current.TestOutputHelper?.WriteLine($"{retained / Count} bytes a row");
    }

    [Theory]
    [InlineData("principal", "0")]
    [InlineData("oldest_due_date", " ")]
    [InlineData("currency", " ")]
    public void A_value_that_is_cut_never_passes_for_a_shorter_one(string column, string filler)
    {
        var full = new FileRow(2)
        {
            [Column.AccountNumber] = "A1",
            [Column.DebtorReference] = "D1",
            [Column.DebtorName] = "甲",
            [Column.Principal] = "100",
            [Column.OldestDueDate] = "2005-08-15",
            [Column.Currency] = "TWD",
        };
        full[Column.Find(column)!] = full[Column.Find(column)!] + string.Concat(Enumerable.Repeat(filler, 5000)) + "1";
        Assert.Equal(Fault.ShownLength + 1, full[Column.Find(column)!]!.Length);
        Assert.Null(new RowRules("TWD", ImportRig.AsOf).Check(full));
        Assert.Equal(column, Assert.Single(full.Faults).Column);
    }

    [Fact]
    public void A_line_of_wrong_members_is_told_as_many_faults_as_there_are_columns()
    {
        var line = "{" + string.Join(',', Enumerable.Repeat("\"x\":1,\"fees\":1", 60_000)) + "}";
        var row = Assert.Single(Read(Encoding.UTF8.GetBytes(line), ImportFormat.Ndjson));
        Assert.Equal(Column.All.Count, row.Faults.Count);
    }

    [Theory]
    [InlineData("""{"account_number":"A1","principal":"5"}""", "principal", Fault.NotANumber)]
    [InlineData("""{"account_number":7}""", "account_number", Fault.RowMalformed)]
    [InlineData("""{"account_number":{"a":[1]}}""", "account_number", Fault.RowMalformed)]
    [InlineData("""{"account_number":"A1","account_number":"A2"}""", "account_number", Fault.ColumnRepeated)]
    [InlineData("""{"accountNumber":"A1"}""", null, Fault.ColumnUnknown)]
    [InlineData("""{"account_number":"A1"} {}""", null, Fault.RowMalformed)]
    [InlineData("""{"account_number":"\ud800"}""", null, Fault.RowMalformed)]
    [InlineData("[1]", null, Fault.RowMalformed)]
    [InlineData("{", null, Fault.RowMalformed)]
    public void An_NDJSON_row_is_read_strictly(string line, string? column, string code)
    {
        var rows = Read(Encoding.UTF8.GetBytes($"\n{line}\n{{\"account_number\":\"A9\"}}"), ImportFormat.Ndjson);
        Assert.Equal((2L, column, code), (rows[0].Line, rows[0].Faults[0].Column, rows[0].Faults[0].Code));
        Assert.Equal((3L, "A9"), (rows[1].Line, rows[1][Column.AccountNumber]));
    }

    [Fact]
    public void Whatever_the_bytes_reading_ends_with_rows_or_a_failure()
    {
        var random = new Random(20050930);
        var alphabet = Encoding.UTF8.GetBytes(",\"\r\n{}[]:\\ A1甲\u00FF\0").Append((byte)0xC3).Append((byte)0xFF).ToArray();
        for (var round = 0; round < 3000; round++)
        {
            var noise = new byte[random.Next(200)];
            for (var i = 0; i < noise.Length; i++)
            {
                noise[i] = alphabet[random.Next(alphabet.Length)];
            }

            foreach (var format in Enum.GetValues<ImportFormat>())
            {
                foreach (var file in new[] { noise, [.. Encoding.UTF8.GetBytes(Files.Header + "\n"), .. noise] })
                {
                    try
                    {
                        var rules = new RowRules("TWD", ImportRig.AsOf);
                        Assert.All(Read(file, format), row => Assert.True(rules.Check(row) is null == row.Faults.Count > 0));
                    }
                    catch (ImportFailure)
                    {
                    }
                }
            }
        }
    }

    private static List<FileRow> Read(string file) => Read(Encoding.UTF8.GetBytes(file));

    private static List<FileRow> Read(byte[] file, ImportFormat format = ImportFormat.Csv)
    {
        var reader = RowReader.Open(format, new MemoryStream(file));
        var rows = new List<FileRow>();
        while (reader.Read() is { } row)
        {
            rows.Add(row);
        }

        return rows;
    }

    private static ImportFailure Failure(byte[] file) => Assert.Throws<ImportFailure>(() => Read(file));

    /// <summary>A long file that is nowhere in memory: a head, one character many times, a tail.</summary>
    private sealed class RepeatStream(string head, char body, long times, string tail) : Stream
    {
        private readonly byte[] start = Encoding.UTF8.GetBytes(head);
        private readonly byte[] end = Encoding.UTF8.GetBytes(tail);
        private long position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => start.Length + times + end.Length;

        public override long Position { get => position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = 0;
            for (; read < count && position < Length; read++, position++)
            {
                buffer[offset + read] = position < start.Length ? start[position] : position < start.Length + times ? (byte)body : end[position - start.Length - times];
            }

            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
