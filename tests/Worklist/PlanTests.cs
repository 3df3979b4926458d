using System.Text.RegularExpressions;
using Agency.Tests.Data;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.Worklist;

/// <summary>The worklist is ranked from many cases: each may cost a few seeks and no more.</summary>
public sealed partial class PlanTests
{
    [Fact]
    public void Each_case_is_sought_and_what_is_known_of_it_by_itself()
    {
        using var database = new ScratchDatabase();
        var statements = Statements.All.Where(s => s.Name.StartsWith("Agency.Api.Worklist.List.", StringComparison.Ordinal) && s.Sql.Sqlite.Contains("LIMIT", StringComparison.Ordinal)).ToList();
        Assert.Equal(5, statements.Count);
        Assert.Empty(statements.SelectMany(s => StepsOf(database, s.Sql.Sqlite).Where(step => WholeTenant().IsMatch(step)).Select(step => $"{s.Name}: {step}")));
    }

    private static List<string> StepsOf(ScratchDatabase database, string text)
    {
        using var command = database.Plain.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + text;
        foreach (var parameter in Parameter().Matches(text).Select(m => m.Value).Distinct(StringComparer.Ordinal))
        {
            command.Parameters.Add(new SqliteParameter(parameter, 1L));
        }

        using var reader = command.ExecuteReader();
        List<string> steps = [];
        while (reader.Read())
        {
            steps.Add(reader.GetString(3));
        }

        return steps;
    }

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();

    // All that a bank or an agency has, but for the open cases of the agency, which is what is asked for.
    [GeneratedRegex(@"^SCAN |TEMP B-TREE|AUTOMATIC|^SEARCH (?!base_case_order USING (COVERING )?INDEX ix_case_order_agency_\w+ |o USING INDEX ix_case_order_agency_).*\((bank_id|agency_id)=\?\)")]
    private static partial Regex WholeTenant();
}
