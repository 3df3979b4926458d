using System.Globalization;
using Microsoft.AspNetCore.Html;

namespace Agency.Portal.Charts;

/// <summary>A line of a chart.</summary>
/// <param name="Number">The number that stands at its end, and before its row in the table: colours alone tell nobody apart.</param>
/// <param name="Values">One a month, from the first.</param>
/// <param name="Said">The line in words.</param>
public sealed record Curve(int Number, IReadOnlyList<decimal> Values, string Said);

/// <summary>Lines over months.</summary>
public static class LineChart
{
    /// <summary>How many lines have a look of their own.</summary>
    public const int Looks = 6;

    private const int Width = 360;
    private const int Height = 224;
    private const int Left = 44;
    private const int Right = 340;
    private const int Top = 10;
    private const int Bottom = 190;
    private const int Steps = 4;
    private const int LineHeight = 11;

    /// <param name="shown">A value as the axis writes it.</param>
    /// <param name="month">What the horizontal axis is of.</param>
    public static IHtmlContent Draw(string id, string title, string month, IReadOnlyList<Curve> curves, Func<decimal, string> shown)
    {
        var svg = new Svg(id, Width, Height, title, string.Join("; ", curves.Select(curve => curve.Said)));
        var months = Math.Max(1, curves.Max(curve => curve.Values.Count));
        var step = Step(curves.SelectMany(curve => curve.Values).DefaultIfEmpty().Max());
        for (var line = 0; line <= Steps; line++)
        {
            svg.Line(line == 0 ? "axis" : "grid", Left, Y(line * step), Right, Y(line * step));
            svg.Text("label", Left - 4, Y(line * step) + 4, shown(line * step), "end");
        }

        // Beyond a year each month's number would run into the next.
        var every = (months + 11) / 12;
        for (var number = 1; number <= months; number += every)
        {
            svg.Text("label", X(number), Bottom + 14, number.ToString(CultureInfo.InvariantCulture), "middle");
        }

        svg.Text("label", (Left + Right) / 2.0, Bottom + 28, month, "middle");
        foreach (var curve in curves)
        {
            var look = string.Create(CultureInfo.InvariantCulture, $"s{((curve.Number - 1) % Looks) + 1}");
            var points = curve.Values.Select((value, index) => (X(index + 1), Y(value))).ToList();
            svg.Path($"curve {look}", points);
            foreach (var (x, y) in points)
            {
                svg.Dot($"dot {look}", x, y);
            }
        }

        // Numbers at the lines' ends, none over another.
        var free = (double)Bottom + 4;
        foreach (var curve in curves.OrderBy(curve => curve.Values[^1]))
        {
            free = Math.Min(free, Y(curve.Values[^1]) + 4);
            svg.Text("label figure", X(curve.Values.Count) + 6, free, curve.Number.ToString(CultureInfo.InvariantCulture));
            free -= LineHeight;
        }

        return svg.Html();

        double X(int number) => months == 1 ? Left + 12 : Left + 12 + ((number - 1) * (double)(Right - Left - 24) / (months - 1));

        double Y(decimal value) => Bottom - (double)(Math.Max(0, value) / (step * Steps) * (Bottom - Top));
    }

    // A step of 1, 2, 2½ or 5 times a power of ten, four of which reach the highest value.
    private static decimal Step(decimal highest)
    {
        var step = 1m;
        foreach (var times in Enumerable.Repeat<decimal[]>([2m, 1.25m, 2m, 2m], 12).SelectMany(factors => factors))
        {
            if (step * Steps >= highest)
            {
                break;
            }

            step *= times;
        }

        return step;
    }
}
