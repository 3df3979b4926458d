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
    public void One_trigger_runs_as_a_user_whom_nobody_can_be() => Assert.Empty(SqlServerTriggers.FindViolations(SqlServerText.Migrations));

    [Fact]
    public void An_event_makes_a_delivery_a_subscriber_on_either_side()
    {
        using var database = new ScratchDatabase();
        World.Seed(database);
        Assert.Empty(FanOut.FindViolations(database, SqlServerText.Migrations));
    }

    // SQL Server refuses an OUTPUT without INTO from a table that has a trigger.
    [Fact]
    public void No_statement_wants_an_answer_from_writing_an_event() =>
        Assert.DoesNotContain(Statements.All, s => s.Sql.SqlServer.Contains("INSERT INTO event", StringComparison.Ordinal) && s.Sql.SqlServer.Contains("OUTPUT", StringComparison.Ordinal));

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

    [Fact]
    public void A_migration_that_completes_rows_sees_them_all() => Assert.Empty(HiddenFromMigrator(SqlServerText.Migrations));

    [Theory]
    [InlineData("ALTER SECURITY POLICY rls.account_policy WITH (STATE = OFF);")]
    [InlineData("ALTER SECURITY POLICY rls.contact_record_policy WITH (STATE = OFF);")]
    [InlineData("ALTER SECURITY POLICY rls.ledger_entry_policy WITH (STATE = OFF);")]
    [InlineData("ALTER SECURITY POLICY rls.event_policy WITH (STATE = OFF);")]
    [InlineData("ALTER SECURITY POLICY rls.webhook_subscription_policy WITH (STATE = OFF);")]
    [InlineData("ALTER SECURITY POLICY rls.webhook_delivery_policy WITH (STATE = OFF);")]
    public void Rows_that_a_policy_hides_from_the_migrator_are_noticed(string text) =>
        Assert.NotEmpty(HiddenFromMigrator(SqlServerText.Migrations.Replace(text, "", StringComparison.Ordinal)));

    // Policies are for everybody, the migrator too, who has no tenant.
    private static List<string> HiddenFromMigrator(string migrations)
    {
        var guarded = new HashSet<string>(StringComparer.Ordinal);
        var hidden = new List<string>();
        foreach (var statement in SqlServerText.Read(migrations, out _).Batches.SelectMany(batch => batch.Statements))
        {
            if (statement is SecurityPolicyStatement policy && policy.SecurityPolicyOptions.FirstOrDefault(o => o.OptionKind == SecurityPolicyOptionKind.State)?.OptionState is { } state)
            {
                var table = SqlServerText.NameOf(policy.Name).Name.Replace("_policy", "", StringComparison.Ordinal);
                _ = state == OptionState.On ? guarded.Add(table) : guarded.Remove(table);
            }
            else if (statement is DataModificationStatement)
            {
                hidden.AddRange(SqlServerText.Find<NamedTableReference>(statement).Select(t => t.SchemaObject.BaseIdentifier.Value).Where(guarded.Contains)
                    .Select(table => $"{table} is hidden from: {SqlServerText.Words(statement)}"));
            }
        }

        return hidden;
    }
}
