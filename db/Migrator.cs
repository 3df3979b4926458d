using System.Text;
using DbUp;
using DbUp.Builder;
using DbUp.Engine;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Agency.Db;

/// <summary>Why a database can't be migrated; the message says what to mend.</summary>
public sealed class MigrationException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Where a migration stands in a database.</summary>
public enum MigrationState
{
    Pending,
    Applied,

    /// <summary>Applied with another text than the one that ships now.</summary>
    Changed,
}

/// <summary>Brings a database to the schema this build expects, one transaction a migration.</summary>
public sealed class Migrator
{
    private readonly string engine;
    private readonly string connectionString;
    private readonly IReadOnlyList<Migration> migrations;

    /// <param name="engine"><c>sqlserver</c> or <c>sqlite</c>.</param>
    /// <param name="connectionString">For SQL Server a login of the role agency_migrator, or one that may create the database.</param>
    /// <param name="migrations">The migrations to apply; those of this build unless given.</param>
    public Migrator(string engine, string connectionString, IReadOnlyList<Migration>? migrations = null)
    {
        if (engine is not ("sqlserver" or "sqlite"))
        {
            throw new MigrationException($"There is no engine '{engine}': use sqlserver or sqlite.");
        }

        this.engine = engine;
        this.connectionString = connectionString;
        this.migrations = migrations ?? Migration.All(engine);
    }

    /// <summary>Applies what is pending and returns the names applied; an empty list when there was nothing to do.</summary>
    /// <exception cref="MigrationException">A migration that has landed was changed, or one failed. The failed one left nothing.</exception>
    public IReadOnlyList<string> Migrate()
    {
        EnsureDatabase();
        var changed = Status().Where(s => s.State == MigrationState.Changed).Select(s => s.Name).ToList();
        if (changed.Count > 0)
        {
            throw new MigrationException($"Already applied with another text: {string.Join(", ", changed)}. A migration is never edited after it lands; add a new one.");
        }

        var result = Builder().WithTransactionPerScript().Build().PerformUpgrade();
        if (!result.Successful)
        {
            throw new MigrationException($"The migration {NameOf(result.ErrorScript?.Name ?? "?")} failed: {result.Error.Message}", result.Error);
        }

        if (engine == "sqlserver")
        {
            AllowReadingTheJournal();
        }

        return [.. result.Scripts.Select(script => NameOf(script.Name))];
    }

    /// <summary>Where each migration of this build stands. Reads alone.</summary>
    public IReadOnlyList<(string Name, MigrationState State)> Status()
    {
        var applied = Exists() ? Builder().Build().GetExecutedScripts() : [];
        var names = applied.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. migrations.Select(m => (m.Name, applied.Contains(m.Entry)
                ? MigrationState.Applied
                : names.Contains(m.Name) ? MigrationState.Changed : MigrationState.Pending)),
        ];
    }

    private static string NameOf(string entry) => entry.Split(' ')[0];

    private UpgradeEngineBuilder Builder()
    {
        var builder = engine == "sqlite"
            ? DeployChanges.To.SqliteDatabase(WithoutForeignKeys(connectionString)).JournalToSqliteTable("schema_migration")
            : DeployChanges.To.SqlDatabase(connectionString).JournalToSqlTable("dbo", "schema_migration");
        return builder.WithScripts(migrations.Select(m => new SqlScript(m.Entry, engine == "sqlite" ? OneByOne(m.Text) : m.Text))).WithVariablesDisabled().LogToNowhere();
    }

    // SQLite changes a check by making the table anew, which children must not stop; such a migration looks for orphans itself.
    private static string WithoutForeignKeys(string connectionString) => new SqliteConnectionStringBuilder(connectionString) { ForeignKeys = false }.ToString();

    // Each statement as a command of its own, told apart by a line with a semicolon alone. In one command, what follows a statement
    // that answers with columns is run while the driver closes its reader, which drops every failure: half a migration would land.
    private static string OneByOne(string text)
    {
        Batteries_V2.Init();
        var (script, statement) = (new StringBuilder(), new StringBuilder());
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            statement.Append(line).Append('\n');
            if (raw.sqlite3_complete(statement.ToString()) != 0)
            {
                script.Append(statement).Append(";\n");
                statement.Clear();
            }
        }

        return script.Append(statement).ToString();
    }

    private bool Exists()
    {
        if (engine == "sqlite")
        {
            return File.Exists(new SqliteConnectionStringBuilder(connectionString).DataSource);
        }

        var target = new SqlConnectionStringBuilder(connectionString);
        var database = target.InitialCatalog;
        target.InitialCatalog = "master";
        using var connection = new SqlConnection(target.ToString());
        connection.Open();
        using var command = new SqlCommand("SELECT DB_ID(@database)", connection);
        command.Parameters.AddWithValue("@database", database);
        return command.ExecuteScalar() is not (null or DBNull);
    }

    private void EnsureDatabase()
    {
        if (engine == "sqlite")
        {
            var file = new SqliteConnectionStringBuilder(connectionString).DataSource;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            using var connection = new SqliteConnection(connectionString);
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL";
            command.ExecuteNonQuery();
            return;
        }

        if (!Exists())
        {
            DbUp.EnsureDatabase.For.SqlDatabase(connectionString);
        }

        // Every time: the database may have been made by somebody else, or this cut short.
        using var server = new SqlConnection(connectionString);
        server.Open();
        using var settings = new SqlCommand(SqlServerSettings, server);
        settings.ExecuteNonQuery();
    }

    // The service compares the journal with its build before it serves; the journal is made by the migrator, not by a migration.
    private void AllowReadingTheJournal()
    {
        using var connection = new SqlConnection(connectionString);
        connection.Open();
        using var grant = new SqlCommand("GRANT SELECT ON dbo.schema_migration TO agency_app;", connection);
        grant.ExecuteNonQuery();
    }

    // Readers do not wait for writers, and no plan is parallel: SESSION_CONTEXT can come back wrong in a parallel plan after a
    // pooled connection was reset (the server's trace flag 11042 is the other cure; the service checks this one at start).
    private const string SqlServerSettings = """
        IF NOT EXISTS (SELECT 1 FROM sys.databases WHERE database_id = DB_ID() AND is_read_committed_snapshot_on = 1)
            ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;
        IF NOT EXISTS (SELECT 1 FROM sys.database_scoped_configurations WHERE name = N'MAXDOP' AND value = 1)
            ALTER DATABASE SCOPED CONFIGURATION SET MAXDOP = 1;
        """;
}
