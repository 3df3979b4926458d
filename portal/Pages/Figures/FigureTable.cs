using System.Globalization;
using System.Text;
using Agency.Portal.Language;
using Agency.Sdk;

namespace Agency.Portal.Pages.Figures;

/// <summary>A cell of a table of figures.</summary>
/// <param name="Shown">As the page writes it, in the reader's language.</param>
/// <param name="Plain">As a file has it: a number without signs and separators.</param>
/// <param name="IsNumber">Whether it is one.</param>
public sealed record FigureCell(string Shown, string Plain, bool IsNumber)
{
    public static FigureCell Of(string text) => new(text, text, false);

    public static FigureCell Of(long count) => new(count.ToString("N0", CultureInfo.CurrentCulture), count.ToString(CultureInfo.InvariantCulture), true);

    public static FigureCell Of(Money? money) => money is null ? new("", "", true) : new(Formats.Money(money), Formats.Plain(money), true);

    public static FigureCell Of(DateOnly day) => new(Formats.Day(day), day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), false);

    /// <summary>Hundredths of a per cent.</summary>
    public static FigureCell OfBasisPoints(int? points) => points is { } rate ? new(Formats.Percent(rate), (rate / 100m).ToString("0.00", CultureInfo.InvariantCulture), true) : new("", "", true);
}

/// <summary>A chart's numbers: the page and the file are written from the same cells, so they can't differ.</summary>
public sealed record FigureTable(string Name, string Caption, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<FigureCell>> Rows)
{
    // With the mark of its encoding, without which spreadsheets take Chinese for something else.
    public byte[] Csv()
    {
        var text = new StringBuilder();
        text.AppendJoin(',', Columns.Select(Cell)).Append("\r\n");
        foreach (var row in Rows)
        {
            text.AppendJoin(',', row.Select(cell => cell.IsNumber ? cell.Plain : Cell(cell.Plain))).Append("\r\n");
        }

        return [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(text.ToString())];
    }

    // Quoted where CSV needs it, and never taken for a formula; some spreadsheets trim what comes before its sign, and take full-width ones.
    private static string Cell(string text)
    {
        var first = text.AsSpan().TrimStart();
        var safe = first.Length > 0 && "=+-@＝＋－＠".Contains(first[0], StringComparison.Ordinal) || (text.Length > 0 && text[0] is '\t' or '\r' or '\n') ? "'" + text : text;
        return safe.AsSpan().IndexOfAny("\",\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
