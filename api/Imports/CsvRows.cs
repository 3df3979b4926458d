using System.Text;
using System.Text.Unicode;

namespace Agency.Api.Imports;

/// <summary>
/// Rows of a CSV file (RFC 4180). A row that breaks the rules is reported at its line and reading goes on at the next: hence
/// not a library's reader, which gives up there, counts records instead of lines, and holds a field of any length in memory.
/// </summary>
internal sealed class CsvRows : RowReader
{
    // A character takes at most 4 bytes; one more shows that there was more.
    private const int MaxFieldBytes = (MaxFieldLength * 4) + 1;
    private const int MaxHeaderFields = 1000;

    private readonly ByteSource source;
    private readonly byte[] field = new byte[MaxFieldBytes];
    private readonly Column[] header;
    private int length;

    public CsvRows(ByteSource source)
    {
        this.source = source;
        header = ReadHeader();
    }

    private enum FieldEnd
    {
        Field,
        Row,
        Malformed,
    }

    public override FileRow? Read()
    {
        SkipBlankLines();
        if (source.Peek() == ByteSource.End)
        {
            return null;
        }

        var row = new FileRow(source.Line);
        var count = 0;
        FieldEnd end;
        do
        {
            end = ReadField();
            if (count == 0 && field.AsSpan(0, length).SequenceEqual(Imports.Trailer.Mark))
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
        while (end == FieldEnd.Field && totals.Count < MaxHeaderFields)
        {
            end = ReadField();
            totals.Add(Text() ?? "");
        }

        SkipBlankLines();
        if (source.Peek() != ByteSource.End)
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

        if (length == MaxFieldBytes)
        {
            row.Faults.Add(Fault.At(column, Fault.FieldTooLong, Text()));
        }
        else if (Text() is not { } text)
        {
            row.Faults.Add(Fault.At(column, Fault.RowEncoding));
        }
        else if (text.Length > MaxFieldLength)
        {
            row.Faults.Add(Fault.At(column, Fault.FieldTooLong, text));
        }
        else
        {
            row[column] = text;
        }
    }

    private Column[] ReadHeader()
    {
        SkipBlankLines();
        if (source.Peek() == ByteSource.End)
        {
            throw new ImportFailure(ImportFailure.Empty);
        }

        var names = new List<string>();
        FieldEnd end;
        do
        {
            end = ReadField();
            names.Add(Text()?.Trim() ?? throw new ImportFailure(ImportFailure.Encoding));
        }
        while (end == FieldEnd.Field && names.Count < MaxHeaderFields);

        return end == FieldEnd.Row ? ColumnsOf(names) : throw new ImportFailure(ImportFailure.Unreadable, Fault.At(null, Fault.RowMalformed));
    }

    // A misspelt column would otherwise be dropped in silence. Its name is shown as a value, which is stored encrypted; where
    // none of the names is ours it is not shown at all, since the header of a file without one is a debtor's data.
    private static Column[] ColumnsOf(List<string> names)
    {
        var unknown = names.Where(name => Column.Find(name) is null).ToList();
        if (unknown.Count > 0)
        {
            var someAreOurs = unknown.Count < names.Count;
            throw new ImportFailure(ImportFailure.ColumnsUnknown, [.. unknown.Take(someAreOurs ? 100 : 1).Select(name => Fault.At(null, Fault.ColumnUnknown, someAreOurs ? name : null))]);
        }

        var columns = names.ConvertAll(name => Column.Find(name)!);
        var repeated = columns.GroupBy(column => column).Where(group => group.Skip(1).Any()).Select(group => Fault.At(group.Key, Fault.ColumnRepeated)).ToList();
        if (repeated.Count > 0)
        {
            throw new ImportFailure(ImportFailure.ColumnsRepeated, repeated);
        }

        var missing = Column.All.Where(column => column.Required).Except(columns).Select(column => Fault.At(column, Fault.ColumnMissing)).ToList();
        return missing.Count == 0 ? [.. columns] : throw new ImportFailure(ImportFailure.ColumnsMissing, missing);
    }

    private void SkipBlankLines()
    {
        while (source.Peek() is '\r' or '\n')
        {
            source.FinishLine(source.Next());
        }
    }

    private FieldEnd ReadField()
    {
        length = 0;
        var next = source.Next();
        if (next == '"')
        {
            next = ReadQuoted();
        }
        else
        {
            for (; next is not (',' or '\r' or '\n' or '"' or ByteSource.End); next = source.Next())
            {
                Append(next);
            }
        }

        switch (next)
        {
            case ',':
                return FieldEnd.Field;
            case '\r' or '\n' or ByteSource.End:
                source.FinishLine(next);
                return FieldEnd.Row;
            default:
                source.SkipLine();
                return FieldEnd.Malformed;
        }
    }

    // Returns the byte after the closing quote; a quote that never closes returns one, which nothing may follow a field with.
    private int ReadQuoted()
    {
        for (var next = source.Next(); next != ByteSource.End; next = source.Next())
        {
            if (next == '"')
            {
                if (source.Peek() != '"')
                {
                    return source.Next();
                }

                source.Next();
            }

            Append(next);
        }

        return '"';
    }

    private void Append(int value)
    {
        if (length < MaxFieldBytes)
        {
            field[length++] = (byte)value;
        }
    }

    private string? Text()
    {
        // A field that was cut may end inside a character: the first bytes of it are enough to show.
        var bytes = field.AsSpan(0, length == MaxFieldBytes ? LastWhole(MaxFieldLength) : length);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
    }

    private int LastWhole(int at)
    {
        while (at > 0 && (field[at] & 0xC0) == 0x80)
        {
            at--;
        }

        return at;
    }
}
