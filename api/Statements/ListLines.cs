using System.Buffers.Binary;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Statements;

/// <summary>Either side reads a statement line by line.</summary>
internal static class ListLines
{
    public static void Map(RouteGroupBuilder statements) => statements.MapGet("/{id}/lines", HandleAsync)
        .Describe("Statements_ListLines", Scopes.StatementsRead, "List a statement's lines", "Each confirmation and reversal of the statement, in the order of the bank's decisions, with what it earned and how. Lines never change; corrections are adjustments of a version.")
        .Returns<Page<StatementLine>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, StatementProblems.NotFound);

    private static async Task<Answer<Page<StatementLine>>> HandleAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var statement = await Get.FindAsync(work, id, cancellation) ?? throw StatementProblems.NotFound.Refuse();
        var rows = await StatementLineRow.ListAsync(work.Db, statement.BankId, id, Numbers.After(cursors.AfterKey(http, work, page)), page.Take, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => Numbers.Key(row.Number), row => row.View()));
    }
}

/// <summary>The place in a list whose rows are numbered, inside a cursor.</summary>
internal static class Numbers
{
    public static int After(byte[]? key) => key switch
    {
        null => 0,
        { Length: sizeof(int) } => BinaryPrimitives.ReadInt32BigEndian(key),
        _ => throw HttpProblems.CursorInvalid.Refuse(),
    };

    public static byte[] Key(int number)
    {
        var key = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(key, number);
        return key;
    }
}
