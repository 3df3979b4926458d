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
    public byte[] Csv()
    {
        var text = new StringBuilder(Language.Csv.Line(Columns.Select(Language.Csv.Cell)));
        foreach (var row in Rows)
        {
            text.Append(Language.Csv.Line(row.Select(cell => cell.IsNumber ? cell.Plain : Language.Csv.Cell(cell.Plain))));
        }

        return [.. Language.Csv.Preamble, .. Encoding.UTF8.GetBytes(text.ToString())];
    }
}
