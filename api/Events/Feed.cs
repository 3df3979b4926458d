using System.Buffers.Binary;
using System.Text.Json;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Events;

/// <summary>What can be wrong with how a list is followed.</summary>
public static class FeedProblems
{
    public static readonly Problem Combined = new("query.changed_after_combined", 400, "changed_after goes with no cursor and no filter.", "changed_after 不能与 cursor 或筛选条件同时使用。");
}

/// <summary>
/// Following along: what happened after a place in the stream of events, in the order of that stream. Nothing is left out, and
/// what changed twice may come twice: at least once.
/// </summary>
/// <remarks>
/// A place is an event's position, not its id and not its time: both of those are drawn before a transaction waits its turn, so
/// one that commits later may carry the smaller. On SQLite positions are given out in the order of the commits, since there is
/// one writer. On SQL Server a position is a rowversion, which is given out before the commit too: a reader that took all it saw
/// would pass over one that is still to come. So it only reads up to the lowest that is not committed yet
/// (<c>MIN_ACTIVE_ROWVERSION</c>), and asks for that in a statement of its own, before the page's: under
/// READ_COMMITTED_SNAPSHOT a statement sees what was committed when it began, which is before it works out its functions, so in
/// one statement a transaction that commits in between would lie below the limit and yet not be seen.
/// </remarks>
internal static class Feed
{
    /// <summary>The place before the first event.</summary>
    public const string Start = "start";

    private static readonly Sql UpTo = new("SELECT CAST(MIN_ACTIVE_ROWVERSION() AS bigint)", "SELECT 9223372036854775807");

    /// <summary>The feed of one kind of thing, for whichever side asks.</summary>
    public static SidedSql Of(string kind) => new($$"""
        SELECT TOP (@take) {{EventRow.Columns}}
        FROM event AS e
        WHERE e.{side} = @tenant AND e.subject = '{{kind}}' AND {{EventRow.InReach}}
        ORDER BY e.position
        """);

    /// <summary>
    /// Reads the things that events name as they are now, those that the caller may see: one seek each by the primary key, their
    /// keys as one JSON array.
    /// </summary>
    /// <param name="of">The alias of the thing's own table among the tables.</param>
    /// <param name="underAccount">The account is part of its key.</param>
    public static Sql Things(string columns, string tables, string of, bool underAccount = false) => new(
        $"""
        SELECT {columns}
        FROM OPENJSON(@things) WITH (bank_id int '$.b', account_id varchar(32) COLLATE Latin1_General_100_BIN2 '$.a', id varchar(32) COLLATE Latin1_General_100_BIN2 '$.i') AS named
        CROSS JOIN {tables}
        WHERE {of}.bank_id = named.bank_id AND {of}.id = CONVERT(binary(16), named.id, 2){(underAccount ? $" AND {of}.account_id = CONVERT(binary(16), named.account_id, 2)" : "")}
        """,
        $"""
        SELECT {columns}
        FROM json_each(@things) AS named
        CROSS JOIN {tables}
        WHERE {of}.bank_id = json_extract(named.value, '$.b') AND {of}.id = unhex(json_extract(named.value, '$.i')){(underAccount ? $" AND {of}.account_id = unhex(json_extract(named.value, '$.a'))" : "")}
        """);

    /// <summary>The parameter of <see cref="Things"/>.</summary>
    public static object Keys(IEnumerable<EventRow> events) => new
    {
        things = JsonSerializer.Serialize(events.Select(e => new { b = e.BankId, a = e.AccountId?.Value.ToString("N"), i = e.SubjectId.Value.ToString("N") })),
    };

    /// <summary>One page of a kind's feed: each thing once, as it is now, at the place of its last change in the page.</summary>
    /// <param name="find">Reads the things that the events name, by id; one that the caller may not see is left out.</param>
    public static async Task<Page<T>> ReadAsync<T>(
        Work work, Cursors cursors, HttpContext http, SidedSql feed, PageQuery page, string changedAfter,
        Func<IReadOnlyList<EventRow>, Task<IReadOnlyDictionary<Id, T>>> find, CancellationToken cancellation)
    {
        // A page of what matches now could not tell of what matched before and no longer does.
        if (http.Request.Query.Keys.Any(name => name is not ("changed_after" or "limit" or "view")))
        {
            throw FeedProblems.Combined.Refuse();
        }

        var after = Place(work, cursors, http, changedAfter);
        var upTo = await LimitAsync(work.Db, cancellation);
        var events = await work.Db.ListAsync<EventRow>(work.Side(feed), new { tenant = work.Tenant, after, upTo, take = page.Take - 1 }, cancellation);
        if (events.Count == 0)
        {
            return new Page<T>([], null, Seal(work, cursors, http, after));
        }

        List<EventRow> subjects = [.. events.Reverse().DistinctBy(e => e.SubjectId).Reverse()];
        var found = await find(subjects);
        List<T> items = [.. subjects.Where(e => found.ContainsKey(e.SubjectId)).Select(e => found[e.SubjectId])];
        return new Page<T>(items, null, Seal(work, cursors, http, events[^1].Position));
    }

    /// <summary>How far a reader may go; asked before the page is read.</summary>
    public static Task<long> LimitAsync(Session db, CancellationToken cancellation) => db.FindAsync<long>(UpTo, null, cancellation);

    /// <summary>The position inside a place that a caller gave; 0 for the start.</summary>
    public static long Place(Work work, Cursors cursors, HttpContext http, string place) => place == Start ? 0 : PositionOf(cursors.Open(http, work, place));

    /// <summary>The position inside a page's cursor; 0 for the first page.</summary>
    public static long Place(Work work, Cursors cursors, HttpContext http, PageQuery page) => cursors.AfterKey(http, work, page) is { } key ? PositionOf(key) : 0;

    /// <summary>The place of a position, for the caller to give back.</summary>
    public static string Seal(Work work, Cursors cursors, HttpContext http, long position) => cursors.Seal(http, work, KeyOf(position));

    public static byte[] KeyOf(long position)
    {
        var key = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(key, position);
        return key;
    }

    private static long PositionOf(byte[] key) => key.Length == sizeof(long) ? BinaryPrimitives.ReadInt64BigEndian(key) : throw HttpProblems.CursorInvalid.Refuse();
}

/// <summary>An event as stored, with its position.</summary>
internal sealed record EventRow(
    long Position, Id Id, int BankId, string Type, string Subject, Id SubjectId, Id? CaseId, Id? AccountId, DateTimeOffset OccurredAt)
{
    public const string Columns = """
        CAST(e.position AS bigint) AS position, e.id, e.bank_id, e.type, e.subject, e.subject_id, e.case_id, e.account_id, e.occurred_at
        """;

    /// <summary>After where the caller is, and before what may not be read yet.</summary>
    public const string InReach = "e.position > CAST(@after AS binary(8)) AND e.position < CAST(@upTo AS binary(8))";
}
