namespace Agency.Api.Imports;

/// <summary>
/// Rows of a CSV file. A row that breaks the rules is reported at its line and reading goes on at the next.
/// </summary>
internal sealed class CsvRows : RowReader
{
    private const int MaxTotals = 1000;

    private readonly CsvFields fields;
    private readonly Column?[] header;

    public CsvRows(ByteSource source, ColumnMap map)
    {
        fields = new CsvFields(source);
        header = map.ColumnsOf(fields.ReadHeader());
    }

    public override FileRow? Read()
    {
        fields.SkipBlankLines();
        if (fields.AtEnd)
        {
            return null;
        }

        var row = new FileRow(fields.Line);
        var count = 0;
        FieldEnd end;
        do
        {
            end = fields.ReadField();
            if (count == 0 && fields.Bytes.SequenceEqual(Imports.Trailer.Mark))
            {
                return ReadTrailer(row, end);
            }

            var column = count < header.Length ? header[count] : null;
            if (end == FieldEnd.Malformed)
            {
                // No value: a quote that never closes has swallowed other debtors' rows.
                row.Faults.Add(Fault.At(column, Fault.RowMalformed));
                return row;
            }

            Take(row, column);
            count++;
        }
        while (end == FieldEnd.Field);

        if (count != header.Length)
        {
            // Nothing else is told: in a row with a field too many or too few, values stand under the wrong columns.
            row.Faults.Clear();
            row.Faults.Add(Fault.At(null, Fault.RowMalformed));
        }

        return row;
    }

    // The last line of the file; anywhere else it is a row, and none that can be read.
    private FileRow? ReadTrailer(FileRow row, FieldEnd end)
    {
        List<string> totals = [];
        while (end == FieldEnd.Field && totals.Count < MaxTotals)
        {
            end = fields.ReadField();
            totals.Add(fields.Text() ?? "");
        }

        fields.SkipBlankLines();
        if (!fields.AtEnd)
        {
            row.Faults.Add(Fault.At(null, Fault.RowMalformed));
            return row;
        }

        Trailer = Imports.Trailer.Read(totals) ?? throw new ImportFailure(ImportFailure.TrailerMalformed);
        return null;
    }

    private void Take(FileRow row, Column? column)
    {
        if (column is null)
        {
            return;
        }

        if (fields.IsCut)
        {
            row[column] = fields.Text();
            row.Faults.Add(Fault.At(column, Fault.FieldTooLong, fields.Text()));
        }
        else if (fields.Text() is not { } text)
        {
            row.Faults.Add(Fault.At(column, Fault.RowEncoding));
        }
        else if (text.Length > MaxFieldLength)
        {
            row[column] = text;
            row.Faults.Add(Fault.At(column, Fault.FieldTooLong, text));
        }
        else
        {
            row[column] = SpreadsheetText.Unescape(text.Trim());
        }
    }
}
