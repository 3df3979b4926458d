using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Agency.Api.Imports;

/// <summary>Rows of a file with one JSON object a line. Amounts are numbers, everything else strings; null is empty.</summary>
internal sealed class NdjsonRows(ByteSource source, ColumnMap map) : RowReader
{
    // Room for every column at its longest, escaped.
    private const int MaxLineBytes = 1024 * 1024;

    // The word stands at the beginning of the line, if at all.
    private const int TrailerStart = 64;

    private byte[] line = new byte[4096];
    private int length;

    public override FileRow? Read()
    {
        while (source.Peek() != ByteSource.End)
        {
            var row = new FileRow(source.Line);
            var whole = ReadLine();
            if (!whole)
            {
                row.Faults.Add(Fault.At(null, Fault.FieldTooLong));
                return row;
            }

            if (line.AsSpan(0, length).Trim(" \t"u8).Length == 0)
            {
                continue;
            }

            if (line.AsSpan(0, Math.Min(length, TrailerStart)).IndexOf("\"trailer\""u8) >= 0 && ReadsTrailer())
            {
                return ReadTrailer(row);
            }

            Take(row);
            return row;
        }

        return null;
    }

    /// <summary>The next line that is not blank as it is written, null at the end of the file; one that is too long to be read has no text.</summary>
    public (long Line, ReadOnlyMemory<byte> Json)? ReadText()
    {
        while (source.Peek() != ByteSource.End)
        {
            var at = source.Line;
            if (!ReadLine())
            {
                return (at, default);
            }

            if (line.AsSpan(0, length).Trim(" \t"u8).Length > 0)
            {
                return (at, line.AsMemory(0, length));
            }
        }

        return null;
    }

    private bool ReadsTrailer()
    {
        var json = new Utf8JsonReader(line.AsSpan(0, length));
        try
        {
            return json.Read() && json.TokenType == JsonTokenType.StartObject && json.Read() && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("trailer"u8);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // The last line of the file; anywhere else it is a row, and none that can be read.
    private FileRow? ReadTrailer(FileRow row)
    {
        var trailer = Imports.Trailer.Read(line.AsMemory(0, length));
        while (source.Peek() is '\r' or '\n')
        {
            source.FinishLine(source.Next());
        }

        if (source.Peek() != ByteSource.End)
        {
            row.Faults.Add(Fault.At(null, Fault.RowMalformed));
            return row;
        }

        Trailer = trailer ?? throw new ImportFailure(ImportFailure.TrailerMalformed);
        return null;
    }

    private bool ReadLine()
    {
        length = 0;
        int next;
        for (next = source.Next(); next is not ('\r' or '\n' or ByteSource.End); next = source.Next())
        {
            if (length == MaxLineBytes)
            {
                source.SkipLine();
                return false;
            }

            if (length == line.Length)
            {
                Array.Resize(ref line, line.Length * 2);
            }

            line[length++] = (byte)next;
        }

        source.FinishLine(next);
        return true;
    }

    private void Take(FileRow row)
    {
        var bytes = line.AsSpan(0, length);
        if (!Utf8.IsValid(bytes))
        {
            row.Faults.Add(Fault.At(null, Fault.RowEncoding));
            return;
        }

        try
        {
            var json = new Utf8JsonReader(bytes);
            TakeObject(row, ref json);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escape that is half a surrogate pair.
            row.Faults.Add(Fault.At(null, Fault.RowMalformed));
        }
    }

    private void TakeObject(FileRow row, ref Utf8JsonReader json)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        // A line has room for a hundred thousand wrong members: as many are told as there are columns.
        var seen = new HashSet<Column>();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName && row.Faults.Count < Column.All.Count)
        {
            var name = json.GetString()!;
            json.Read();
            if (!map.Knows(name, out var column))
            {
                row.Faults.Add(Fault.At(null, Fault.ColumnUnknown, name));
            }
            else if (column is null)
            {
                json.Skip();
                continue;
            }
            else if (!seen.Add(column))
            {
                row.Faults.Add(Fault.At(column, Fault.ColumnRepeated));
            }
            else
            {
                TakeValue(row, column, ref json);
            }

            json.Skip();
        }

        // Reads on to the end of the line: anything after the object is an error.
        while (json.Read())
        {
        }
    }

    private static void TakeValue(FileRow row, Column column, ref Utf8JsonReader json)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                break;
            case JsonTokenType.Number when column.IsAmount:
                row[column] = Encoding.UTF8.GetString(json.ValueSpan);
                break;
            case JsonTokenType.String when column.IsAmount:
                row[column] = json.GetString();
                row.Faults.Add(Fault.At(column, Fault.NotANumber, json.GetString()));
                break;
            case JsonTokenType.String when json.GetString() is { Length: <= MaxFieldLength } text:
                row[column] = text;
                break;
            case JsonTokenType.String:
                row[column] = json.GetString();
                row.Faults.Add(Fault.At(column, Fault.FieldTooLong, json.GetString()));
                break;
            default:
                row.Faults.Add(Fault.At(column, Fault.RowMalformed));
                break;
        }
    }
}
