using System.ComponentModel;
using System.Globalization;
using System.Text;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Statements;

/// <summary>Either side takes a version of a statement along as CSV: lines, adjustments, and a trailer to check it by.</summary>
internal static class GetCsv
{
    public const string ContentType = "text/csv";

    private const string Header =
        "record,number,kind,repayment_id,direct_payment_id,case_id,account_number,agency_reference,paid_on,decided_at,cycle,basis_points,currency,amount,overpaid,earned,account_cap_taken,statement_cap_taken,commission,original_statement_id,original_line,explanation";

    public static void Map(RouteGroupBuilder statements) => statements.MapGet("/{id}/csv", HandleAsync)
        .Describe("Statements_GetCsv", Scopes.StatementsRead, "Read a statement as CSV", "One version of the statement: a record a line, then its adjustments (their reason as the explanation), then a trailer with the count of records and the sums. UTF-8 with a byte order mark; amounts are decimals with the currency's digits; text that a spreadsheet would take for a formula has an apostrophe before it.")
        .ReturnsFile(ContentType, "The file, sent while it is read.")
        .Refuses(StatementProblems.NoVersion)
        .On(Get.ReadAsync, StatementProblems.NotFound);

    private static async Task<Answer> HandleAsync(
        Id id, [FromQuery(Name = "version"), Description("Which version; the latest when absent.")] int? version, Work work, CancellationToken cancellation)
    {
        var file = await StatementFile.FindAsync(work, id, version, cancellation);
        return new FileAnswer($"{ContentType}; charset=utf-8", $"{file.Name}.csv", (reader, stream, stop) => WriteAsync(file, reader, stream, stop));
    }

    private static async Task WriteAsync(StatementFile file, FileReader reader, Stream stream, CancellationToken cancellation)
    {
        await using var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true) { NewLine = "\r\n" };
        await text.WriteLineAsync(Header.AsMemory(), cancellation);
        var currency = file.Statement.Currency;
        await foreach (var line in file.LinesAsync(reader, cancellation))
        {
            await WriteAsync(text, [
                "line", Number(line.Number), line.Kind, line.RepaymentId?.ToString() ?? "", line.DirectPaymentId?.ToString() ?? "", line.CaseId.ToString(), Cell(line.AccountNumber), Cell(line.AgencyReference),
                line.PaidOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), line.DecidedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
                line.CycleName, line.BasisPoints is { } points ? Number(points) : "", currency, Money(line.Amount), Money(line.Overpaid), Money(line.Earned), Money(line.AccountCapTaken),
                Money(line.StatementCapTaken), Money(line.Commission), line.OriginalStatementId?.ToString() ?? "", line.OriginalNumber is { } original ? Number(original) : "",
                Cell(Explanation.Of(line)),
            ]);
        }

        foreach (var adjustment in file.Adjustments)
        {
            await WriteAsync(text, [
                "adjustment", Number(adjustment.Number), "", "", "", "", "", "", "", "", "", "", currency, "", "", "", "", "", Money(adjustment.Amount.Amount), "",
                adjustment.LineNumber is { } about ? Number(about) : "", Cell(adjustment.Reason),
            ]);
        }

        await WriteAsync(text, [
            "trailer", Number(file.Statement.LineCount + file.Adjustments.Count), "", "", "", "", "", "", "", "", "", "", currency, Money(file.Statement.Amount), "", "", "", "", Money(file.Total), "", "", "",
        ]);

        string Money(long amount) => Currency.Plain(amount, currency);
    }

    private static Task WriteAsync(StreamWriter text, string[] cells) => text.WriteLineAsync(string.Join(',', cells));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A cell of text: quoted where CSV needs it, and never taken for a formula.</summary>
    internal static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        // What spreadsheets begin a formula by; also behind white space, which some of them trim, and by full-width signs.
        var first = text.AsSpan().TrimStart();
        var safe = first.Length > 0 && "=+-@＝＋－＠".Contains(first[0]) || text[0] is '\t' or '\r' or '\n' ? "'" + text : text;
        return safe.AsSpan().ContainsAny("\",\r\n") || safe[0] == ' ' || safe[^1] == ' ' ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
