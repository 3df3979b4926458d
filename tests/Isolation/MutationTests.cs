using System.Collections.Concurrent;
using Agency.Tests.Data;
using Microsoft.Data.Sqlite;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Agency.Tests.Isolation;

/// <summary>A check that never fails proves nothing: each protection taken away must be noticed.</summary>
public sealed class MutationTests
{
    public static TheoryData<string> SqliteSample { get; } =
    [
        "view account without its filter",
        "view contact_record without its filter",
        "trigger repayment_decision_insert without refusal 1",
        "trigger case_update dropped",
        "trigger audit_entry_delete dropped",
        "trigger event_insert without its deliveries",
    ];

    [Theory]
    [MemberData(nameof(SqliteSample))]
    public async Task A_protection_missing_from_SQLite_is_noticed(string name)
    {
        using var whole = new ScratchDatabase();
        Assert.NotEmpty(await TryAsync(Mutation.OfSqlite(whole).Single(m => m.Name == name)));
    }

    [Fact(Explicit = true)]
    public async Task Every_protection_missing_from_SQLite_is_noticed()
    {
        using var whole = new ScratchDatabase();
        var mutations = Mutation.OfSqlite(whole);
        var survivors = new List<string>();
        foreach (var mutation in mutations)
        {
            if ((await TryAsync(mutation)).Count == 0)
            {
                survivors.Add(mutation.Name);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{mutations.Count} mutations, {mutations.Count - survivors.Count} noticed.");
        Assert.Empty(survivors);
    }

    [Fact]
    public async Task The_service_refuses_to_start_without_a_view_filter_or_a_trigger()
    {
        using var whole = new ScratchDatabase();
        Assert.Empty(await whole.Engine.FindIsolationFaultsAsync(CancellationToken.None));
        foreach (var mutation in Mutation.OfSqlite(whole).Where(m => m.IsWhole))
        {
            using var database = new ScratchDatabase();
            database.Execute(mutation.Text);
            Assert.True((await database.Engine.FindIsolationFaultsAsync(CancellationToken.None)).Count > 0, mutation.Name);
        }
    }

    [Fact]
    public void Every_protection_missing_from_SQL_Server_is_noticed()
    {
        var mutations = Mutation.OfSqlServer(SqlServerText.Migrations);
        var survivors = new ConcurrentBag<string>();
        Parallel.ForEach(mutations, mutation =>
        {
            if (SqlServerPolicies.FindViolations(mutation.Text).Count == 0)
            {
                survivors.Add(mutation.Name);
            }
        });

        TestContext.Current.TestOutputHelper?.WriteLine($"{mutations.Count} protections taken away, {mutations.Count - survivors.Count} noticed.");
        var policies = SqlServerText.Find<SecurityPolicyStatement>(SqlServerText.Read(SqlServerText.Migrations, out _));
        Assert.Equal(policies.Sum(p => p.SecurityPredicateActions.Count), mutations.Count(m => m.Name.Contains(" PREDICATE ", StringComparison.Ordinal)) + Mutation.CountChangedAgain(SqlServerText.Migrations));
        Assert.Equal(policies.Count(p => p.SecurityPredicateActions.Count == 0) / 2, mutations.Count(m => m.Name.Contains("STATE = ON", StringComparison.Ordinal)) + Mutation.CountSwitchedOnAgain(SqlServerText.Migrations));
        Assert.Empty(survivors);
    }

    [Fact]
    public void Every_condition_missing_from_a_function_of_SQL_Server_is_noticed()
    {
        var migrations = SqlServerText.Migrations.ReplaceLineEndings("\n");
        var mutations = Mutation.OfFunctions(migrations).ToList();
        using var database = new ScratchDatabase();
        World.Seed(database);
        var survivors = mutations.Where(m => new SqlServerFunctions(database).FindViolations(m.Text, m.Table).Count == 0).Select(m => m.Name).ToList();

        TestContext.Current.TestOutputHelper?.WriteLine($"{mutations.Count} conditions taken away, {mutations.Count - survivors.Count} noticed.");
        Assert.Empty(survivors);
        Assert.True(mutations.Count > 100, $"{mutations.Count} conditions: the reader went blind.");
    }

    [Theory]
    [InlineData("rls.system(bank_id) ON dbo.[case] AFTER INSERT", "rls.bank(bank_id) ON dbo.[case] AFTER INSERT")]
    [InlineData("rls.open_account(bank_id, id) ON dbo.account", "rls.open_account(bank_id, debtor_id) ON dbo.account")]
    [InlineData("rls.tenure_contact(bank_id, agency_id, case_id, debtor_id, received_at) ON dbo.contact_record", "rls.tenure_report(bank_id, agency_id, case_id, received_at) ON dbo.contact_record")]
    [InlineData("ALTER FILTER PREDICATE rls.work(bank_id, agency_id, id) ON dbo.[case]", "ALTER FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.[case]")]
    [InlineData("DROP FUNCTION rls.own;", "DROP FUNCTION rls.own, rls.work;")]
    [InlineData("STATE = ON", "STATE = OFF")]
    [InlineData("SCHEMABINDING = ON", "SCHEMABINDING = OFF")]
    [InlineData("CREATE SECURITY POLICY rls.portfolio_policy", "CREATE TABLE secret (bank_id int NOT NULL);\nGO\nCREATE SECURITY POLICY rls.portfolio_policy")]
    [InlineData("CREATE SECURITY POLICY rls.portfolio_policy", "ALTER SECURITY POLICY rls.tenant_policy WITH (STATE = OFF);\nGO\nCREATE SECURITY POLICY rls.portfolio_policy")]
    [InlineData("CREATE SECURITY POLICY rls.portfolio_policy", "ALTER SECURITY POLICY rls.tenant_policy DROP FILTER PREDICATE ON dbo.tenant;\nGO\nCREATE SECURITY POLICY rls.portfolio_policy")]
    public void A_weaker_policy_of_SQL_Server_is_noticed(string text, string weaker) =>
        Assert.NotEmpty(SqlServerPolicies.FindViolations(Replaced(text, weaker)));

    [Theory]
    [InlineData("DENY UPDATE ON account (bank_id) TO agency_app;", "")]
    [InlineData("DENY UPDATE ON assignment (bank_id, agency_id) TO agency_app;", "DENY UPDATE ON assignment (bank_id) TO agency_app;")]
    [InlineData("GRANT SELECT, INSERT ON ledger_entry TO agency_app;", "GRANT SELECT, INSERT, UPDATE ON ledger_entry TO agency_app;")]
    [InlineData("GRANT SELECT, INSERT ON ledger_entry TO agency_app;", "GRANT CONTROL ON ledger_entry TO agency_app;")]
    [InlineData("GRANT SELECT, INSERT ON ledger_entry TO agency_app;", "GRANT ALTER ANY SECURITY POLICY TO agency_app;")]
    [InlineData("GRANT SELECT, INSERT ON ledger_entry TO agency_app;", "GRANT ALTER ON SCHEMA::dbo TO agency_app;")]
    [InlineData("GRANT SELECT, INSERT ON ledger_entry TO agency_app;", "GRANT SELECT ON SCHEMA::auth TO agency_app;")]
    [InlineData("GRANT SELECT, INSERT ON ledger_entry TO agency_app;", "GRANT SELECT ON auth.person TO agency_app;")]
    [InlineData("GRANT SELECT, INSERT ON ledger_entry TO agency_app;", "GRANT SELECT ON ledger_entry TO agency_operator;")]
    [InlineData("GRANT SELECT, INSERT ON ledger_entry TO agency_app;", "GRANT SELECT ON ledger_entry TO public;")]
    [InlineData("GRANT SELECT, INSERT ON ledger_entry TO agency_app;", "ALTER ROLE db_owner ADD MEMBER agency_app;")]
    [InlineData("GRANT UPDATE ON account (principal, ", "GRANT UPDATE ON account (as_of, principal, ")]
    public void A_wider_grant_of_SQL_Server_is_noticed(string text, string wider) =>
        Assert.NotEmpty(SqlServerGrants.FindViolations(Replaced(text, wider)));

    [Theory]
    [InlineData("@bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)", "@bank_id IS NOT NULL")]
    [InlineData("SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id", "SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IS NOT NULL AND @agency_id")]
    [InlineData("@tenant_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) <> 'counter'", "@tenant_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)")]
    [InlineData("c.late_until >= @reported_at OR c.ended_at IS NULL", "c.late_until >= '2026-03-02' OR c.ended_at IS NULL")]
    [InlineData("COALESCE(c.late_until, s.late_until) >= @received_at OR s.ended_at IS NULL", "1 = 1 OR s.ended_at IS NULL")]
    [InlineData("COALESCE(c.late_until, s.late_until) >= @reported_at OR s.ended_at IS NULL", "c.late_until >= @reported_at OR s.ended_at IS NULL")]
    [InlineData("N'person_id') AS binary(16)", "N'person_id') AS varbinary(16)")]
    [InlineData("            AND a.bank_id = @tenant_id\n", "\n")]
    [InlineData("WHERE 1 = 0 AND", "WHERE 1 = 1 AND")]
    [InlineData("WITH SCHEMABINDING", "")]
    public void A_weaker_function_of_SQL_Server_is_noticed(string text, string weaker)
    {
        using var database = new ScratchDatabase();
        World.Seed(database);
        Assert.NotEmpty(Noticed());

        // A value that is not read as it stands in the session is no function that SQLite can run.
        IReadOnlyList<string> Noticed()
        {
            try
            {
                return new SqlServerFunctions(database).FindViolations(Replaced(text, weaker));
            }
            catch (SqliteException exception)
            {
                return [exception.Message];
            }
        }
    }

    [Theory]
    [InlineData("WITH EXECUTE AS 'agency_fanout'\n", "")]
    [InlineData("WITH EXECUTE AS 'agency_fanout'", "WITH EXECUTE AS 'dbo'")]
    [InlineData("WITH EXECUTE AS 'agency_fanout'", "WITH EXECUTE AS OWNER")]
    [InlineData("CREATE USER agency_fanout WITHOUT LOGIN;", "CREATE USER agency_fanout FOR LOGIN agency_fanout;")]
    [InlineData("CREATE USER agency_fanout WITHOUT LOGIN;", "CREATE USER agency_fanout WITHOUT LOGIN;\nCREATE USER another WITHOUT LOGIN;")]
    [InlineData("CREATE USER agency_fanout WITHOUT LOGIN;", "CREATE USER agency_fanout WITHOUT LOGIN;\nGRANT IMPERSONATE ON USER::agency_fanout TO agency_app;")]
    [InlineData("CREATE USER agency_fanout WITHOUT LOGIN;", "CREATE USER agency_fanout WITHOUT LOGIN;\nGRANT SELECT ON webhook_subscription TO agency_fanout;")]
    [InlineData("CREATE USER agency_fanout WITHOUT LOGIN;", "CREATE USER agency_fanout WITHOUT LOGIN;\nALTER USER agency_fanout WITH LOGIN = somebody;")]
    [InlineData("    SET NOCOUNT ON;\n", "")]
    [InlineData("    SET NOCOUNT ON;\n", "    SET NOCOUNT ON;\n    SELECT s.url FROM dbo.webhook_subscription AS s;\n")]
    [InlineData("INNER JOIN dbo.webhook_subscription AS s ON s.tenant_id IN (i.bank_id, i.agency_id)", "INNER JOIN dbo.webhook_subscription AS s ON s.tenant_id IN (i.bank_id, i.agency_id)\n    INNER JOIN dbo.event AS e ON e.id = i.id")]
    [InlineData("AFTER INSERT\nAS", "AFTER INSERT, UPDATE\nAS")]
    [InlineData("AFTER INSERT\nAS", "INSTEAD OF INSERT\nAS")]
    [InlineData("CREATE TRIGGER dbo.event_fan_out ON dbo.event", "CREATE TRIGGER dbo.event_fan_out ON dbo.promise")]
    [InlineData("END;\nGO\n", "END;\nGO\nDISABLE TRIGGER dbo.event_fan_out ON dbo.event;\nGO\n")]
    [InlineData("END;\nGO\n", "END;\nGO\nDROP TRIGGER dbo.event_fan_out;\nGO\n")]
    [InlineData("END;\nGO\n", "END;\nGO\nEXECUTE AS USER = 'agency_fanout';\nGO\n")]
    [InlineData("END;\nGO\n", "END;\nGO\nCREATE TRIGGER dbo.another ON dbo.event WITH EXECUTE AS 'agency_fanout' AFTER INSERT AS SET NOCOUNT ON;\nGO\n")]
    [InlineData("END;\nGO\n", "END;\nGO\nCREATE PROCEDURE dbo.another WITH EXECUTE AS 'agency_fanout' AS SELECT 1 AS one;\nGO\n")]
    public void A_wider_trigger_of_SQL_Server_is_noticed(string text, string wider) =>
        Assert.NotEmpty(SqlServerTriggers.FindViolations(Replaced(text, wider)).Concat(SqlServerGrants.FindViolations(Replaced(text, wider))));

    [Theory]
    [InlineData("    WHERE s.state <> 'removed'\n        AND (CHARINDEX(N' * ', (N' ' + s.types + N' ') COLLATE Latin1_General_100_BIN2) > 0\n            OR", "    WHERE (CHARINDEX(N' * ', (N' ' + s.types + N' ') COLLATE Latin1_General_100_BIN2) > 0\n            OR")]
    [InlineData("ON s.tenant_id IN (i.bank_id, i.agency_id)", "ON s.tenant_id = i.bank_id")]
    [InlineData("ON s.tenant_id IN (i.bank_id, i.agency_id)", "ON s.tenant_id IS NOT NULL")]
    [InlineData("CHARINDEX(N' * ', (N' ' + s.types + N' ') COLLATE Latin1_General_100_BIN2) > 0\n            OR CHARINDEX(N' ' + i", "CHARINDEX(N' ' + i")]
    [InlineData("OR CHARINDEX(N' ' + i.type + N' ', (N' ' + s.types + N' ') COLLATE Latin1_General_100_BIN2) > 0\n", "\n")]
    [InlineData("CHARINDEX(N' ' + i.type + N' ', (", "CHARINDEX(i.type, (")]
    [InlineData("OR CHARINDEX(N' ' + SUBSTRING(i.type, 1, CHARINDEX('.', i.type)) + N'* ', (N' ' + s.types + N' ') COLLATE Latin1_General_100_BIN2) > 0)", ")")]
    [InlineData("CAST(i.position AS bigint)", "0")]
    [InlineData("COALESCE(i.account_id, i.subject_id)", "i.subject_id")]
    [InlineData("s.id, i.id, i.type, CAST(i.position", "s.id, s.id, i.type, CAST(i.position")]
    public void A_trigger_of_SQL_Server_that_makes_other_deliveries_is_noticed(string text, string other)
    {
        using var database = new ScratchDatabase();
        World.Seed(database);
        Assert.NotEmpty(FanOut.FindViolations(database, Replaced(text, other)));
    }

    private static string Replaced(string text, string other)
    {
        var migrations = SqlServerText.Migrations.ReplaceLineEndings("\n");
        Assert.Contains(text, migrations, StringComparison.Ordinal);
        var at = migrations.IndexOf(text, StringComparison.Ordinal);
        return migrations.Remove(at, text.Length).Insert(at, other);
    }

    private static async Task<IReadOnlyList<string>> TryAsync(Mutation mutation)
    {
        using var database = new ScratchDatabase();
        World.Seed(database);
        database.Execute(mutation.Text);
        return await new SqliteMatrix(database).FindViolationsAsync(mutation.Table);
    }
}
