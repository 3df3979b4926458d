using System.Data.Common;
using Agency.Api.Webhooks;
using Agency.Tests.Data;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Agency.Tests.Isolation;

/// <summary>
/// Which deliveries an event makes, said plainly: what the triggers of both engines are compared with. SQL Server's is put to the
/// test as its predicate functions are: its one statement is plain enough to run on SQLite.
/// </summary>
internal static class FanOut
{
    private static readonly string[] Types = ["test.done", "test.undone", "case.ended", "account.closed", "repayment.confirmed", "latest.done", "test"];

    public static IEnumerable<Row> Of(ScratchDatabase database, Row happened, long position) =>
        from subscription in Shape.Of(database, "webhook_subscription").Seeded
        where new[] { "bank_id", "agency_id" }.Any(side => happened.GetValueOrDefault(side) is { } tenant && Rule.Text(tenant) == Rule.Text(subscription["tenant_id"]))
            && (string)subscription["state"]! != "removed" && Replay.Wants(((string)subscription["types"]!).Split(' '), (string)happened["type"]!)
        select new Row
        {
            ["tenant_id"] = subscription["tenant_id"],
            ["subscription_id"] = subscription["id"],
            ["message_id"] = happened["id"],
            ["type"] = happened["type"],
            ["position"] = position,
            ["order_key"] = happened.GetValueOrDefault("account_id") ?? happened["subject_id"],
            ["state"] = "pending",
            ["attempts"] = 0,
            ["next_attempt_at"] = happened["occurred_at"],
            ["created_at"] = happened["occurred_at"],
        };

    /// <summary>A delivery without its id, which is drawn.</summary>
    public static string Text(Row delivery) => string.Join('|', delivery.Where(column => column.Key != "id" && column.Value is not null).OrderBy(column => column.Key, StringComparer.Ordinal)
        .Select(column => $"{column.Key} {Rule.Text(column.Value)}"));

    /// <summary>What SQL Server's trigger makes of the world's events, all in one insert, where it should make something else.</summary>
    public static IReadOnlyList<string> FindViolations(ScratchDatabase database, string migrations)
    {
        var events = Types.SelectMany(type => World.Candidates("event").Select(candidate => candidate.Row.With("type", type))).Select((row, index) => row.With("position", 100L + index)).ToList();
        database.Execute("CREATE TEMP TABLE inserted AS SELECT * FROM base_event WHERE 1 = 0");
        foreach (var happened in events)
        {
            World.Insert(database, "inserted", happened);
        }

        database.Plain.CreateFunction("CHARINDEX", (string sought, string text) => text.IndexOf(sought, StringComparison.Ordinal) + 1L);
        database.Plain.CreateFunction("NEWID", () => new byte[16]);
        database.Plain.CreateCollation("Latin1_General_100_BIN2", string.CompareOrdinal);
        var insert = SqlServerText.Find<InsertStatement>(SqlServerTriggers.Find(migrations)).Single().InsertSpecification;
        var columns = string.Join(", ", insert.Columns.Select(c => c.MultiPartIdentifier.Identifiers[^1].Value));
        var text = SqlServerText.Words(insert.InsertSource).Replace("dbo.", "base_", StringComparison.Ordinal).Replace("N'", "'", StringComparison.Ordinal).Replace(" + ", " || ", StringComparison.Ordinal);
        List<Row> made;
        try
        {
            database.Execute($"CREATE TEMP TABLE made ({columns})");
            database.Execute($"INSERT INTO made {text}");
            made = [.. database.Read("SELECT * FROM made").Select(row => new Row(row))];
        }
        catch (DbException exception)
        {
            return [exception.Message];
        }

        var expected = events.SelectMany(happened => Of(database, happened, (long)happened["position"]!)).Select(Text).Order(StringComparer.Ordinal).ToList();
        var found = made.Select(Text).Order(StringComparer.Ordinal).ToList();
        return expected.Count > 100 && found.SequenceEqual(expected, StringComparer.Ordinal) ? [] : [$"{found.Count} deliveries, where {expected.Count} should be"];
    }
}
