namespace Agency.Api.Imports;

/// <summary>
/// Text that a spreadsheet would take for a formula, such as a phone number with its plus sign, has an apostrophe before it in a file that we
/// write, and loses it again in one that we read. Both look behind apostrophes that are there already, so that any text comes back as it was.
/// </summary>
internal static class SpreadsheetText
{
    private const string FormulaSigns = "=+-@＝＋－＠";

    public static string Escape(string text) => IsFormula(text) ? "'" + text : text;

    public static string Unescape(string text) => text.StartsWith('\'') && IsFormula(text) ? text[1..] : text;

    private static bool IsFormula(string text)
    {
        var behind = text.AsSpan().TrimStart('\'').TrimStart();
        return behind.Length > 0 && FormulaSigns.Contains(behind[0], StringComparison.Ordinal);
    }
}
