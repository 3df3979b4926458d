using System.Text.RegularExpressions;
using Agency.Tests.Data;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.Promises;

/// <summary>What is read with every decision on money, or every minute, must not read a whole bank.</summary>
public sealed partial class PlanTests
{
    [Theory]
    [InlineData("Outcome.OfAccount", "base_promise", "ix_promise_account (bank_id=? AND account_id")]
    [InlineData("Receipts.StandingRepayments", "base_repayment", "ix_repayment_account (bank_id=? AND account_id")]
    [InlineData("Receipts.StandingPayments", "base_direct_payment", "ix_direct_payment_account (bank_id=? AND account_id")]
    [InlineData("Outcome.Pending", "base_repayment", "ix_repayment_case (bank_id=? AND case_id")]
    [InlineData("DuePromises.PastDate", "base_case_order", "ix_case_order_bank_promise (bank_id=? AND next_promise_on>? AND next_promise_on<?)")]
    [InlineData("DuePromises.PastDate", "base_promise", "ix_promise_case (bank_id=? AND case_id=?")]
    [InlineData("DuePromises.PastDate", "base_repayment", "ix_repayment_case (bank_id=? AND case_id=? AND id>?)")]
    public void It_seeks(string statement, string table, string index)
    {
        using var database = new ScratchDatabase();
        var sql = Statements.All.Single(s => s.Name.EndsWith($".{statement}", StringComparison.Ordinal)).Sql.Sqlite;
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

        var ofTable = steps.Where(step => step.StartsWith($"SEARCH {table} ", StringComparison.Ordinal) || step.StartsWith($"SCAN {table} ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(ofTable);
        Assert.All(ofTable, step => Assert.Contains(index, step, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();
}
