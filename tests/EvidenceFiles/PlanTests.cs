using System.Text.RegularExpressions;
using Agency.Tests.Data;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.EvidenceFiles;

/// <summary>A proposal's evidence is sought by the proposal: the bank has the evidence of years.</summary>
public sealed partial class PlanTests
{
    [Theory]
    [InlineData("ListOfProposal.Page")]
    [InlineData("Create.OfProposal")]
    public void A_proposals_evidence_is_sought_by_the_proposal(string statement)
    {
        using var database = new ScratchDatabase();
        var sql = Statements.All.Single(s => s.Name == $"Agency.Api.EvidenceFiles.{statement}").Sql.Sqlite;
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

        Assert.Contains("(bank_id=? AND settlement_proposal_id>? AND settlement_proposal_id<?)", Assert.Single(steps, step => step.Contains(" base_evidence_file ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();
}
