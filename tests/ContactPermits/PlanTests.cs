using System.Text.RegularExpressions;
using Agency.Tests.Data;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.ContactPermits;

/// <summary>Judging stands in the way of every report: what it asks is found by keys, whatever the bank has in its tables.</summary>
public sealed partial class PlanTests
{
    [Fact]
    public void Nothing_that_a_judgement_asks_scans_a_table()
    {
        using var database = new ScratchDatabase();
        var asked = Statements.All.Where(s => s.Name.StartsWith("Agency.Api.ContactPermits.", StringComparison.Ordinal)).ToList();
        Assert.True(asked.Count >= 8, "The statements were not found.");

        foreach (var (name, sql) in asked)
        {
            using var command = database.Plain.CreateCommand();
            command.CommandText = "EXPLAIN QUERY PLAN " + sql.Sqlite;
            foreach (var parameter in Parameter().Matches(sql.Sqlite).Select(match => match.Value).Distinct(StringComparer.Ordinal))
            {
                command.Parameters.Add(new SqliteParameter(parameter, 1L));
            }

            List<string> steps = [];
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                steps.Add(reader.GetString(3));
            }

            // The counts by the debtor's own index, to the very days that are counted.
            var plan = $"{name}: {string.Join(" | ", steps)}";
            Assert.False(steps.Any(step => Scan().IsMatch(step)), plan);
            Assert.True(!name.Contains(".ContactCounts.", StringComparison.Ordinal) || steps.Exists(step => step.Contains("ix_contact_record_debtor", StringComparison.Ordinal)), plan);
        }
    }

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^SCAN (?!CONSTANT|\(|t$)|AUTOMATIC")]
    private static partial Regex Scan();
}
