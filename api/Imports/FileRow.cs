namespace Agency.Api.Imports;

/// <summary>One row as the file has it, by column whatever its order there.</summary>
/// <param name="line">The line of the file where the row begins, from 1.</param>
internal sealed class FileRow(long line)
{
    private readonly string?[] values = new string?[Column.All.Count];

    public long Line => line;

    /// <summary>What could not even be read; such a row is not checked further.</summary>
    public List<Fault> Faults { get; } = [];

    /// <summary>
    /// The text of a column, null when the row leaves it empty. Of a text too long to be stored no more is kept than is shown;
    /// the mark at its cut makes it wrong for every column, lest a number that was cut passes for a smaller one.
    /// </summary>
    public string? this[Column column]
    {
        get => values[column.Ordinal];
        set => values[column.Ordinal] = value?.Trim() is { Length: > 0 } text ? Fault.Cut(text, Math.Max(column.MaxLength + 1, Fault.ShownLength)) : null;
    }

    /// <summary>
    /// What the row says, by column, to be mended and sent again. Null where some of it could not be read: sent again without that it might
    /// pass, and mean something else.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Cells => Faults.Exists(fault => fault.Column is null || fault.Code is Fault.RowMalformed or Fault.RowEncoding or Fault.ColumnRepeated)
        ? null
        : Column.All.Where(column => values[column.Ordinal] is not null).ToDictionary(column => column.Name, column => values[column.Ordinal]!, StringComparer.Ordinal);
}

/// <summary>Reads a file row by row, in bounded memory whatever the file holds.</summary>
internal abstract class RowReader
{
    /// <summary>The longest field that is read at all, in characters; what is longer is counted and dropped.</summary>
    public const int MaxFieldLength = 10_000;

    /// <summary>What the file says of itself at its end, once that was read; null when it says nothing.</summary>
    public Trailer? Trailer { get; protected set; }

    /// <summary>The next row, null at the end of the file.</summary>
    /// <exception cref="ImportFailure">The file as a whole can't be read.</exception>
    public abstract FileRow? Read();

    public static RowReader Open(ImportFormat format, Stream file, ColumnMap? map = null) => format switch
    {
        ImportFormat.Csv => new CsvRows(new ByteSource(file), map ?? ColumnMap.ByName),
        ImportFormat.Ndjson => new NdjsonRows(new ByteSource(file), map ?? ColumnMap.ByName),
        _ => throw new InvalidOperationException($"No format {format}."),
    };
}

/// <summary>The bytes of a file one by one, knowing the line. Refuses what is plainly not UTF-8.</summary>
internal sealed class ByteSource(Stream file)
{
    public const int End = -1;

    private readonly byte[] buffer = new byte[64 * 1024];
    private int position;
    private int length;
    private bool started;

    /// <summary>The line that the next byte stands on, from 1.</summary>
    public long Line { get; private set; } = 1;

    public int Peek() => position < length || Fill() ? buffer[position] : End;

    /// <summary>The next byte, <see cref="End"/> after the last. Line ends are LF, CR LF or CR.</summary>
    public int Next()
    {
        if (position == length && !Fill())
        {
            return End;
        }

        var value = buffer[position++];
        if (value == '\n' || (value == '\r' && Peek() != '\n'))
        {
            Line++;
        }

        return value;
    }

    /// <summary>Goes past the line end that starts with this byte.</summary>
    public void FinishLine(int value)
    {
        if (value == '\r' && Peek() == '\n')
        {
            Next();
        }
    }

    public void SkipLine()
    {
        int value;
        do
        {
            value = Next();
        }
        while (value is not ('\r' or '\n' or End));
        FinishLine(value);
    }

    private bool Fill()
    {
        var first = !started;
        started = true;
        (position, length) = (0, file.ReadAtLeast(buffer, first ? 4 : 1, throwOnEndOfStream: false));
        if (first)
        {
            SkipByteOrderMark();
        }

        return position < length;
    }

    // UTF-16 and UTF-32 show in the first four bytes: a byte order mark, or the zeros beside ASCII.
    private void SkipByteOrderMark()
    {
        ReadOnlySpan<byte> head = buffer.AsSpan(0, Math.Min(length, 4));
        if (head.StartsWith<byte>([0xFF, 0xFE]) || head.StartsWith<byte>([0xFE, 0xFF]) || head.Contains((byte)0))
        {
            throw new ImportFailure(ImportFailure.Encoding);
        }

        position = head.StartsWith<byte>([0xEF, 0xBB, 0xBF]) ? 3 : 0;
    }
}
