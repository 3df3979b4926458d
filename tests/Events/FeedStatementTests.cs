using Agency.Api.Data;
using Agency.Tests.Data;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.Events;

/// <summary>
/// What can't be tried without a SQL Server is read from the texts: a page of events ends below what may not be read yet, and
/// that limit is asked for by a statement of its own.
/// </summary>
public sealed class FeedStatementTests
{
    private const string Limit = "MIN_ACTIVE_ROWVERSION";
    private const string InReach = "e.position > CAST(@after AS binary(8)) AND e.position < CAST(@upTo AS binary(8))";

    [Fact]
    public void Every_page_of_events_ends_at_a_limit_that_was_read_before()
    {
        var pages = Statements.All.Where(s => s.Sql.SqlServer.Contains("FROM event ", StringComparison.Ordinal) && s.Sql.SqlServer.EndsWith("ORDER BY e.position", StringComparison.Ordinal)).ToList();

        Assert.True(pages.Count >= 2 * 9, "The feeds were not found.");
        Assert.All(pages, s =>
        {
            Assert.Contains(InReach, s.Sql.SqlServer, StringComparison.Ordinal);
            Assert.DoesNotContain(Limit, s.Sql.SqlServer, StringComparison.OrdinalIgnoreCase);
        });
        var limit = Assert.Single(Statements.All, s => s.Sql.SqlServer.Contains(Limit, StringComparison.OrdinalIgnoreCase)).Sql;
        Assert.DoesNotContain("FROM", limit.SqlServer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void What_a_page_names_is_read_by_its_key()
    {
        using var database = new ScratchDatabase();
        var reads = Statements.All.Where(s => s.Sql.Sqlite.Contains("json_each(@things)", StringComparison.Ordinal) || s.Sql.Sqlite.Contains("json_each(@accounts)", StringComparison.Ordinal)).ToList();

        Assert.True(reads.Count >= 8, "The reads were not found.");
        Assert.All(reads, s => Assert.Equal([], Steps(database, s.Sql).Where(step => step.StartsWith("SCAN ", StringComparison.Ordinal) && !step.StartsWith("SCAN named", StringComparison.Ordinal) && step != "SCAN CONSTANT ROW"), StringComparer.Ordinal));
    }

    private static List<string> Steps(ScratchDatabase database, Sql sql)
    {
        using var command = database.Plain.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql.Sqlite;
        command.Parameters.Add(new SqliteParameter("@things", "[]"));
        command.Parameters.Add(new SqliteParameter("@accounts", "[]"));
        using var reader = command.ExecuteReader();
        List<string> steps = [];
        while (reader.Read())
        {
            steps.Add(reader.GetString(3));
        }

        return steps;
    }
}
