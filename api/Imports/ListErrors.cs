using System.Buffers.Binary;
using System.Globalization;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Imports;

/// <summary>A bank reads what is wrong with the rows of its file, to mend them and send them again.</summary>
internal static class ListErrors
{
    // The first comparison is what the index seeks by; the OR alone would read from the start of the file.
    private static readonly Sql Page = new("""
        SELECT TOP (@take) line, position, column_name, code, value_cipher
        FROM import_error
        WHERE bank_id = @tenant AND import_id = @id AND line >= @line AND (line > @line OR position > @position)
        ORDER BY line, position
        """);

    public static void Map(RouteGroupBuilder imports) => imports.MapGet("/{id}/errors", HandleAsync)
        .Describe("Imports_ListErrors", Scopes.PortfoliosRead, "List an import's errors", "What is wrong with which row, in file order. Values are shown as the bank sent them, cut to 200 characters; names, identity numbers, phones, e-mail addresses and addresses are always masked, whatever the caller may read.")
        .Returns<Page<ImportError>>()
        .Refuses(ImportProblems.NotFound, HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static async Task<Answer<Page<ImportError>>> HandleAsync(Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        _ = await Get.ReadAsync(work, id, cancellation) ?? throw ImportProblems.NotFound.Refuse();
        var (line, position) = PlaceOf(cursors.After(http, work, page));
        var rows = await work.Db.ListAsync<Row>(Page, new { tenant = work.Tenant, id, line, position, take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, KeyOf, row => View(work, id, row)));
    }

    private static ImportError View(Work work, Id import, Row row)
    {
        var value = row.ValueCipher is null ? null : work.PrivateFields.Decrypt(work.Tenant, "import_error", "value_cipher", import, row.ValueCipher);
        var mask = row.ColumnName is null ? null : Column.Find(row.ColumnName)?.Mask;
        return new ImportError(row.Line, row.ColumnName, row.Code, value is null || mask is null ? value : mask(value), Fault.MessageOf(row.Code, CultureInfo.CurrentUICulture));
    }

    // A cursor carries 16 bytes: an error's place in the file (line, then position) takes the first twelve.
    private static Id KeyOf(Row row)
    {
        Span<byte> key = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(key, row.Line);
        BinaryPrimitives.WriteInt32BigEndian(key[8..], row.Position);
        return Id.FromBytes(key);
    }

    private static (long Line, int Position) PlaceOf(Id key)
    {
        var bytes = key.ToBytes();
        return (BinaryPrimitives.ReadInt64BigEndian(bytes), BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(8)));
    }

    private sealed record Row(long Line, int Position, string? ColumnName, string Code, byte[]? ValueCipher);
}

/// <summary>One thing wrong with one row of a file. A row can have several.</summary>
/// <param name="Line">The line of the file where the row begins, from 1; in CSV that is the header.</param>
/// <param name="Column">The column; absent when it is the row as a whole.</param>
/// <param name="Code">Stable, for programs: <c>account.balance_not_positive</c>.</param>
/// <param name="Value">What the file says there, cut to 200 characters; a debtor's name, identity number, phone, e-mail and address are always masked. Absent when there is nothing to show, as when the row as a whole can't be read.</param>
/// <param name="Message">What to mend, for people, in the caller's language.</param>
public sealed record ImportError(long Line, string? Column, string Code, string? Value, string Message);
