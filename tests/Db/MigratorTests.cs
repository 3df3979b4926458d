using Agency.Db;
using Agency.Tests.Data;

namespace Agency.Tests.Db;

public sealed class MigratorTests : IDisposable
{
    private static readonly Migration First = new("0001_first", "CREATE TABLE one (id INTEGER);");
    private static readonly Migration Second = new("0002_second", "CREATE TABLE two (id INTEGER);");

    private readonly string folder = Directory.CreateTempSubdirectory("agency-migrator-").FullName;

    private string DataFile => Path.Combine(folder, "inner", "agency.db");

    private string Connection => $"Data Source={DataFile};Pooling=False";

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_first_run_applies_all_and_the_second_does_nothing()
    {
        var all = Migration.All("sqlite").Select(m => m.Name).ToList();

        Assert.Equal(all, Migrator().Migrate());
        var schema = Schema();
        Assert.Empty(Migrator().Migrate());
        Assert.Equal(schema, Schema());
        Assert.All(Migrator().Status(), s => Assert.Equal(MigrationState.Applied, s.State));
    }

    [Fact]
    public void A_new_migration_is_applied_alone()
    {
        Migrator(First).Migrate();
        Assert.Equal([("0001_first", MigrationState.Applied), ("0002_second", MigrationState.Pending)], Migrator(First, Second).Status());
        Assert.Equal(["0002_second"], Migrator(First, Second).Migrate());
    }

    [Fact]
    public void A_landed_migration_that_was_changed_is_refused_and_nothing_is_applied()
    {
        Migrator(First).Migrate();
        var schema = Schema();
        var changed = First with { Text = "CREATE TABLE one (id INTEGER, more TEXT);" };

        var refusal = Assert.Throws<MigrationException>(() => Migrator(changed, Second).Migrate());

        Assert.Contains("0001_first", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(schema, Schema());
        Assert.Equal([("0001_first", MigrationState.Changed), ("0002_second", MigrationState.Pending)], Migrator(changed, Second).Status());
        Assert.Equal(["0002_second"], Migrator(First, Second).Migrate());
    }

    [Fact]
    public void Line_endings_do_not_change_a_migration()
    {
        var lines = new Migration("0001_first", "CREATE TABLE one\n(\n    id INTEGER\n);\n");
        Migrator(lines).Migrate();
        Assert.Empty(Migrator(lines with { Text = lines.Text.ReplaceLineEndings("\r\n") }).Migrate());
    }

    [Fact]
    public void A_migration_that_fails_leaves_nothing_of_itself_and_keeps_those_before()
    {
        var broken = new Migration("0002_broken", "CREATE TABLE half (id INTEGER);\nINSERT INTO half (id) VALUES (1);\nINSERT INTO nowhere VALUES (1);\nCREATE TABLE rest (id INTEGER);");

        var failure = Assert.Throws<MigrationException>(() => Migrator(First, broken, new Migration("0003_third", "CREATE TABLE three (id INTEGER);")).Migrate());

        Assert.Contains("0002_broken", failure.Message, StringComparison.Ordinal);
        Assert.Contains("CREATE TABLE one", Schema(), StringComparison.Ordinal);
        Assert.DoesNotContain("half", Schema(), StringComparison.Ordinal);
        Assert.DoesNotContain("three", Schema(), StringComparison.Ordinal);
        Assert.Equal([("0001_first", MigrationState.Applied), ("0002_broken", MigrationState.Pending)], Migrator(First, broken).Status());
    }

    [Theory]
    [InlineData("SELECT 1;")]
    [InlineData("PRAGMA table_list;")]
    [InlineData("ALTER TABLE half ADD COLUMN more TEXT NULL;")]
    [InlineData("CREATE TRIGGER watch AFTER INSERT ON half\nBEGIN\n    SELECT 1;\nEND;")]
    public void A_failure_after_a_statement_that_answers_is_a_failure(string answers)
    {
        Migrator(First).Migrate();
        var before = Schema();
        var broken = new Migration("0002_broken", $"CREATE TABLE half (id INTEGER) STRICT;\n{answers}\nINSERT INTO half (id) VALUES (1);\nINSERT INTO nowhere VALUES (1);\n");

        Assert.Contains("nowhere", Assert.Throws<MigrationException>(() => Migrator(First, broken).Migrate()).Message, StringComparison.Ordinal);
        Assert.Equal(before, Schema());
    }

    [Fact]
    public void Asking_how_things_stand_makes_no_database()
    {
        Assert.All(Migrator().Status(), s => Assert.Equal(MigrationState.Pending, s.State));
        Assert.False(File.Exists(DataFile));
    }

    [Fact]
    public void Both_engines_have_a_text_in_every_folder()
    {
        var sqlite = Migration.All("sqlite");
        var sqlServer = Migration.All("sqlserver");

        Assert.Equal(sqlite.Select(m => m.Name), sqlServer.Select(m => m.Name), StringComparer.Ordinal);
        Assert.True(sqlite.Count >= 3);
        Assert.Equal(sqlite.Select(m => m.Name).Order(StringComparer.Ordinal), sqlite.Select(m => m.Name), StringComparer.Ordinal);
        Assert.All(sqlite.Concat(sqlServer), m => Assert.NotEmpty(m.Text.Trim()));
        Assert.All(sqlite.Zip(sqlServer), pair => Assert.False(pair.First.Text == pair.Second.Text));
    }

    [Fact]
    public void There_is_no_third_engine() => Assert.Throws<MigrationException>(() => new Migrator("oracle", Connection));

    [Fact]
    public void The_command_migrates_once_and_says_how_things_stand()
    {
        Assert.Equal((0, true), Run("status", "pending"));
        Assert.Equal((0, true), Run("migrate", "Applied 0001_tenants"));
        Assert.Equal((0, true), Run("migrate", "Nothing to do"));
        Assert.Equal((0, true), Run("status", "applied  0001_tenants"));
        using (var plain = ScratchDatabase.OpenPlain(DataFile))
        using (var edit = plain.CreateCommand())
        {
            edit.CommandText = "UPDATE schema_migration SET ScriptName = '0001_tenants 00' WHERE ScriptName LIKE '0001%'";
            Assert.Equal(1, edit.ExecuteNonQuery());
        }

        Assert.Equal((1, true), Run("status", "changed  0001_tenants"));
        Assert.Equal((1, true), Run("migrate", "0001_tenants"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(2, "migrate")]
    [InlineData(2, "drop", "--engine", "sqlite", "--connection", "Data Source=x.db")]
    [InlineData(2, "migrate", "--engine", "sqlite")]
    [InlineData(2, "migrate", "--engine", "sqlite", "--connection")]
    [InlineData(2, "migrate", "--engine", "sqlite", "--connection", "Data Source=x.db", "--force")]
    [InlineData(2, "MIGRATE", "--engine", "sqlite", "--connection", "Data Source=x.db")]
    [InlineData(1, "migrate", "--engine", "oracle", "--connection", "Data Source=x.db")]
    [InlineData(1, "status", "--connection", "Colour=blue", "--engine", "sqlite")]
    [InlineData(1, "migrate", "--engine", "sqlite", "--connection", "Data Source=/dev/null/agency.db")]
    public void The_command_refuses_words_it_does_not_know(int code, params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        Assert.Equal(code, MigratorCommand.Run(words, output, error));
        Assert.Equal("", output.ToString());
        Assert.NotEmpty(error.ToString());
        Assert.False(File.Exists("x.db"));
    }

    private Migrator Migrator(params Migration[] migrations) => new("sqlite", Connection, migrations is [] ? null : migrations);

    private (int Code, bool Says) Run(string verb, string expected)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = MigratorCommand.Run([verb, "--connection", Connection, "--engine", "sqlite"], output, error);
        return (code, $"{output}{error}".Contains(expected, StringComparison.Ordinal));
    }

    private string Schema()
    {
        using var connection = ScratchDatabase.OpenPlain(DataFile);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT group_concat(sql || char(10), '') || (SELECT group_concat(ScriptName) FROM schema_migration) FROM (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name)";
        return (string)command.ExecuteScalar()!;
    }
}
