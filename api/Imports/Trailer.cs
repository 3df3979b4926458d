using System.Globalization;
using System.Text.Json;

namespace Agency.Api.Imports;

/// <summary>What a file says of itself in its last line: how many rows it has and what they add up to, good or bad. What it leaves out is not compared.</summary>
internal sealed record Trailer(long Rows, Int128? Principal, Int128? Interest, Int128? Fees)
{
    // The longest trailer there can be, several times over.
    private const int TailBytes = 4096;

    /// <summary>The first field of the line, in CSV.</summary>
    public static ReadOnlySpan<byte> Mark => "#trailer"u8;

    /// <summary>Reads <c>rows=2</c>, <c>principal=350000</c> and so on; null when it is nothing of the kind.</summary>
    public static Trailer? Read(IReadOnlyList<string> totals)
    {
        Dictionary<string, Int128> read = new(StringComparer.Ordinal);
        foreach (var total in totals)
        {
            var parts = total.Split('=');
            if (parts.Length != 2 || !Int128.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) || !read.TryAdd(parts[0].Trim(), value))
            {
                return null;
            }
        }

        return Of(read);
    }

    /// <summary>Reads <c>{"trailer":{"rows":2}}</c>; null when it is nothing of the kind.</summary>
    public static Trailer? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.EnumerateObject().Count() == 1
                ? Of(document.RootElement.GetProperty("trailer").EnumerateObject().ToDictionary(member => member.Name, member => Int128.Parse(member.Value.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), StringComparer.Ordinal))
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Whether the file's last line may be a trailer: reading all of it is dear, and most have none.</summary>
    public static bool MayEnd(Stream file, CancellationToken cancellation)
    {
        var (chunk, tail) = (new byte[64 * 1024], Array.Empty<byte>());
        int read;
        while ((read = file.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            tail = [.. tail.AsSpan(Math.Max(0, tail.Length - TailBytes)), .. chunk.AsSpan(Math.Max(0, read - TailBytes), Math.Min(read, TailBytes))];
        }

        var end = tail.AsSpan().TrimEnd("\r\n"u8);
        return end[(end.LastIndexOfAny((byte)'\r', (byte)'\n') + 1)..].IndexOf("trailer"u8) >= 0;
    }

    /// <summary>Reads the whole file and compares.</summary>
    /// <exception cref="ImportFailure">The file is not what it says of itself.</exception>
    public static void Check(RowReader reader, CancellationToken cancellation)
    {
        var (rows, principal, interest, fees) = (0L, default(Int128), default(Int128), default(Int128));
        while (reader.Read() is { } row)
        {
            cancellation.ThrowIfCancellationRequested();
            rows++;
            principal += Amount(row, Column.Principal);
            interest += Amount(row, Column.Interest);
            fees += Amount(row, Column.Fees);
        }

        if (reader.Trailer is not { } said)
        {
            return;
        }

        (string Name, Int128? Said, Int128 Found)[] totals = [("rows", said.Rows, rows), ("principal", said.Principal, principal), ("interest", said.Interest, interest), ("fees", said.Fees, fees)];
        var differing = totals.Where(total => total.Said is { } value && value != total.Found)
            .Select(total => Fault.At(null, Fault.TrailerDiffers, string.Create(CultureInfo.InvariantCulture, $"{total.Name}: {total.Said} in the trailer, {total.Found} in the rows"))).ToList();
        if (differing.Count > 0)
        {
            throw new ImportFailure(ImportFailure.TrailerMismatch, differing);
        }
    }

    private static Int128 Amount(FileRow row, Column column) =>
        Int128.TryParse(row[column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount) ? amount : 0;

    private static Trailer? Of(Dictionary<string, Int128> totals)
    {
        if (!totals.Remove("rows", out var rows) || rows < 0 || rows > long.MaxValue)
        {
            return null;
        }

        var trailer = new Trailer((long)rows, Take("principal"), Take("interest"), Take("fees"));
        return totals.Count == 0 ? trailer : null;

        Int128? Take(string name) => totals.Remove(name, out var total) ? total : null;
    }
}
