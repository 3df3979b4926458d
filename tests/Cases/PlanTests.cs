using System.Text.RegularExpressions;
using Agency.Tests.Data;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.Cases;

/// <summary>What is read for every case of a list, or every minute, must not read a whole bank.</summary>
public sealed partial class PlanTests
{
    [Fact]
    public void An_open_motion_is_sought_by_its_case()
    {
        using var database = new ScratchDatabase();
        var statements = Statements.All.Where(s => s.Sql.Sqlite.Contains("case_motion AS m", StringComparison.Ordinal)).ToList();

        Assert.True(statements.Count >= 6, "The statements were not found.");
        Assert.All(statements, s => Assert.Contains(Plan(database, s.Sql.Sqlite), step => Motion().IsMatch(step)));
    }

    [Fact]
    public void Ended_terms_and_recall_days_are_sought_in_their_indexes()
    {
        using var database = new ScratchDatabase();

        Assert.Contains(PlanOf("EndedTerms"), step => step.Contains("ix_assignment_term (bank_id=? AND term_end<?)", StringComparison.Ordinal));
        Assert.Contains(PlanOf("EndedTerms"), step => step.Contains("ix_case_term (assignment_id=?)", StringComparison.Ordinal));
        Assert.Contains(PlanOf("PastTerm"), step => step.Contains("ix_case_term (assignment_id=? AND id>?)", StringComparison.Ordinal));
        Assert.Contains(PlanOf("Due"), step => step.Contains("ix_case_due (bank_id=? AND recall_on>? AND recall_on<?)", StringComparison.Ordinal));

        List<string> PlanOf(string statement) => Plan(database, Statements.All.Single(s => s.Name.EndsWith($"DueCases.{statement}", StringComparison.Ordinal)).Sql.Sqlite);
    }

    private static List<string> Plan(ScratchDatabase database, string sql)
    {
        using var command = database.Plain.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        foreach (var parameter in Parameter().Matches(sql).Select(m => m.Value).Distinct(StringComparer.Ordinal))
        {
            command.Parameters.Add(new SqliteParameter(parameter, 1L));
        }

        List<string> steps = [];
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            steps.Add(reader.GetString(3));
        }

        return steps;
    }

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"ix_case_motion_(agency \(agency_id|case \(bank_id)=\? AND case_id=\? AND id>\?( AND id<\?)?\)")]
    private static partial Regex Motion();
}
