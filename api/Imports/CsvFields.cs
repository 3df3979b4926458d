using System.Text;
using System.Text.Unicode;

namespace Agency.Api.Imports;

/// <summary>What a field of a CSV file ended with.</summary>
internal enum FieldEnd
{
    Field,
    Row,
    Malformed,
}

/// <summary>
/// The fields of a CSV file (RFC 4180), one by one: not a library's reader, which gives up at a row that breaks the rules, counts records instead
/// of lines, and holds a field of any length in memory.
/// </summary>
internal sealed class CsvFields(ByteSource source)
{
    // A character takes at most 4 bytes; one more shows that there was more.
    private const int MaxFieldBytes = (RowReader.MaxFieldLength * 4) + 1;
    private const int MaxHeaderFields = 1000;

    private readonly byte[] buffer = new byte[MaxFieldBytes];
    private int length;

    /// <summary>The line that the next field stands on, from 1.</summary>
    public long Line => source.Line;

    public bool AtEnd => source.Peek() == ByteSource.End;

    /// <summary>The bytes of the field that was read last.</summary>
    public ReadOnlySpan<byte> Bytes => buffer.AsSpan(0, length);

    /// <summary>Whether the field that was read last is longer than any is read.</summary>
    public bool IsCut => length == MaxFieldBytes;

    /// <summary>The names in the file's first row.</summary>
    /// <exception cref="ImportFailure">There is none, or it can't be read.</exception>
    public List<string> ReadHeader()
    {
        SkipBlankLines();
        if (AtEnd)
        {
            throw new ImportFailure(ImportFailure.Empty);
        }

        var names = new List<string>();
        FieldEnd end;
        do
        {
            end = ReadField();
            names.Add(SpreadsheetText.Unescape(Text()?.Trim() ?? throw new ImportFailure(ImportFailure.Encoding)));
        }
        while (end == FieldEnd.Field && names.Count < MaxHeaderFields);

        return end == FieldEnd.Row ? names : throw new ImportFailure(ImportFailure.Unreadable, Fault.At(null, Fault.RowMalformed));
    }

    public void SkipBlankLines()
    {
        while (source.Peek() is '\r' or '\n')
        {
            source.FinishLine(source.Next());
        }
    }

    public FieldEnd ReadField()
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
            buffer[length++] = (byte)value;
        }
    }

    public string? Text()
    {
        // A field that was cut may end inside a character: the first bytes of it are enough to show.
        var bytes = buffer.AsSpan(0, length == MaxFieldBytes ? LastWhole(RowReader.MaxFieldLength) : length);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
    }

    private int LastWhole(int at)
    {
        while (at > 0 && (buffer[at] & 0xC0) == 0x80)
        {
            at--;
        }

        return at;
    }
}
