using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Imports;

/// <summary>A bank takes the rows that were not loaded along as a file, mends them in a spreadsheet and sends that.</summary>
internal static class GetRejectedRows
{
    private const int PageSize = 200;
    private const string ContentType = "text/csv";

    private static readonly Sql Find = new("""
        SELECT i.mapping_cipher, (SELECT COALESCE(MAX(e.line), 0) FROM import_error AS e WHERE e.bank_id = i.bank_id AND e.import_id = i.id) AS last, i.rows_rejected
        FROM import AS i
        WHERE i.bank_id = @tenant AND i.id = @id
        """);

    // Lines are written in file order, so that those up to the last one there is do not change while they are read.
    private static readonly Sql Lines = new("""
        SELECT TOP (@take) e.line, r.cells_cipher
        FROM import_error AS e
        LEFT JOIN rejected_row AS r ON r.bank_id = e.bank_id AND r.import_id = e.import_id AND r.line = e.line
        WHERE e.bank_id = @tenant AND e.import_id = @id AND e.line > @after AND e.line <= @last AND e.position = 0
        ORDER BY e.line
        """);

    private static readonly Sql Errors = new("""
        SELECT line, column_name, code
        FROM import_error
        WHERE bank_id = @tenant AND import_id = @id AND line > @after AND line <= @last
        ORDER BY line, position
        """);

    public static void Map(RouteGroupBuilder imports) => imports.MapGet("/{id}/rejected-rows", HandleAsync)
        .Describe("Imports_GetRejectedRows", Scopes.PortfoliosRead, "Read an import's rejected rows as CSV", "The rows that were not loaded, in file order and in full, to be mended and sent again: the file's own headers of the columns that were read, before them `#line` and `#errors`, which are left out when it is sent. Rows of which a part could not be read have empty cells: mend them in the file they came from. UTF-8 with a byte order mark; what a spreadsheet would take for a formula, such as a phone number with its plus sign, has an apostrophe before it, which is taken off when the file is sent again. Cells are erased 90 days after the file was sent. Needs the scope pii:read too; each reading is in the audit log.")
        .ReturnsFile(ContentType, "The file, sent while it is read.")
        .Refuses(ImportProblems.NotFound, HttpProblems.MissingScope)
        .WithMetadata(new LoggedRead(), new BeforeTransaction(RequireAsync));

    private static Task RequireAsync(HttpContext http, Caller caller) =>
        ScopeHandler.Has(http.User, Scopes.PiiRead) ? Task.CompletedTask : throw HttpProblems.MissingScope.Refuse($"The scope {Scopes.PiiRead} is needed.");

    private static async Task<Answer> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        var import = await work.Db.FindAsync<Row>(Find, new { tenant = work.Tenant, id }, cancellation) ?? throw ImportProblems.NotFound.Refuse();
        await work.AuditAsync("import.rejected_rows_read", id, string.Create(CultureInfo.InvariantCulture, $"{import.RowsRejected} rows"));
        var file = new RejectedRows(work.PrivateFields, work.Tenant, id, ColumnMap.Decrypt(work.PrivateFields, work.Tenant, id, import.MappingCipher), import.Last, CultureInfo.CurrentUICulture);
        return new FileAnswer($"{ContentType}; charset=utf-8", $"rejected-rows-{id}.csv", file.WriteAsync);
    }

    private sealed class RejectedRows(PrivateFields fields, int bank, Id id, ColumnMap map, long last, CultureInfo language)
    {
        private readonly List<(string Header, Column Column)> columns = [.. map.Read];

        public async Task WriteAsync(FileReader reader, Stream stream, CancellationToken cancellation)
        {
            await using var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true) { NewLine = "\r\n" };
            await WriteAsync(text, ["#line", "#errors", .. columns.Select(column => Cell(column.Header))], cancellation);
            await foreach (var (line, cells, errors) in RowsAsync(reader, cancellation))
            {
                await WriteAsync(text, [line.ToString(CultureInfo.InvariantCulture), Cell(errors), .. columns.Select(column => Cell(cells.GetValueOrDefault(column.Column.Name)))], cancellation);
            }
        }

        private async IAsyncEnumerable<(long Line, Dictionary<string, string> Cells, string Errors)> RowsAsync(FileReader reader, [EnumeratorCancellation] CancellationToken cancellation)
        {
            IReadOnlyList<LineRow> page;
            var after = 0L;
            do
            {
                (page, var errors) = await reader.ReadAsync(async db =>
                {
                    var lines = await db.ListAsync<LineRow>(Lines, new { tenant = bank, id, after, last, take = PageSize }, cancellation);
                    var theirs = await db.ListAsync<ErrorRow>(Errors, new { tenant = bank, id, after, last = lines.Count == 0 ? after : lines[^1].Line }, cancellation);
                    return (lines, theirs.ToLookup(error => error.Line, Tell));
                }, cancellation);
                foreach (var row in page)
                {
                    after = row.Line;
                    yield return (row.Line, RejectedRow.Decrypt(fields, bank, id, row.CellsCipher), string.Join(" | ", errors[row.Line]));
                }
            }
            while (page.Count == PageSize);
        }

        // By the file's own word for the column, which whoever mends it looks for.
        private string Tell(ErrorRow error)
        {
            var header = columns.Find(column => column.Column.Name == error.ColumnName).Header ?? error.ColumnName;
            var message = Fault.MessageOf(error.Code, language);
            return header is null ? message : $"{header}: {message}";
        }

        private static string Cell(string? text) => text is null ? "" : Statements.GetCsv.Cell(SpreadsheetText.Escape(text));

        private static Task WriteAsync(StreamWriter text, IEnumerable<string> cells, CancellationToken cancellation) => text.WriteLineAsync(string.Join(',', cells).AsMemory(), cancellation);
    }

    private sealed record Row(byte[]? MappingCipher, long Last, long RowsRejected);

    private sealed record LineRow(long Line, byte[]? CellsCipher);

    private sealed record ErrorRow(long Line, string? ColumnName, string Code);
}
