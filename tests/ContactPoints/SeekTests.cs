using System.Text.RegularExpressions;
using Agency.Tests.Data;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.ContactPoints;

/// <summary>SQLite knows no figures of its tables, and may take a key's first column for the better seek: all rows of the bank.</summary>
public sealed partial class SeekTests
{
    private static readonly string[] Places = ["Agency.Api.ContactPoints.", "Agency.Api.ContactRecords.", "Agency.Api.Cases.Tenure", "Agency.Api.Cases.CaseOrder.FindLastStanding", "Agency.Api.Imports.Batch."];

    [Fact]
    public void No_statement_about_contacts_reads_all_that_a_bank_has()
    {
        using var database = new ScratchDatabase();
        var statements = Statements.All.Where(s => Places.Any(place => s.Name.StartsWith(place, StringComparison.Ordinal))).ToList();

        Assert.True(statements.Count > 15, "The walk went blind.");
        Assert.Empty(statements.SelectMany(s => WholeBank(database, s.Name, s.Sql.Sqlite)));
    }

    [Fact]
    public void One_that_does_is_noticed()
    {
        using var database = new ScratchDatabase();

        Assert.NotEmpty(WholeBank(database, "planted", "SELECT id, mark FROM contact_point_mark WHERE bank_id = @bank"));
    }

    private static IEnumerable<string> WholeBank(ScratchDatabase database, string name, string text)
    {
        using var command = database.Plain.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + text;
        foreach (var parameter in Parameter().Matches(text).Select(m => m.Value).Distinct(StringComparer.Ordinal))
        {
            command.Parameters.Add(new SqliteParameter(parameter, 1L));
        }

        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (Whole().IsMatch(reader.GetString(3)))
            {
                yield return $"{name}: {reader.GetString(3)}";
            }
        }
    }

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^SCAN base_|^SEARCH base_\w+ USING .*\(bank_id=\?\)")]
    private static partial Regex Whole();
}
