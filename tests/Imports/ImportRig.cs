using System.Globalization;
using System.IO.Compression;
using System.Text;
using Agency.Api;
using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Imports;
using Agency.Db;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Agency.Tests.Imports;

/// <summary>A migrated database with two banks and a portfolio each, and the loader on it.</summary>
internal sealed class ImportRig : IDisposable
{
    public const int Harbour = 1;
    public const int Summit = 2;
    public static readonly DateOnly AsOf = new(2005, 9, 30);

    private static readonly Sql InsertTenant = new("INSERT INTO tenant (id, code, name, kind, created_at) VALUES (@id, @code, @code, @kind, @now)");
    private static readonly Sql InsertPortfolio = new("INSERT INTO portfolio (bank_id, id, name, currency, created_at, changed_at) VALUES (@bank, @id, 'Cards', 'TWD', @now, @now)");
    private static readonly Sql InsertImport = new("""
        INSERT INTO import (bank_id, id, portfolio_id, format, as_of, mode, state, compressed, file_sha256, bytes, bytes_read, rows_read, rows_accepted, rows_known, rows_refreshed, rows_rejected, created_at)
        VALUES (@bank, @id, @portfolio, @format, @asOf, 'new', @state, @compressed, @sha256, @bytes, 0, 0, 0, 0, 0, 0, @now)
        """);

    private static readonly Sql Cancel = new("UPDATE import SET state = 'cancelled', finished_at = @now WHERE bank_id = @bank AND id = @id");
    private static readonly Sql FindImport = new("SELECT state, failure_code, rows_read, rows_accepted, rows_known, rows_rejected FROM import WHERE bank_id = @bank AND id = @id");
    private static readonly Sql FindErrors = new("SELECT line, column_name, code, value_cipher FROM import_error WHERE bank_id = @bank AND import_id = @id ORDER BY line, position");

    private readonly string folder = Directory.CreateTempSubdirectory("agency-imports-").FullName;
    private readonly SqliteEngine engine;
    private readonly AuditWriter audit;

    public ImportRig()
    {
        var connection = $"Data Source={Path.Combine(folder, "agency.db")}";
        new Migrator("sqlite", connection).Migrate();
        engine = new SqliteEngine(connection);
        Database = new Database(engine);
        Ids = new Ids(Clock);
        var ring = KeyRing.Open(Path.Combine(folder, "keys", "ring.json"));
        PrivateFields = new PrivateFields(ring);
        audit = new AuditWriter(new AuditDigests(ring), PrivateFields);
        Spool = new Spool(new DataFolder(folder), ring);
        Loader = NewLoader();
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2005, 10, 3, 8, 0, 0, TimeSpan.Zero));

    public Database Database { get; }

    public Ids Ids { get; }

    public PrivateFields PrivateFields { get; }

    public Spool Spool { get; }

    public ImportLoader Loader { get; }

    public string Folder => folder;

    public Id Portfolio { get; private set; }

    public Id SummitPortfolio { get; private set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<ImportRig> CreateAsync()
    {
        var rig = new ImportRig();
        await using (var session = await rig.Database.OpenAsync(new TenantContext(0, TenantKind.Operator), write: true, Token))
        {
            foreach (var code in new[] { "harbour", "summit" })
            {
                await session.ExecuteAsync(InsertTenant, new { id = rig.Ids.New(), code, kind = "bank", now = rig.Clock.GetUtcNow() }, Token);
            }

            await session.CommitAsync(Token);
        }

        rig.Portfolio = await rig.AddPortfolioAsync(Harbour);
        rig.SummitPortfolio = await rig.AddPortfolioAsync(Summit);
        return rig;
    }

    public BatchLoader NewBatches() => new(Database, Ids, PrivateFields, audit, Clock, new(Database));

    public ImportLoader NewLoader() => new(Database, Spool, NewBatches(), PrivateFields, Clock);

    public ImportWorker NewWorker() => new(new(Database), Database, NewLoader(), new(new(Database, new(Database), Ids, Clock, PrivateFields, audit), Spool), Spool, new ImportSignal(), Clock, NullLogger<ImportWorker>.Instance);

    public async Task<Id> AddPortfolioAsync(int bank)
    {
        var id = Ids.New();
        await using var session = await Database.OpenAsync(new TenantContext(bank, TenantKind.Bank), write: true, Token);
        await session.ExecuteAsync(InsertPortfolio, new { bank, id, now = Clock.GetUtcNow() }, Token);
        await session.CommitAsync(Token);
        return id;
    }

    /// <summary>Accepts a file as the route does, without loading it.</summary>
    public async Task<Id> AcceptAsync(byte[] file, ImportFormat format = ImportFormat.Csv, bool compressed = false, int bank = Harbour, string state = "queued")
    {
        var id = Ids.New();
        await using (var writer = Spool.Create(bank, id))
        {
            await writer.WriteAsync(file, Token);
            await writer.CompleteAsync(Token);
        }

        await using var session = await Database.OpenAsync(new TenantContext(bank, TenantKind.Bank), write: true, Token);
        var row = new { bank, id, portfolio = bank == Harbour ? Portfolio : SummitPortfolio, format = Words.Of(format), AsOf, state, compressed, sha256 = new byte[32], bytes = (long)file.Length, now = Clock.GetUtcNow() };
        await session.ExecuteAsync(InsertImport, row, Token);
        await session.CommitAsync(Token);
        return id;
    }

    /// <summary>Stops an import as the route does.</summary>
    public async Task CancelAsync(Id id, int bank = Harbour)
    {
        await using var session = await Database.OpenAsync(new TenantContext(bank, TenantKind.Bank), write: true, Token);
        await session.ExecuteAsync(Cancel, new { bank, id, now = Clock.GetUtcNow() }, Token);
        await session.CommitAsync(Token);
    }

    public async Task<Loaded> LoadAsync(byte[] file, ImportFormat format = ImportFormat.Csv, bool compressed = false, int bank = Harbour)
    {
        var id = await AcceptAsync(file, format, compressed, bank);
        await Loader.RunAsync(bank, id, Token);
        return await ReadAsync(id, bank);
    }

    public Task<Loaded> LoadAsync(string file, ImportFormat format = ImportFormat.Csv, int bank = Harbour) => LoadAsync(Encoding.UTF8.GetBytes(file), format, bank: bank);

    public async Task<Loaded> ReadAsync(Id id, int bank = Harbour)
    {
        await using var session = await Database.OpenAsync(new TenantContext(bank, TenantKind.Bank), write: false, Token);
        var row = (await session.FindAsync<ImportRow>(FindImport, new { bank, id }, Token))!;
        var errors = await session.ListAsync<ErrorRow>(FindErrors, new { bank, id }, Token);
        return new Loaded(
            id,
            row.State,
            row.FailureCode,
            (row.RowsRead, row.RowsAccepted, row.RowsKnown, row.RowsRejected),
            [.. errors.Select(e => (e.Line, e.ColumnName, e.Code, e.ValueCipher is null ? null : PrivateFields.Decrypt(bank, "import_error", "value_cipher", id, e.ValueCipher)))]);
    }

    /// <summary>A figure read from the base tables, past everything the application sees.</summary>
    public long Count(string sql)
    {
        using var connection = OpenPlain();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    public IEnumerable<string> SpooledFiles() =>
        Directory.Exists(Path.Combine(folder, "spool")) ? Directory.EnumerateFiles(Path.Combine(folder, "spool")) : [];

    public void Dispose()
    {
        engine.Dispose();
        using (var connection = OpenPlain())
        {
            SqliteConnection.ClearPool(connection);
        }

        Directory.Delete(folder, recursive: true);
    }

    public static byte[] Gzip(byte[] file)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(file);
        }

        return packed.ToArray();
    }

    // Base tables can be read only by a connection that no door of the application opened.
    private SqliteConnection OpenPlain()
    {
#pragma warning disable RS0030
        var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "agency.db")}");
#pragma warning restore RS0030
        connection.Open();
        return connection;
    }

    private sealed record ImportRow(string State, string? FailureCode, long RowsRead, long RowsAccepted, long RowsKnown, long RowsRejected);

    private sealed record ErrorRow(long Line, string? ColumnName, string Code, byte[]? ValueCipher);
}

/// <summary>What became of an import.</summary>
internal sealed record Loaded(
    Id Id, string State, string? FailureCode, (long Read, long Accepted, long Known, long Rejected) Rows, IReadOnlyList<(long Line, string? Column, string Code, string? Value)> Errors);

/// <summary>Files of accounts made up for tests. No number in them can be anyone's.</summary>
internal static class Files
{
    public const string Header = "account_number,debtor_reference,debtor_name,phone,email,principal,interest,fees,oldest_due_date";

    public static string Csv(params string[] rows) => Header + "\n" + string.Join('\n', rows) + "\n";

    public static string Row(int number, string? name = null, string principal = "100000", string interest = "2500", string fees = "300", string due = "2005-08-15") =>
        string.Create(CultureInfo.InvariantCulture, $"A-{number:D6},D-{number:D6},{name ?? $"Debtor {number}"},+8610{number:D9},d{number}@example.invalid,{principal},{interest},{fees},{due}");
}
