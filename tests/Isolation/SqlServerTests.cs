using Agency.Tests.Data;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Agency.Tests.Isolation;

/// <summary>What protects the tenants' rows on SQL Server, read from the migrations.</summary>
public sealed class SqlServerTests
{
    [Fact]
    public void Every_table_is_guarded_by_the_predicates_of_its_rules() => Assert.Empty(SqlServerPolicies.FindViolations(SqlServerText.Migrations));

    [Fact]
    public void The_runtime_roles_may_do_what_the_rules_ask_for_and_nothing_else() => Assert.Empty(SqlServerGrants.FindViolations(SqlServerText.Migrations));

    [Fact]
    public void Every_predicate_function_decides_as_its_rule_does()
    {
        using var database = new ScratchDatabase();
        World.Seed(database);
        var functions = new SqlServerFunctions(database);

        var violations = functions.FindViolations(SqlServerText.Migrations);

        TestContext.Current.TestOutputHelper?.WriteLine($"{functions.Asked} decisions compared, each with and without the filters of the tables read.");
        Assert.Empty(violations);
        Assert.True(functions.Asked > 10_000, $"{functions.Asked} decisions: the comparison went blind.");
    }

    [Fact]
    public void No_migration_merges_or_creates_or_alters()
    {
        var script = SqlServerText.Parse(SqlServerText.Migrations);

        // MERGE races, and what CREATE OR ALTER replaces would be an edit of a migration that has landed.
        Assert.Empty(SqlServerText.Find<MergeStatement>(script));
        Assert.DoesNotContain(script.Batches.SelectMany(batch => batch.Statements), s => s.GetType().Name.StartsWith("CreateOrAlter", StringComparison.Ordinal));
    }
}
