using System.Globalization;
using Agency.Host;
using Agency.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.Host;

/// <summary>A data folder and the host over it, on ports that are free.</summary>
internal sealed class HostRig : IDisposable
{
    private readonly TestDatabase database = TestDatabase.Empty();

    public string Folder => database.Folder;

    public StringWriter Output { get; } = new(CultureInfo.InvariantCulture);

    public static HostRig CopyOf(string folder)
    {
        var rig = new HostRig();
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(rig.Folder, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return rig;
    }

    public string File_(string name) => Path.Combine(Folder, name);

    public string[] Args(string environment = "Development") =>
    [
        $"--environment={environment}", $"--Data:Folder={Folder}", "--Api:Url=http://127.0.0.1:0", "--Portal:Url=http://127.0.0.1:0", "--Logging:LogLevel:Default=Error",
        "--Logging:LogLevel:Agency=Error",
    ];

    public Task<Service> StartAsync(string environment = "Development", CancellationToken cancellation = default) =>
        Service.StartAsync(Args(environment), Output, cancellation);

    public void Change(string sql)
    {
        using var raw = database.OpenRaw();
        using var command = raw.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public string? Scalar(string sql) => database.Scalar(sql);

    public bool HasTable(string table) => File.Exists(File_("agency.db")) && Scalar($"SELECT COUNT(*) FROM sqlite_schema WHERE name = '{table}'") == "1";

    /// <summary>How many rows every table has, and what the accounts owe: two seeds are alike when these are. Seals follow in the background, refusals tell of a start that was cut short.</summary>
    public string Snapshot()
    {
        using var raw = database.OpenRaw();
        var tables = Read(raw, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'base!_%' ESCAPE '!' AND name <> 'base_audit_seal' ORDER BY name");
        var counts = tables.Select(table => $"{table} {Read(raw, $"SELECT COUNT(*) FROM {table}{(table == "base_audit_entry" ? " WHERE action <> 'request.refused'" : "")}")[0]}");
        return string.Join('\n', (string[])
        [
            .. counts,
            .. Read(raw, "SELECT 'case ' || state || ' ' || COUNT(*) FROM base_case GROUP BY state ORDER BY state"),
            .. Read(raw, "SELECT 'account ' || state || ' ' || COUNT(*) || ' ' || SUM(principal + interest + fees) FROM base_account GROUP BY state ORDER BY state"),
            .. Read(raw, "SELECT 'ledger ' || kind || ' ' || bucket || ' ' || SUM(amount) FROM base_ledger_entry GROUP BY kind, bucket ORDER BY kind, bucket"),
            .. Read(raw, "SELECT 'repayment ' || decision || ' ' || COUNT(*) FROM base_repayment_decision GROUP BY decision ORDER BY decision"),
        ]);
    }

    public void Dispose()
    {
        Output.Dispose();
        database.Dispose();
    }

    private static List<string> Read(SqliteConnection raw, string sql)
    {
        using var command = raw.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            rows.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);
        }

        return rows;
    }
}

/// <summary>A folder that the host has seeded, undisturbed; tests work on copies of it.</summary>
public sealed class SeededFolder : IAsyncLifetime
{
    private readonly HostRig rig = new();

    public string Folder => rig.Folder;

    public string Snapshot { get; private set; } = "";

    public string Output => rig.Output.ToString();

    public async ValueTask InitializeAsync()
    {
        await using (await rig.StartAsync())
        {
        }

        Snapshot = rig.Snapshot();
    }

    public ValueTask DisposeAsync()
    {
        rig.Dispose();
        return ValueTask.CompletedTask;
    }
}
