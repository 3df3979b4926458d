using System.ComponentModel;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Statements;

/// <summary>Either side prints a version of a statement, to be signed: one page that needs nothing from elsewhere, in Chinese or English.</summary>
internal static class GetDocument
{
    public const string ContentType = "text/html";

    private static readonly string Style = ReadStyle();

    // Nothing is loaded and nothing runs; the one style is known by its digest.
    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly Sql Summary = new("""
        SELECT kind, cycle, COUNT(*) AS lines, SUM(amount) AS amount, SUM(commission) AS commission
        FROM statement_line
        WHERE bank_id = @bank AND statement_id = @id
        GROUP BY kind, cycle
        ORDER BY kind, cycle
        """);

    public static void Map(RouteGroupBuilder statements) => statements.MapGet("/{id}/document", HandleAsync)
        .Describe("Statements_GetDocument", Scopes.StatementsRead, "Read a statement as a document", "One version of the statement as an HTML page that is ready to be printed to PDF and signed: a summary, every line with its explanation, adjustments, totals. Chinese or English by Accept-Language; no scripts, nothing loaded from elsewhere.")
        .ReturnsFile(ContentType, "The page, sent while it is read.")
        .Refuses(StatementProblems.NoVersion)
        .On(Get.ReadAsync, StatementProblems.NotFound);

    private static async Task<Answer> HandleAsync(
        Id id, [FromQuery(Name = "version"), Description("Which version; the latest when absent.")] int? version, Work work, CancellationToken cancellation)
    {
        var file = await StatementFile.FindAsync(work, id, version, cancellation);
        var summary = await work.Db.ListAsync<SummaryRow>(Summary, new { bank = file.Statement.BankId, id }, cancellation);
        var words = DocumentWords.Current;
        return new FileAnswer($"{ContentType}; charset=utf-8", $"{file.Name}.html", (reader, stream, stop) => WriteAsync(file, summary, words, reader, stream, stop)) { ShownUnder = Policy };
    }

    private static async Task WriteAsync(StatementFile file, IReadOnlyList<SummaryRow> summary, DocumentWords words, FileReader reader, Stream stream, CancellationToken cancellation)
    {
        await using var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        await text.WriteAsync(Head(file, summary, words).AsMemory(), cancellation);
        await text.WriteAsync(TableHead(words.Lines, "lines", words.LineColumns).AsMemory(), cancellation);
        await foreach (var line in file.LinesAsync(reader, cancellation))
        {
            await text.WriteAsync(Line(line, words).AsMemory(), cancellation);
        }

        await text.WriteAsync(Foot(file, words).AsMemory(), cancellation);
    }

    private static string Head(StatementFile file, IReadOnlyList<SummaryRow> summary, DocumentWords words)
    {
        var s = file.Statement;
        var month = s.Month.ToString(words.MonthFormat, CultureInfo.InvariantCulture);
        var version = file.IssuedAt is { } issued ? words.VersionOf(file.Version, issued) : words.Draft;
        var rows = string.Concat(summary.Select(row =>
            $"<tr><th scope=\"row\">{words.Kind(row.Kind)} {Accounts.DaysPastDue.CycleName(row.Cycle)}</th>{Numbers(row.Lines.ToString(CultureInfo.InvariantCulture), Money(row.Amount), Money(row.Commission))}</tr>\n"));
        return $"""
            <!DOCTYPE html>
            <html lang="{words.Language}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{words.Title} {month} {s.Currency} · {Encode(s.AgencyName)}</title>
            <style>{Style}</style>
            </head>
            <body>
            <main>
            <header>
            <h1>{words.Title}</h1>
            <p class="month">{month} · {s.Currency} · {version}</p>
            </header>
            <dl>
            <div><dt>{words.Bank}</dt><dd>{Encode(s.BankName)}</dd></div>
            <div><dt>{words.Agency}</dt><dd>{Encode(s.AgencyName)}</dd></div>
            <div><dt>{words.Number}</dt><dd class="id">{s.Id}</dd></div>
            <div><dt>{words.Total}</dt><dd class="total">{s.Currency} {Money(file.Total)}</dd></div>
            </dl>
            {TableHead(words.Summary, "summary", words.SummaryColumns)}{rows}</tbody>
            <tbody class="sums">
            <tr><th scope="row">{words.Lines}</th>{Numbers(s.LineCount.ToString(CultureInfo.InvariantCulture), Money(s.Amount), Money(s.Commission))}</tr>
            <tr><th scope="row">{words.Adjustments}</th>{Numbers(file.Adjustments.Count.ToString(CultureInfo.InvariantCulture), "", Money(file.Adjusted))}</tr>
            <tr class="due"><th scope="row">{words.Total}</th>{Numbers("", "", Money(file.Total))}</tr>
            </tbody>
            </table>

            """;

        string Money(long amount) => Currency.Grouped(amount, s.Currency);
    }

    private static string Line(StatementLineRow line, DocumentWords words) => $"""
        <tr><td class="n">{line.Number}</td><td>{line.DecidedAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}</td><td>{Encode(line.AccountNumber ?? words.Ended)}<br><span class="id">{Encode(line.AgencyReference ?? (line.RepaymentId ?? line.DirectPaymentId).ToString()!)}</span></td><td>{line.CycleName}</td><td>{words.Kind(line.Kind)}</td>{Numbers(Currency.Grouped(line.Amount, line.Currency), Currency.Grouped(line.Commission, line.Currency))}<td class="why">{Encode(Explanation.Of(line))}</td></tr>

        """;

    private static string Foot(StatementFile file, DocumentWords words)
    {
        var s = file.Statement;
        var adjustments = file.Adjustments.Count == 0 ? "" : TableHead(words.Adjustments, "adjustments", words.AdjustmentColumns) + string.Concat(file.Adjustments.Select(a =>
            $"<tr><td class=\"n\">{a.Number}</td><td class=\"n\">{a.LineNumber}</td>{Numbers(Currency.Grouped(a.Amount.Amount, s.Currency))}<td class=\"why\">{Encode(a.Reason)}</td></tr>\n")) + "</tbody>\n</table>\n";
        return $"""
            </tbody>
            <tbody class="sums">
            <tr class="due"><th scope="row" colspan="5">{words.Lines}: {s.LineCount}</th>{Numbers(Currency.Grouped(s.Amount, s.Currency), Currency.Grouped(s.Commission, s.Currency))}<td></td></tr>
            </tbody>
            </table>
            {adjustments}<p class="notes">{words.Notes}</p>
            <section class="signatures" aria-label="{words.Signatures}">
            {Signature(words.Bank, s.BankName, words)}
            {Signature(words.Agency, s.AgencyName, words)}
            </section>
            </main>
            </body>
            </html>

            """;
    }

    private static string Signature(string side, string name, DocumentWords words) =>
        $"<div><h2>{side}</h2><p>{Encode(name)}</p><p class=\"sign\">{words.Signature}</p><p class=\"sign\">{words.Date}</p></div>";

    private static string TableHead(string caption, string kind, IReadOnlyList<string> columns) =>
        $"<table class=\"{kind}\">\n<caption>{caption}</caption>\n<thead><tr>{string.Concat(columns.Select(column => $"<th scope=\"col\">{column}</th>"))}</tr></thead>\n<tbody>\n";

    private static string Numbers(params string[] numbers) => string.Concat(numbers.Select(number => $"<td class=\"n\">{number}</td>"));

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    private static string ReadStyle()
    {
        using var stream = typeof(GetDocument).Assembly.GetManifestResourceStream("statement.css") ?? throw new InvalidOperationException("statement.css is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private sealed record SummaryRow(string Kind, int Cycle, int Lines, long Amount, long Commission);
}
