using System.Text;

namespace Agency.Portal.Language;

/// <summary>Files for spreadsheets (RFC 4180).</summary>
public static class Csv
{
    // From here on spreadsheets round a number, or write it with an exponent.
    private const int LongNumber = 12;

    /// <summary>The mark of the encoding, without which spreadsheets take Chinese for something else.</summary>
    public static byte[] Preamble => Encoding.UTF8.GetPreamble();

    /// <summary>
    /// A text as a cell: quoted where CSV needs it, and never taken for a formula; some spreadsheets trim what comes before its sign, and take
    /// full-width ones.
    /// </summary>
    public static string Cell(string text)
    {
        var first = text.AsSpan().TrimStart();
        var isFormula = (first.Length > 0 && "=+-@＝＋－＠".Contains(first[0], StringComparison.Ordinal)) || (text.Length > 0 && text[0] is '\t' or '\r' or '\n');
        return Quoted(isFormula ? "'" + text : text);
    }

    /// <summary>A number that is a name, such as that of an account or an ID: never rounded, and with the zeros it begins with.</summary>
    public static string Number(string digits) =>
        digits.Length > 0 && digits.All(char.IsAsciiDigit) && (digits.Length >= LongNumber || digits[0] == '0') ? "'" + digits : Cell(digits);

    /// <summary>A line of cells.</summary>
    public static string Line(params IEnumerable<string> cells) => string.Join(',', cells) + "\r\n";

    private static string Quoted(string text) => text.AsSpan().IndexOfAny("\",\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
