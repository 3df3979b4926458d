using System.Text.RegularExpressions;
using Agency.Tests.Data;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.CommissionStatements;

/// <summary>Closing a month reads that month's decisions of one bank and agency, each of the rest by a key; never a whole bank.</summary>
public sealed partial class PlanTests
{
    [Fact]
    public void A_month_s_money_is_a_range_of_an_index_and_all_that_goes_with_it_is_sought_by_keys()
    {
        using var database = new ScratchDatabase();
        var money = PlanOf(database, "AgencyMoney.RepaymentsNotYetStated");
        var (payments, reversals) = (PlanOf(database, "AgencyMoney.PaymentsNotYetStated"), PlanOf(database, "AgencyMoney.ReversalsNotYetStated"));
        Assert.Contains(money, step => step.Contains("ix_repayment_decision_decided (bank_id=? AND agency_id=? AND decided_at>? AND decided_at<?)", StringComparison.Ordinal));
        Assert.Contains(money, step => step.Contains("uq_statement_line_repayment (bank_id=? AND repayment_id=? AND kind=?)", StringComparison.Ordinal));
        Assert.Contains(payments, step => step.Contains("ix_direct_payment_booked (bank_id=? AND booked_at>? AND booked_at<?)", StringComparison.Ordinal));
        Assert.Contains(reversals, step => step.Contains("ix_direct_payment_reversed (bank_id=? AND reversed_at>? AND reversed_at<?)", StringComparison.Ordinal));
        Assert.All([payments, reversals], plan => Assert.Contains(plan, step => step.Contains("uq_statement_line_direct_payment (bank_id=? AND direct_payment_id=? AND kind=?)", StringComparison.Ordinal)));
        foreach (var plan in new[] { money, payments, reversals, PlanOf(database, "AgencyMoney.FirstPayment"), PlanOf(database, "Drafting.EarnedBefore"), PlanOf(database, "StatementLineRow.Page") })
        {
            Assert.DoesNotContain(plan, step => step.StartsWith("SCAN ", StringComparison.Ordinal) && !step.StartsWith("SCAN named", StringComparison.Ordinal) && step != "SCAN CONSTANT ROW");
        }

        Assert.Contains(PlanOf(database, "Drafting.EarnedBefore"), step => step.Contains("ix_statement_line_case (case_id=?)", StringComparison.Ordinal));
        Assert.Contains(PlanOf(database, "AgencyMoney.FirstRepayment"), step => step.Contains("ix_repayment_decision_decided (bank_id=? AND agency_id=?)", StringComparison.Ordinal));
    }

    private static List<string> PlanOf(ScratchDatabase database, string name)
    {
        var sql = Statements.All.Single(s => s.Name.EndsWith(name, StringComparison.Ordinal)).Sql.Sqlite;
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
