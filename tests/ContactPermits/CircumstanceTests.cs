using Agency.Tests.Data;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.ContactPermits;

/// <summary>What a contact is judged by is read of its case and its debtor alone, however much the bank has.</summary>
public sealed class CircumstanceTests
{
    [Fact]
    public void Points_holds_and_events_are_sought_by_their_index_and_not_read_for_the_whole_bank()
    {
        using var database = new ScratchDatabase();
        var circumstances = Assert.Single(Statements.All, s => s.Sql.SqlServer.Contains("AS sees_debtor", StringComparison.Ordinal)).Sql;
        using var command = database.Plain.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + circumstances.Sqlite;
        foreach (var parameter in new[] { "@at", "@now", "@point", "@bank", "@index", "@debtor", "@case" })
        {
            command.Parameters.Add(new SqliteParameter(parameter, DBNull.Value));
        }

        List<string> steps = [];
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                steps.Add(reader.GetString(3));
            }
        }

        Assert.DoesNotContain(steps, step => step.EndsWith("(bank_id=?)", StringComparison.Ordinal) || step.Contains("ix_event_bank_time", StringComparison.Ordinal));
        Assert.Equal(2, steps.Count(step => step.Contains("ix_event_case (bank_id=? AND case_id=?)", StringComparison.Ordinal)));
        Assert.Contains(steps, step => step.Contains("ix_contact_point_value (bank_id=? AND value_index=?)", StringComparison.Ordinal));
        Assert.Contains(steps, step => step.Contains("ix_hold_account (bank_id=? AND account_id=?)", StringComparison.Ordinal));
    }
}
