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

    public SqliteEngine(string connectionString)
    {
        this.connectionString = new SqliteConnectionStringBuilder(connectionString)
        {
            ForeignKeys = true,
            Pooling = true,
            DefaultTimeout = (int)LockWait.TotalSeconds,
        }.ToString();
    }

    public override string Name => "sqlite";

    public void Dispose() => writer.Dispose();

    internal override string Text(Sql sql) => sql.Sqlite;

    internal override object? Parameters(object? values) => SqliteParameters.Over(values);

    internal override async Task<Lease> OpenAsync(Door door, TenantContext? context, bool write, CancellationToken cancellation)
    {
        if (write && !await writer.WaitAsync(LockWait, cancellation))
        {
            throw new DatabaseBusyException();
        }

        SqliteConnection? connection = null;
        try
        {
            connection = new SqliteConnection(connectionString);
            await connection.OpenAsync(cancellation);
            Enter(connection, door, context);
            return new SqliteLease(connection, connection.BeginTransaction(deferred: !write), write ? writer : null);
        }
        catch (Exception exception)
        {
            if (connection is not null)
            {
                Leave(connection);
                await connection.DisposeAsync();
            }

            if (write)
            {
                writer.Release();
            }

            if (exception is DbException database && IsLockTimeout(database))
            {
                throw new DatabaseBusyException(exception);
            }

            throw;
        }
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

    private static void Enter(SqliteConnection connection, Door door, TenantContext? context)
    {
        // Pooled connections keep the last tenant's functions until these replace them, so this runs on every open.
        object? tenant = context?.Tenant;
        var kind = context?.KindName;
        var person = context?.Person?.ToBytes();
        connection.CreateFunction("session_tenant", tenant, static state => state as int?, isDeterministic: true);
        connection.CreateFunction("session_kind", kind, static state => state, isDeterministic: true);
        connection.CreateFunction("session_person", person, static state => state, isDeterministic: true);
        _ = raw.sqlite3_set_authorizer(connection.Handle, door switch
        {
            Door.Application => AuthorizeApplication,
            Door.Identity => AuthorizeIdentity,
            Door.Operator => AuthorizeOperator,
            _ => throw new InvalidOperationException($"No door {door}."),
        }, null);
    }

    private static void Leave(SqliteConnection connection)
    {
        if (connection.Handle is { IsClosed: false } handle)
        {
            _ = raw.sqlite3_set_authorizer(handle, (strdelegate_authorizer?)null, null);
        }
    }

    private static readonly strdelegate_authorizer AuthorizeApplication = static (_, action, first, second, _, accessor) =>
        Authorize(action, first, second, accessor, views: true, identity: false);

    private static readonly strdelegate_authorizer AuthorizeIdentity = static (_, action, first, second, _, accessor) =>
        Authorize(action, first, second, accessor, views: false, identity: true);

    private static readonly strdelegate_authorizer AuthorizeOperator = static (_, action, first, second, _, accessor) =>
        Authorize(action, first, second, accessor, views: true, identity: true);

    private static int Authorize(int action, string? first, string? second, string? accessor, bool views, bool identity)
    {
        switch (action)
        {
            case raw.SQLITE_SELECT:
            case raw.SQLITE_TRANSACTION:
            case raw.SQLITE_RECURSIVE:
                return raw.SQLITE_OK;
            case raw.SQLITE_FUNCTION:
                return second is "load_extension" or "writefile" or "readfile" ? raw.SQLITE_DENY : raw.SQLITE_OK;
            case raw.SQLITE_READ:
            case raw.SQLITE_INSERT:
            case raw.SQLITE_UPDATE:
            case raw.SQLITE_DELETE:
                var allowed = first switch
                {
                    null => false,
                    _ when first.StartsWith("base_", StringComparison.OrdinalIgnoreCase) => views && accessor is not null,
                    _ when first.StartsWith("auth_", StringComparison.OrdinalIgnoreCase) => identity,
                    _ when first.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase) || first == "schema_migration" => false,
                    _ => views,
                };
                return allowed ? raw.SQLITE_OK : raw.SQLITE_DENY;
            default:
                return raw.SQLITE_DENY;
        }
    }

    private sealed class SqliteLease(SqliteConnection connection, SqliteTransaction transaction, SemaphoreSlim? writer)
        : Lease(connection, transaction)
    {
        protected override void Leave() => SqliteEngine.Leave((SqliteConnection)Connection);

        protected override void Release() => writer?.Release();
    }
}
