using Microsoft.AspNetCore.Html;

namespace Agency.Portal.Charts;

/// <summary>A bar of a chart.</summary>
/// <param name="Label">What it is of.</param>
/// <param name="Value">How long it is beside the others; below zero it is shown as none.</param>
/// <param name="Shown">Its figure, as the reader's language writes it.</param>
public sealed record Bar(string Label, decimal Value, string Shown);

/// <summary>Bars below each other, each with its label and figure above it: room for long words in a narrow window.</summary>
public static class BarChart
{
    private const int Width = 360;
    private const int Row = 36;

    public static IHtmlContent Draw(string id, string title, IReadOnlyList<Bar> bars)
    {
        var svg = new Svg(id, Width, (bars.Count * Row) + 4, title, string.Join("; ", bars.Select(bar => $"{bar.Label}: {bar.Shown}")));
        var longest = Math.Max(1, bars.Select(bar => bar.Value).DefaultIfEmpty().Max());
        foreach (var (row, bar) in bars.Index())
        {
            var top = row * Row;
            svg.Text("label", 0, top + 13, bar.Label);
            svg.Text("label figure", Width, top + 13, bar.Shown, "end");
            svg.Rectangle("track", 0, top + 18, Width, 12);
            svg.Rectangle("bar", 0, top + 18, (double)(Math.Max(0, bar.Value) / longest * Width), 12);
        }

        return svg.Html();
    }
}
