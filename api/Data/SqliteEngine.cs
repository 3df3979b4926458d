using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Agency.Api.Data;

/// <summary>
/// The embedded default. SQLite has no row-level security, so the schema makes it: base tables the application can't name,
/// a view of each filtered by functions of the connection, and INSTEAD OF triggers that refuse what is foreign. The
/// authorizer installed here is what makes the views the only way in.
/// </summary>
public sealed class SqliteEngine : Engine, IDisposable
{
    private readonly string connectionString;

    // SQLite has one writer. Waiting here, without a thread, is fairer than its own retry loop; other processes still meet the busy timeout.
    private readonly SemaphoreSlim writer = new(1, 1);

    // A pool a door, in place of the driver's: a connection never changes doors.
    private readonly Slots slots;
    private readonly ConcurrentDictionary<Door, ConcurrentStack<DoorConnection>> idle = new();
    private volatile bool disposed;

    public SqliteEngine(string connectionString, int poolSize = DatabaseSettings.DefaultPoolSize)
    {
        slots = new Slots(poolSize, LockWait);
        this.connectionString = new SqliteConnectionStringBuilder(connectionString)
        {
            ForeignKeys = true,
            Pooling = false,
            DefaultTimeout = (int)LockWait.TotalSeconds,
        }.ToString();
    }

    public override string Name => "sqlite";

    public void Dispose()
    {
        disposed = true;
        foreach (var connection in idle.Values.SelectMany(pool => pool))
        {
            connection.Dispose();
        }

        idle.Clear();
        writer.Dispose();
        slots.Dispose();
    }

    internal override bool HasOneWriter => true;

    internal override string Text(Sql sql) => sql.Sqlite;

    internal override object? Parameters(object? values) => SqliteParameters.Over(values);

    /// <summary>The connections that nobody uses now.</summary>
    internal IReadOnlyList<DoorConnection> Idle => [.. idle.Values.SelectMany(pool => pool)];

    // The turn to write first: who waits for it holds up nobody who reads.
    internal override async Task<Lease> OpenAsync(Door door, TenantContext? context, Use use, CancellationToken cancellation)
    {
        if (use == Use.Write && !await writer.WaitAsync(LockWait, cancellation))
        {
            throw new DatabaseBusyException();
        }

        try
        {
            await slots.TakeAsync(door, use, cancellation);
        }
        catch
        {
            LeaveTurn(use);
            throw;
        }

        DoorConnection? connection = null;
        try
        {
            connection = Take(door);
            connection.Enter(context);
            return new SqliteLease(this, connection, connection.BeginTransaction(deferred: use != Use.Write), use);
        }
        catch (Exception exception)
        {
            connection?.Dispose();
            Release(door, use);
            if (exception is DbException database && IsLockTimeout(database))
            {
                throw new DatabaseBusyException(exception);
            }

            throw;
        }
    }

    internal override Task BulkInsertAsync<TRow>(Lease lease, BulkInsert<TRow> insert, IReadOnlyList<TRow> rows, CancellationToken cancellation)
    {
        ((DoorConnection)lease.Connection).Insert(insert, rows);
        return Task.CompletedTask;
    }

    public override bool IsDuplicate(DbException exception) =>
        exception is SqliteException { SqliteExtendedErrorCode: raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY };

    internal override bool IsLockTimeout(DbException exception) =>
        exception is SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED };

    internal override bool IsRefusedByRule(DbException exception) =>
        exception is SqliteException { SqliteExtendedErrorCode: raw.SQLITE_CONSTRAINT_TRIGGER } && exception.Message.Contains("isolation:", StringComparison.Ordinal);

    public override async Task<IReadOnlyList<string>> FindIsolationFaultsAsync(CancellationToken cancellation)
    {
        // Reads the schema itself, which no door of the application may: hence a plain connection, opened here and kept here.
        var connection = new SqliteConnection(connectionString);
        await using (connection)
        {
            await connection.OpenAsync(cancellation);
            await using var command = connection.CreateCommand();
            command.CommandText = """
                SELECT t.name || ': ' || w.need
                FROM sqlite_schema AS t
                CROSS JOIN (SELECT 'view' AS need UNION ALL SELECT 'insert' UNION ALL SELECT 'update' UNION ALL SELECT 'delete') AS w
                WHERE t.type = 'table' AND t.name LIKE 'base!_%' ESCAPE '!'
                    AND NOT EXISTS (
                        SELECT 1 FROM sqlite_schema AS s
                        WHERE (w.need = 'view' AND s.type = 'view' AND s.name = substr(t.name, 6) AND s.sql LIKE '%session_%')
                            OR (s.type = 'trigger' AND s.name = substr(t.name, 6) || '_' || w.need AND s.sql LIKE '%RAISE(ABORT%'))
                UNION ALL
                SELECT 'base_event: the writing of deliveries'
                WHERE NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND name = 'event_insert' AND sql LIKE '%INSERT INTO base_webhook_delivery%')
                """;
            var faults = new List<string>();
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                faults.Add(reader.GetString(0) + " is missing.");
            }

            return faults;
        }
    }

    private DoorConnection Take(Door door) =>
        idle.TryGetValue(door, out var pool) && pool.TryPop(out var connection) ? connection : new DoorConnection(connectionString, door);

    private void GiveBack(DoorConnection connection)
    {
        connection.Enter(null);
        if (disposed || !connection.IsIdle)
        {
            connection.Dispose();
            return;
        }

        idle.GetOrAdd(connection.Door, static _ => new()).Push(connection);
    }

    private void Release(Door door, Use use)
    {
        slots.GiveBack(door, use);
        LeaveTurn(use);
    }

    private void LeaveTurn(Use use)
    {
        if (use == Use.Write)
        {
            writer.Release();
        }
    }

    private sealed class SqliteLease(SqliteEngine engine, DoorConnection connection, SqliteTransaction transaction, Use use)
        : Lease(connection, transaction)
    {
        public override void Expect(string? text) => connection.Expect(text);

        public override void Forget(string text) => connection.Forget(text);

        protected override ValueTask LeaveAsync()
        {
            engine.GiveBack(connection);
            return ValueTask.CompletedTask;
        }

        protected override void Release() => engine.Release(connection.Door, use);
    }
}
