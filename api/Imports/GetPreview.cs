using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Imports;

/// <summary>A bank looks at the beginning of a file that it has staged, to say what its columns are.</summary>
internal static class GetPreview
{
    private const int RowsShown = 20;
    private const int CellLength = 60;

    private static readonly Sql Find = new("SELECT portfolio_id, format, compressed, state FROM import WHERE bank_id = @tenant AND id = @id");

    // The bank's own choice for the portfolio's last file.
    private static readonly Sql FindEarlier = new("""
        SELECT TOP (@take) id, mapping_cipher
        FROM import
        WHERE bank_id = @tenant AND portfolio_id = @portfolio AND mapping_cipher IS NOT NULL
        ORDER BY id DESC
        """);

    public static void Map(RouteGroupBuilder imports) => imports.MapGet("/{id}/preview", HandleAsync)
        .Describe("Imports_GetPreview", Scopes.PortfoliosRead, "Preview a staged import", "The headers of a file that was sent with `start=false`, what each is taken for unless told otherwise, and its first 20 rows. Cells are shown as among an import's errors: a debtor's name, identity number, phone, e-mail and address are always masked, whatever the caller may read, and of a column that is not known only the shape is shown (9 for a digit, x for a letter, 文 for a character).")
        .Returns<ImportPreview>()
        .Refuses(
            ImportProblems.NotFound, ImportProblems.IsQueued, ImportProblems.IsRunning, ImportProblems.IsCompleted, ImportProblems.IsFailed, ImportProblems.IsCancelled,
            ImportProblems.FileMissing, ImportProblems.Unreadable);

    private static async Task<Answer<ImportPreview>> HandleAsync(Id id, Work work, Spool spool, CancellationToken cancellation)
    {
        var staged = await work.Db.FindAsync<Row>(Find, new { tenant = work.Tenant, id }, cancellation) ?? throw ImportProblems.NotFound.Refuse();
        if (Words.Read<ImportState>(staged.State) is var state && state != ImportState.Staged)
        {
            throw ImportProblems.Is(state).Refuse();
        }

        var format = Words.Read<ImportFormat>(staged.Format);
        var file = StagedFile.Read(spool, work.Tenant, id, format, staged.Compressed, RowsShown);
        var earlier = await work.Db.FindAsync<Earlier>(FindEarlier, new { tenant = work.Tenant, portfolio = staged.PortfolioId, take = 1 }, cancellation);
        var columns = ColumnGuess.Of(file.Headers, ColumnMap.Decrypt(work.PrivateFields, work.Tenant, earlier?.Id ?? default, earlier?.MappingCipher));
        return Answer.Ok(new ImportPreview(
            format,
            columns,
            [.. Column.All.Where(column => column.Required).Select(column => column.Word).Except(columns.Select(column => column.Column).OfType<ImportColumn>())],
            [.. file.Rows.Select(row => new PreviewRow(row.Line, [.. row.Cells.Zip(columns, Show)]))]));
    }

    private static string Show(string? cell, PreviewColumn column)
    {
        if (string.IsNullOrEmpty(cell))
        {
            return "";
        }

        var shown = column.Column is { } word ? Column.Of(word).Mask is { } mask ? mask(cell) : cell : ColumnGuess.ShapeOf(cell);
        return Fault.Cut(shown, CellLength);
    }

    private sealed record Row(Id PortfolioId, string Format, bool Compressed, string State);

    private sealed record Earlier(Id Id, byte[] MappingCipher);
}

/// <summary>The beginning of a staged file.</summary>
/// <param name="Format">How it is written.</param>
/// <param name="Columns">Its headers in their order; in NDJSON the members that the first rows have.</param>
/// <param name="Missing">The required columns that no header is taken for.</param>
/// <param name="Rows">Its first 20 rows.</param>
public sealed record ImportPreview(ImportFormat Format, IReadOnlyList<PreviewColumn> Columns, IReadOnlyList<ImportColumn> Missing, IReadOnlyList<PreviewRow> Rows);

/// <summary>A header of a staged file.</summary>
/// <param name="Header">As the file writes it; its shape alone where no header is known and it has digits, since a file without a header begins with a debtor.</param>
/// <param name="Column">What it is taken for; absent where that is not known, or it is left out.</param>
/// <param name="Match">Why it is taken for that, or for nothing.</param>
public sealed record PreviewColumn(string Header, ImportColumn? Column, ColumnMatch Match);

/// <summary>A row of a staged file.</summary>
/// <param name="Line">The line of the file where it begins, from 1.</param>
/// <param name="Cells">A text a header, masked, cut to 60 characters; empty where the row has nothing there.</param>
public sealed record PreviewRow(long Line, IReadOnlyList<string> Cells);

/// <summary>Why a header is taken for a column.</summary>
public enum ColumnMatch
{
    /// <summary>It is the column's own name.</summary>
    Name,

    /// <summary>It was in the portfolio's last file whose columns were chosen.</summary>
    Earlier,

    /// <summary>It is a usual word for it.</summary>
    Likely,

    /// <summary>It begins with #, or was left out before.</summary>
    LeftOut,

    /// <summary>It is not known what it is.</summary>
    Unknown,
}
