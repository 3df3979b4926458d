using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace Agency.Portal.Charts;

/// <summary>
/// A drawing written by the server: what it shows is told in its title and description, what it looks like is the style sheet's (the
/// policy of our pages forbids styles in the markup). Lengths are its own units, which the page scales to the room there is.
/// </summary>
/// <param name="id">An id that no other drawing of the page has.</param>
public sealed class Svg(string id, int width, int height, string title, string description)
{
    private readonly StringBuilder drawn = new();

    public void Rectangle(string look, double x, double y, double width, double height) =>
        drawn.Append(CultureInfo.InvariantCulture, $"<rect class=\"{look}\" x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\"/>");

    public void Line(string look, double x1, double y1, double x2, double y2) =>
        drawn.Append(CultureInfo.InvariantCulture, $"<line class=\"{look}\" x1=\"{x1:0.##}\" y1=\"{y1:0.##}\" x2=\"{x2:0.##}\" y2=\"{y2:0.##}\"/>");

    public void Path(string look, IEnumerable<(double X, double Y)> points) =>
        drawn.Append(CultureInfo.InvariantCulture, $"<polyline class=\"{look}\" points=\"{string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.##},{point.Y:0.##}")))}\"/>");

    public void Dot(string look, double x, double y) =>
        drawn.Append(CultureInfo.InvariantCulture, $"<circle class=\"{look}\" cx=\"{x:0.##}\" cy=\"{y:0.##}\" r=\"2.5\"/>");

    /// <param name="anchor">start, middle or end: which part of the text is at x.</param>
    public void Text(string look, double x, double y, string text, string anchor = "start") =>
        drawn.Append(CultureInfo.InvariantCulture, $"<text class=\"{look}\" x=\"{x:0.##}\" y=\"{y:0.##}\" text-anchor=\"{anchor}\">{Encoded(text)}</text>");

    /// <summary>The whole of it, as one picture to who listens: the numbers are in the table beside it.</summary>
    public IHtmlContent Html() => new HtmlString(string.Create(
        CultureInfo.InvariantCulture,
        $"<svg class=\"chart\" role=\"img\" viewBox=\"0 0 {width} {height}\" aria-labelledby=\"{id}-title {id}-text\"><title id=\"{id}-title\">{Encoded(title)}</title><desc id=\"{id}-text\">{Encoded(description)}</desc>{drawn}</svg>"));

    private static string Encoded(string text) => HtmlEncoder.Default.Encode(text);
}
