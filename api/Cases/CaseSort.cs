using System.Buffers.Binary;
using Agency.Api.Accounts;
using Agency.Api.Data;

namespace Agency.Api.Cases;

/// <summary>
/// What cases are listed by, other than their ids. Each is a column of <see cref="CaseOrder"/> with an index of its own for either side,
/// read forwards or backwards from where the page before ended: no page costs more than the first.
/// </summary>
/// <param name="Word">What callers name it.</param>
/// <param name="IsReversed">Whether the column falls as what is named rises: the longer overdue, the earlier the due date.</param>
/// <param name="KeyOf">The column as a number that sorts like it.</param>
internal sealed record CaseSort(string Word, bool IsReversed, SidedSql Rising, SidedSql Falling, Func<CaseRow, long> KeyOf)
{
    private static readonly string[] Columns = ["oldest_due_date", "balance", "last_contact_at", "next_promise_on"];
    private static readonly string[] Keys = ["@day", "@amount", "@instant", "@day"];

    // One a column, in the columns' order.
    private static readonly SidedSql[] RisingPages = [.. Columns.Zip(Keys, (column, key) => Statement(column, key, '>', ""))];
    private static readonly SidedSql[] FallingPages = [.. Columns.Zip(Keys, (column, key) => Statement(column, key, '<', " DESC"))];

    private static readonly CaseSort[] All =
    [
        At(0, "days_past_due", true, static row => row.OrderDue!.Value.DayNumber),
        At(1, "balance", false, static row => row.OrderBalance!.Value),
        At(2, "last_contact", false, static row => row.OrderContact!.Value.UtcTicks),
        At(3, "next_promise", false, static row => row.OrderPromise!.Value.DayNumber),
    ];

    public static CaseSort? Find(string word) => Array.Find(All, sort => sort.Word == word);

    private static CaseSort At(int column, string word, bool isReversed, Func<CaseRow, long> key) => new(word, isReversed, RisingPages[column], FallingPages[column], key);

    // The first comparison is what both engines seek by; the second only steps over what the page before had of the same key.
    private static SidedSql Statement(string column, string key, char after, string direction) => new($$"""
        SELECT TOP (@take) {{CaseRow.Columns}}, {{AccountRow.Columns}}
        FROM case_order AS o
        INNER JOIN [case] AS c ON c.bank_id = o.bank_id AND c.id = o.case_id
        {{CaseRow.Joins}}
        LEFT JOIN case_desk AS k ON k.agency_id = c.agency_id AND k.case_id = c.id
        WHERE o.{side} = @tenant{open} AND o.{{column}} {{after}}= {{key}} AND (o.{{column}} {{after}} {{key}} OR o.case_id {{after}} @after)
        {{CaseFilter.Conditions}}
        ORDER BY o.{{column}}{{direction}}, o.case_id{{direction}}
        """);
}

/// <summary>Where a page of a sorted list ended: the key of its last row and the case. Before the first page it is beyond every row.</summary>
internal readonly record struct CasePlace(long Key, Id Case)
{
    private const int KeyBytes = 8;
    private static readonly Id Last = Id.FromBytes([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);

    // As the column of any of the sorts: each statement takes the one that is its own.
    public DateOnly Day => DateOnly.FromDayNumber((int)Math.Clamp(Key, DateOnly.MinValue.DayNumber, DateOnly.MaxValue.DayNumber));

    public long Amount => Key;

    public DateTimeOffset Instant => new(Math.Clamp(Key, DateTimeOffset.MinValue.Ticks, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);

    public static CasePlace Before(bool falls) => falls ? new(long.MaxValue, Last) : new(long.MinValue, default);

    public static CasePlace? Read(byte[] bytes) =>
        bytes.Length == KeyBytes + 16 ? new(BinaryPrimitives.ReadInt64BigEndian(bytes), Id.FromBytes(bytes.AsSpan(KeyBytes))) : null;

    public byte[] Write()
    {
        var bytes = new byte[KeyBytes + 16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Key);
        Case.ToBytes().CopyTo(bytes, KeyBytes);
        return bytes;
    }
}
