using System.Text.RegularExpressions;
using Agency.Tests.Data;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.Webhooks;

/// <summary>The queues are looked at every second and may be long: nothing of them is read that is not due.</summary>
public sealed partial class PlanTests
{
    [Theory]
    [InlineData("Webhooks.Sender.Ready")]
    [InlineData("Webhooks.Sender.Due")]
    public void What_is_due_is_sought_by_its_subscription_and_time(string statement)
    {
        var plan = Plan(statement);
        Assert.Contains(plan, step => step.Contains("ix_webhook_delivery_due (tenant_id=? AND subscription_id=? AND next_attempt_at<?)", StringComparison.Ordinal));
        Assert.Contains(plan, step => step.Contains("ix_webhook_delivery_queue (tenant_id=? AND subscription_id=? AND order_key=? AND position<?)", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.StartsWith("SCAN base_", StringComparison.Ordinal) || step.Contains("MATERIALIZE", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Webhooks.Sender.Due")]
    [InlineData("Webhooks.GetDelivery.FindMessage")]
    public void The_event_of_a_delivery_is_read_by_its_key(string statement) =>
        Assert.Contains(Plan(statement), step => step.Contains("SEARCH base_event USING INTEGER PRIMARY KEY (rowid=?)", StringComparison.Ordinal));

    [Fact]
    public void What_waits_behind_another_is_sought_by_its_account() =>
        Assert.Contains(Plan("Webhooks.Sender.Postpone"), step => step.Contains("ix_webhook_delivery_queue (tenant_id=? AND subscription_id=? AND order_key=? AND position>?)", StringComparison.Ordinal));

    [Theory]
    [InlineData("Webhooks.Replay.Between (bank)", "ix_event_bank_time (bank_id=? AND occurred_at>? AND occurred_at<?)")]
    [InlineData("Webhooks.Replay.Between (agency)", "ix_event_agency_time (agency_id=? AND occurred_at>? AND occurred_at<?)")]
    public void A_time_to_be_replayed_is_sought(string statement, string step) => Assert.Contains(Plan(statement), found => found.Contains(step, StringComparison.Ordinal));

    private static List<string> Plan(string statement)
    {
        using var database = new ScratchDatabase();
        var sql = Statements.All.Single(s => s.Name.EndsWith(statement, StringComparison.Ordinal)).Sql.Sqlite;
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
}
