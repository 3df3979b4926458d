using System.Globalization;
using Agency.Api.Data;
using Agency.Db;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.Data;

/// <summary>
/// A migrated SQLite database of its own in a temporary folder. The real door opens it for tenants; a plain connection
/// beside it looks at base tables, which no door may.
/// </summary>
internal sealed class ScratchDatabase : IDisposable
{
    private static readonly Lazy<byte[]> Template = new(Migrated);

    private readonly string folder = Directory.CreateTempSubdirectory("agency-data-").FullName;
    private readonly SqliteEngine engine;

    public ScratchDatabase()
    {
        File.WriteAllBytes(DataFile, Template.Value);
        engine = new SqliteEngine($"Data Source={DataFile}");
        Database = new Database(engine);
        Plain = OpenPlain(DataFile);
    }

    public Database Database { get; }

    public SqliteEngine Engine => engine;

    /// <summary>Knows no tenant, obeys no authorizer, enforces no foreign key: it sees and does what the base tables allow.</summary>
    public SqliteConnection Plain { get; }

    public string ConnectionString => $"Data Source={DataFile}";

    private string DataFile => Path.Combine(folder, "agency.db");

    /// <summary>A session as the service opens it for such a caller; null is a connection that carries no tenant.</summary>
    public async Task<Session> OpenAsync(TenantContext? context, bool write = false) => context is null
        ? new Session(engine, await engine.OpenAsync(Door.Application, null, write ? Use.Write : Use.Read, CancellationToken.None))
        : await Database.OpenAsync(context, write, CancellationToken.None);

    public static SqliteConnection OpenPlain(string file)
    {
#pragma warning disable RS0030 // The door hides base tables; only a connection beside it can tell what was really stored.
        var connection = new SqliteConnection($"Data Source={file};Pooling=False;Foreign Keys=False;Default Timeout=10");
#pragma warning restore RS0030
        connection.Open();
        connection.CreateFunction("session_tenant", () => (long?)null);
        connection.CreateFunction("session_kind", () => (string?)null);
        connection.CreateFunction("session_person", () => (byte[]?)null);
        connection.CreateFunction("session_sight", () => (string?)null);
        return connection;
    }

    /// <summary>Runs a statement past the door and returns how many rows it changed.</summary>
    public int Execute(string text, IReadOnlyDictionary<string, object?>? parameters = null)
    {
        using var command = Command(text, parameters);
        return command.ExecuteNonQuery();
    }

    public List<Dictionary<string, object?>> Read(string text, IReadOnlyDictionary<string, object?>? parameters = null)
    {
        using var command = Command(text, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<Dictionary<string, object?>>();
        while (reader.Read())
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, i => reader.IsDBNull(i) ? null : reader.GetValue(i), StringComparer.Ordinal));
        }

        return rows;
    }

    public SqliteCommand Prepare(string text)
    {
        var command = Command(text, null);
        command.Prepare();
        return command;
    }

    public List<string> ReadNames(string text) => [.. Read(text).Select(row => Convert.ToString(row.Values.First(), CultureInfo.InvariantCulture)!)];

    public void Dispose()
    {
        Plain.Dispose();
        engine.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private SqliteCommand Command(string text, IReadOnlyDictionary<string, object?>? parameters)
    {
        var command = Plain.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in parameters ?? new Dictionary<string, object?>(StringComparer.Ordinal))
        {
            command.Parameters.AddWithValue("@" + name, value ?? DBNull.Value);
        }

        return command;
    }

    private static byte[] Migrated()
    {
        var temporary = Directory.CreateTempSubdirectory("agency-template-").FullName;
        var file = Path.Combine(temporary, "template.db");
        new Migrator("sqlite", $"Data Source={file};Pooling=False").Migrate();
        using (var connection = OpenPlain(file))
        using (var checkpoint = connection.CreateCommand())
        {
            checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            checkpoint.ExecuteNonQuery();
        }

        SqliteConnection.ClearAllPools();
        var bytes = File.ReadAllBytes(file);
        Directory.Delete(temporary, recursive: true);
        return bytes;
    }
}
