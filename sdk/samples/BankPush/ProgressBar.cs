using Agency.Sdk;

namespace Agency.Samples;

/// <summary>A line that grows while the file is sent, and counts its rows as they are read.</summary>
internal sealed class ProgressBar : IProgress<ImportProgress>
{
    private const int Width = 40;

    public void Report(ImportProgress value)
    {
        var sent = value.BytesInAll is > 0 and { } all ? (double)value.BytesSent / all : 0;
        var bar = new string('#', (int)(sent * Width)).PadRight(Width);
        Console.Write($"\r[{bar}] {value.BytesSent:N0} bytes sent, {value.Import?.RowsRead ?? 0:N0} rows read ");
    }
}
