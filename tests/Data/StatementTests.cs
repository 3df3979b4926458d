using System.Data.Common;
using System.Text.RegularExpressions;
using Agency.Api.Data;
using Microsoft.Data.Sqlite;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Agency.Tests.Data;

/// <summary>One set of statements, two engines: each is bound against the one's schema and prepared on the other.</summary>
public sealed partial class StatementTests
{
    [Fact]
    public void Every_statement_binds_against_the_SQL_Server_schema()
    {
        using var model = new SqlServerModel();
        Assert.Empty(model.FindFaults());
        Assert.Empty(model.FindFaults(Statements.All.Select(s => (s.Name, s.Sql.SqlServer))));
        Assert.True(Statements.All.Count >= 300, "The walk went blind.");
        Statements.Tell("sqlserver", $"{Statements.All.Count} statements bound against the schema of SQL Server, {Statements.All.Count(s => IsList(s.Sql))} of them lists");
    }

    [Theory]
    [InlineData("SELECT a.titel FROM agreement AS a WHERE a.bank_id = @tenant")]
    [InlineData("SELECT a.title FROM agreement AS a WHERE a.bank = @tenant")]
    [InlineData("SELECT title FROM agreements WHERE bank_id = @tenant")]
    [InlineData("SELECT TOP (@take) id FROM auth.nobody ORDER BY id")]
    [InlineData("INSERT INTO agreement (bank_id, id, agency) VALUES (@tenant, @id, @agency)")]
    [InlineData("UPDATE portfolio SET nam = @name WHERE bank_id = @tenant")]
    [InlineData("DELETE FROM idempotency_record WHERE tenant_id = @tenant AND hash = @hash")]
    [InlineData("SELECT id FROM portfolio LIMIT 1 WHERE")]
    public void A_statement_that_names_what_is_not_there_is_noticed(string text)
    {
        using var model = new SqlServerModel();
        Assert.NotEmpty(model.FindFaults([("planted", text)]));
    }

    [Fact]
    public async Task Every_statement_is_prepared_by_SQLite_behind_its_own_door()
    {
        using var database = new ScratchDatabase();
        Assert.Empty(await UnpreparedAsync(database, Statements.All));
        Statements.Tell("sqlite", $"{Statements.All.Count} statements prepared by SQLite, each behind its own door");
    }

    [Theory]
    [InlineData("SELECT titel FROM agreement")]
    [InlineData("SELECT id FROM agreements")]
    [InlineData("SELECT id FROM portfolio WHERE bank_id = SESSION_CONTEXT(N'tenant_id')")]
    public async Task A_statement_that_SQLite_cannot_run_is_noticed(string text)
    {
        using var database = new ScratchDatabase();
        Assert.NotEmpty(await UnpreparedAsync(database, [("planted", new Sql(text))]));
    }

    [Fact]
    public void Every_list_seeks_and_sorts_nothing()
    {
        using var database = new ScratchDatabase();
        Assert.Empty(Statements.All.Where(s => IsList(s.Sql)).SelectMany(s => SlowSteps(database, s.Name, s.Sql)));
    }

    [Theory]
    [InlineData("SELECT TOP (@take) id FROM tenant WHERE name > @after ORDER BY id")]
    [InlineData("SELECT TOP (@take) id FROM agreement WHERE (bank_id = @tenant OR agency_id = @tenant) AND id > @after ORDER BY id")]
    [InlineData("SELECT TOP (@take) id FROM portfolio WHERE bank_id = @tenant ORDER BY name")]
    public void A_list_that_scans_or_sorts_is_noticed(string text)
    {
        using var database = new ScratchDatabase();
        Assert.NotEmpty(SlowSteps(database, "planted", new Sql(text)));
    }

    [Fact]
    public void Text_from_JSON_has_the_collation_of_the_columns_it_is_compared_with()
    {
        Assert.Contains(Statements.All, s => s.Sql.SqlServer.Contains("OPENJSON", StringComparison.Ordinal));
        Assert.Empty(Statements.All.Where(s => HasForeignCollation(s.Sql.SqlServer)).Select(s => s.Name));
    }

    [Theory]
    [InlineData("SELECT v.value FROM OPENJSON(@values) WITH (value nvarchar(64) '$') AS v")]
    [InlineData("SELECT v.value FROM OPENJSON(@values) WITH (value varchar(64) COLLATE Latin1_General_CI_AS '$') AS v")]
    [InlineData("SELECT v.a FROM OPENJSON(@values) WITH (a char(3) COLLATE Latin1_General_100_BIN2 '$.a', b nchar(3) '$.b') AS v")]
    [InlineData("SELECT v.value FROM OPENJSON(@values) AS v")]
    public void Text_from_JSON_with_another_collation_is_noticed(string text) => Assert.True(HasForeignCollation(text));

    // Read as a syntax tree: without WITH the values come in the database's own collation too.
    private static bool HasForeignCollation(string text) => SqlServerText.Find<OpenJsonTableReference>(SqlServerText.Read(text, out _)).Any(json =>
        json.SchemaDeclarationItems.Count == 0
        || json.SchemaDeclarationItems.Select(item => item.ColumnDefinition).Any(column =>
            column.DataType is SqlDataTypeReference { SqlDataTypeOption: SqlDataTypeOption.Char or SqlDataTypeOption.VarChar or SqlDataTypeOption.NChar or SqlDataTypeOption.NVarChar }
            && column.Collation?.Value != "Latin1_General_100_BIN2"));

    private static bool IsList(Sql sql) => sql.SqlServer.Contains("TOP (@take)", StringComparison.Ordinal);

    private static async Task<List<string>> UnpreparedAsync(ScratchDatabase database, IEnumerable<(string Name, Sql Sql)> statements)
    {
        var faults = new List<string>();
        foreach (var (name, sql) in statements)
        {
            var refusals = new List<string>();
            var doors = Statements.DoorsOf(sql);
            foreach (var door in doors)
            {
                await using var lease = await database.Engine.OpenAsync(door, new TenantContext(1, TenantKind.Bank), Use.Read, CancellationToken.None);
                try
                {
                    await using var command = lease.Connection.CreateCommand();
                    command.CommandText = sql.Sqlite;
                    await command.PrepareAsync();
                }
                catch (DbException exception)
                {
                    refusals.Add($"{name}: {exception.Message}");
                }
            }

            faults.AddRange(refusals.Count == doors.Count ? refusals : []);
        }

        return faults;
    }

    private static IEnumerable<string> SlowSteps(ScratchDatabase database, string name, Sql sql)
    {
        using var command = database.Plain.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql.Sqlite;
        foreach (var parameter in Parameter().Matches(sql.Sqlite).Select(m => m.Value).Distinct(StringComparer.Ordinal))
        {
            command.Parameters.Add(new SqliteParameter(parameter, 1L));
        }

        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var step = reader.GetString(3);
            if (Slow().IsMatch(step))
            {
                yield return $"{name}: {step}";
            }
        }
    }

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();

    // "SCAN CONSTANT ROW" and a scan of a row set of the statement's own are no table.
    [GeneratedRegex(@"^SCAN (?!CONSTANT|\()|USE TEMP B-TREE|AUTOMATIC")]
    private static partial Regex Slow();
}
