using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Agency.Bench;

/// <summary>
/// An import over HTTP, against the sqlite3 shell loading from CSV the rows that it leaves: same schema, indexes, journal,
/// page cache, and as many accounts a transaction.
/// </summary>
internal static class ImportBench
{
    private const double Goal = 0.7;
    private const int BatchSize = 2000;

    // In the order a batch writes them, which is the order their keys point.
    private static readonly string[] Tables = ["debtor", "contact_point", "account", "ledger_entry"];

    public static async Task RunAsync(Scratch scratch, int rounds, int accounts, TextWriter output)
    {
        var shell = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "sqlite3")).FirstOrDefault(File.Exists);
        var tenants = await Scene.TenantsAsync(scratch);
        var file = Path.Combine(scratch.Folder("files"), "import.csv");
        await Scene.WriteFileAsync(file, accounts, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nimport of {accounts:N0} accounts{"accounts/s",18}{"CPU µs/account",18}"));

        List<Load> ours = [], theirs = [], inserts = [];
        for (var round = 0; round < rounds; round++)
        {
            var folder = scratch.Copy(tenants, $"import-{round}");
            ours.Add(await ImportAsync(folder, file, accounts));
            if (shell is not null)
            {
                await DumpAsync(folder);
                var (whole, inserting) = await LoadAsync(shell, folder, accounts);
                theirs.Add(whole);
                inserts.Add(inserting);
            }

            Directory.Delete(folder, recursive: true);
        }

        Line(output, "over HTTP", ours);
        if (shell is null)
        {
            output.WriteLine("sqlite3 is not on the PATH: the comparison was skipped.");
            return;
        }

        Line(output, "sqlite3 from CSV", theirs);
        Line(output, "  of which inserting", inserts);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            ratio of accounts/s {Suite.Median(ours.Zip(theirs, (o, t) => o.Rate / t.Rate)):0.00} (goal >= {Goal}), to inserting alone {Suite.Median(ours.Zip(inserts, (o, t) => o.Rate / t.Rate)):0.00}; of accounts per CPU second {Suite.Median(ours.Zip(theirs, (o, t) => t.Cpu / o.Cpu)):0.00}, to inserting alone {Suite.Median(ours.Zip(inserts, (o, t) => t.Cpu / o.Cpu)):0.00}
            """));
    }

    private static void Line(TextWriter output, string name, List<Load> loads) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-30}{Suite.Median(loads.Select(l => l.Rate)),16:N0}{Suite.Median(loads.Select(l => l.Cpu)),18:0.0}"));

    private static async Task<Load> ImportAsync(string folder, string file, int accounts)
    {
        await using var api = await Child.StartAsync("api", folder);
        var bank = await api.TokenAsync("harbour-api");
        var portfolio = await Scene.NewPortfolioAsync(api, bank);
        var (cpu, clock) = (api.Cpu, Stopwatch.StartNew());
        var import = await Scene.ImportAsync(api, bank, portfolio, file);
        var load = Load.Of(clock.Elapsed, api.Cpu - cpu, accounts);
        return import.GetProperty("rowsAccepted").GetInt64() == accounts ? load : throw new InvalidOperationException($"Not every row was accepted: {import}");
    }

    // Writes what the import left as CSV and takes it out of the database: what remains is where the shell loads it again.
    private static async Task DumpAsync(string folder)
    {
        await using var connection = new SqliteConnection($"{Servers.Database(folder)};Pooling=False;Foreign Keys=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        foreach (var table in Tables)
        {
            command.CommandText = $"SELECT * FROM base_{table} ORDER BY {(table == "ledger_entry" ? "account_id, id" : "id")}";
            await using var file = new BufferedStream(File.Create(Path.Combine(folder, $"{table}.csv")), 1 << 20);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                for (var column = 0; column < reader.FieldCount; column++)
                {
                    WriteField(file, column, reader.GetValue(column));
                }

                file.WriteByte((byte)'\n');
            }
        }

        command.CommandText = string.Join(' ', Tables.Reverse().Select(table => $"DELETE FROM base_{table};")) + " VACUUM;";
        await command.ExecuteNonQueryAsync();
    }

    // Bytes go as they are, in quotes. The shell's text ends at a zero, so a zero becomes a one: as long, and as distinct.
    private static void WriteField(Stream file, int column, object value)
    {
        if (column > 0)
        {
            file.WriteByte((byte)',');
        }

        if (value is DBNull)
        {
            return;
        }

        file.WriteByte((byte)'"');
        foreach (var one in value as byte[] ?? Encoding.UTF8.GetBytes(Convert.ToString(value, CultureInfo.InvariantCulture)!))
        {
            if (one == '"')
            {
                file.WriteByte(one);
            }

            file.WriteByte(Math.Max(one, (byte)1));
        }

        file.WriteByte((byte)'"');
    }

    private static async Task<(Load Whole, Load Inserting)> LoadAsync(string shell, string folder, int accounts)
    {
        await using var connection = new SqliteConnection($"{Servers.Database(folder)};Pooling=False");
        await connection.OpenAsync();
        var columns = Tables.ToDictionary(table => table, table => Columns(connection, table), StringComparer.Ordinal);
        await connection.CloseAsync();

        using var process = Process.Start(new ProcessStartInfo(shell, ["-batch", "-bail", Path.Combine(folder, "agency.db")]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var clock = Stopwatch.StartNew();
        await SayAsync(process, "PRAGMA foreign_keys = ON;\nATTACH ':memory:' AS stage;");
        foreach (var table in Tables)
        {
            var names = string.Join(", ", columns[table].Select(c => $"{c.Name} TEXT"));
            await SayAsync(process, $"CREATE TABLE stage.{table} ({names});\n.import --csv --schema stage {Path.Combine(folder, table)}.csv {table}");
        }

        var (stagedCpu, staged) = (process.TotalProcessorTime, clock.Elapsed);
        var counts = Tables.ToDictionary(table => table, _ => 0, StringComparer.Ordinal);
        foreach (var table in Tables)
        {
            counts[table] = int.Parse(await SayAsync(process, $"SELECT count(*) FROM stage.{table};"), CultureInfo.InvariantCulture);
        }

        for (var from = 0L; from < accounts; from += BatchSize)
        {
            var to = Math.Min(accounts, from + BatchSize);
            await SayAsync(process, "BEGIN IMMEDIATE;\n" + string.Join('\n', Tables.Select(table => $"""
                INSERT INTO base_{table} SELECT {string.Join(", ", columns[table].Select(c => c.Cast))} FROM stage.{table} WHERE rowid > {from * counts[table] / accounts} AND rowid <= {to * counts[table] / accounts};
                """)) + "\nCOMMIT;");
        }

        process.Refresh();
        var (cpu, took) = (process.TotalProcessorTime, clock.Elapsed);
        var loaded = await SayAsync(process, "SELECT count(*) FROM base_account;");
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return loaded == accounts.ToString(CultureInfo.InvariantCulture)
            ? (Load.Of(took, cpu, accounts), Load.Of(took - staged, cpu - stagedCpu, accounts))
            : throw new InvalidOperationException($"sqlite3 loaded {loaded} accounts.");
    }

    // Runs the commands and waits until they are done; returns the line they printed, if any.
    private static async Task<string> SayAsync(Process process, string commands)
    {
        await process.StandardInput.WriteLineAsync($"{commands}\n.print done");
        await process.StandardInput.FlushAsync();
        var said = "";
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "done")
            {
                process.Refresh();
                return said;
            }

            said = line;
        }

        throw new InvalidOperationException("sqlite3 ended early.");
    }

    // Each column with the expression that makes its value of the staged text. The import and the portfolio stayed, under their own bytes.
    private static List<(string Name, string Cast)> Columns(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT quote(portfolio_id), quote(id) FROM base_import";
        using var parents = command.ExecuteReader();
        parents.Read();
        var (portfolio, import) = (parents.GetString(0), parents.GetString(1));
        parents.Close();

        command.CommandText = $"SELECT name, type FROM pragma_table_info('base_{table}') ORDER BY cid";
        using var reader = command.ExecuteReader();
        List<(string, string)> columns = [];
        while (reader.Read())
        {
            var name = reader.GetString(0);
            columns.Add((name, name switch
            {
                "portfolio_id" => portfolio,
                "import_id" or "cause_id" => import,
                _ => $"CAST(NULLIF({name}, '') AS {reader.GetString(1)})",
            }));
        }

        return columns;
    }

    private readonly record struct Load(double Rate, double Cpu)
    {
        public static Load Of(TimeSpan took, TimeSpan cpu, int accounts) => new(accounts / took.TotalSeconds, cpu.TotalMicroseconds / accounts);
    }
}
