using System.Data;
using System.Data.Common;
using Dapper;
using Microsoft.Data.SqlClient;

namespace Agency.Api.Data;

/// <summary>
/// The product's database. Row-level security compares every row with SESSION_CONTEXT, which is set read-only by the first
/// command after every open (a pooled connection is reset before it is handed out again, and starts without any).
/// </summary>
public sealed class SqlServerEngine : Engine, IDisposable
{
    private const int DuplicateKey = 2627;
    private const int DuplicateIndexRow = 2601;
    private const int LockRequestTimeout = 1222;
    private const int Deadlock = 1205;

    // Thrown by the statement that waits for a debtor's turn (ContactRecords/ReportTurn.cs).
    private const int TurnDidNotCome = 51222;

    private const int CommandTimeout = -2;
    private const int BlockPredicate = 33504;

    // Apart from the rest: a command with parameters is dynamic SQL, whose SET options end with it.
    private const string OptionsText = "SET XACT_ABORT ON; SET LOCK_TIMEOUT 10000;";

    private const string EnterText = """
        EXEC sys.sp_set_session_context @key = N'tenant_id', @value = @tenant, @read_only = 1;
        EXEC sys.sp_set_session_context @key = N'tenant_kind', @value = @kind, @read_only = 1;
        EXEC sys.sp_set_session_context @key = N'person_id', @value = @person, @read_only = 1;
        EXEC sys.sp_set_session_context @key = N'sight', @value = @sight, @read_only = 1;
        """;

    private const string FaultsText = """
        SELECT CONCAT(t.name, N': ', n.operation, N' predicate is missing or off')
        FROM sys.tables AS t
        CROSS JOIN (VALUES (N'FILTER'), (N'AFTER INSERT'), (N'AFTER UPDATE'), (N'BEFORE UPDATE'), (N'BEFORE DELETE')) AS n (operation)
        WHERE SCHEMA_NAME(t.schema_id) = N'dbo'
            AND EXISTS (SELECT 1 FROM sys.columns AS c WHERE c.object_id = t.object_id AND c.name IN (N'tenant_id', N'bank_id', N'agency_id'))
            AND NOT EXISTS
            (
                SELECT 1
                FROM sys.security_predicates AS p
                INNER JOIN sys.security_policies AS s ON s.object_id = p.object_id
                WHERE p.target_object_id = t.object_id
                    AND s.is_enabled = 1
                    AND COALESCE(p.operation_desc, p.predicate_type_desc) COLLATE DATABASE_DEFAULT = n.operation
            )
        UNION ALL
        SELECT N'MAXDOP of the database must be 1: SESSION_CONTEXT is unreliable in parallel plans'
        WHERE NOT EXISTS (SELECT 1 FROM sys.database_scoped_configurations AS d WHERE d.name = N'MAXDOP' AND d.value = 1)
        UNION ALL
        SELECT N'READ_COMMITTED_SNAPSHOT of the database must be on: readers would wait for writers'
        WHERE NOT EXISTS (SELECT 1 FROM sys.databases AS b WHERE b.database_id = DB_ID() AND b.is_read_committed_snapshot_on = 1)
        UNION ALL
        SELECT N'the runtime login may alter security policies'
        WHERE HAS_PERMS_BY_NAME(DB_NAME(), N'DATABASE', N'ALTER ANY SECURITY POLICY') = 1
        UNION ALL
        SELECT N'the runtime login may change the schema'
        WHERE HAS_PERMS_BY_NAME(DB_NAME(), N'DATABASE', N'CREATE TABLE') = 1 OR HAS_PERMS_BY_NAME(N'dbo', N'SCHEMA', N'ALTER') = 1
        UNION ALL
        SELECT N'the runtime login may act as the user that writes deliveries'
        WHERE HAS_PERMS_BY_NAME(N'agency_fanout', N'USER', N'IMPERSONATE') = 1;
        """;

    private readonly Dictionary<Door, string> connectionStrings;
    private readonly Slots slots;

    /// <summary>One connection string a door, each with a login of that door's role (agency_app, agency_identity, agency_operator).</summary>
    public SqlServerEngine(string application, string identity, string @operator, int poolSize = DatabaseSettings.DefaultPoolSize)
    {
        slots = new Slots(poolSize, LockWait);
        connectionStrings = new()
        {
            [Door.Application] = Harden(application, poolSize),
            [Door.Identity] = Harden(identity, poolSize),
            [Door.Operator] = Harden(@operator, poolSize),
        };
    }

    public override string Name => "sqlserver";

    internal override bool HasOneWriter => false;

    internal override string Text(Sql sql) => sql.SqlServer;

    /// <summary>What a door's connections are opened with.</summary>
    internal string ConnectionStringOf(Door door) => connectionStrings[door];

    public void Dispose() => slots.Dispose();

    internal override async Task<Lease> OpenAsync(Door door, TenantContext? context, Use use, CancellationToken cancellation)
    {
        await slots.TakeAsync(door, use, cancellation);
        var connection = new SqlConnection(connectionStrings[door]);
        try
        {
            await connection.OpenAsync(cancellation);
            await using (var enter = new SqlCommand(EnterText, connection))
            {
                enter.Parameters.Add("@tenant", SqlDbType.Int).Value = (object?)context?.Tenant ?? DBNull.Value;
                enter.Parameters.Add("@kind", SqlDbType.VarChar, 20).Value = (object?)context?.KindName ?? DBNull.Value;
                enter.Parameters.Add("@person", SqlDbType.Binary, 16).Value = (object?)context?.Person?.ToBytes() ?? DBNull.Value;
                enter.Parameters.Add("@sight", SqlDbType.VarChar, 10).Value = (object?)context?.SightName ?? DBNull.Value;
                await enter.ExecuteNonQueryAsync(cancellation);
            }

            await using (var options = new SqlCommand(OptionsText, connection))
            {
                await options.ExecuteNonQueryAsync(cancellation);
            }

            return new SqlServerLease(this, connection, door, use, (SqlTransaction)await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellation));
        }
        catch
        {
            await connection.DisposeAsync();
            slots.GiveBack(door, use);
            throw;
        }
    }

    // Row by row under the block predicates: whether those hold for a bulk copy is not a thing to find out in production.
    internal override async Task BulkInsertAsync<TRow>(Lease lease, BulkInsert<TRow> insert, IReadOnlyList<TRow> rows, CancellationToken cancellation) =>
        await lease.Connection.ExecuteAsync(new CommandDefinition(insert.Ordinary.SqlServer, rows, lease.Transaction, cancellationToken: cancellation));

    public override bool IsDuplicate(DbException exception) =>
        exception is SqlException { Number: DuplicateKey or DuplicateIndexRow };

    internal override bool IsLockTimeout(DbException exception) =>
        exception is SqlException { Number: LockRequestTimeout or Deadlock or CommandTimeout or TurnDidNotCome };

    internal override bool IsRefusedByRule(DbException exception) => exception is SqlException { Number: BlockPredicate };

    public override async Task<IReadOnlyList<string>> FindIsolationFaultsAsync(CancellationToken cancellation)
    {
        await slots.TakeAsync(Door.Application, Use.Read, cancellation);
        try
        {
            await using var connection = new SqlConnection(connectionStrings[Door.Application]);
            await connection.OpenAsync(cancellation);
            await using var command = new SqlCommand(FaultsText, connection);
            var faults = new List<string>();
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                faults.Add(reader.GetString(0));
            }

            return faults;
        }
        finally
        {
            slots.GiveBack(Door.Application, Use.Read);
        }
    }

    // MARS would let two statements share the session, one of them before its context is set.
    private static string Harden(string connectionString, int poolSize) =>
        new SqlConnectionStringBuilder(connectionString) { MultipleActiveResultSets = false, ApplicationName = "agency", MaxPoolSize = poolSize }.ToString();

    private sealed class SqlServerLease(SqlServerEngine engine, SqlConnection connection, Door door, Use use, SqlTransaction transaction) : Lease(connection, transaction)
    {
        protected override void Release() => engine.slots.GiveBack(door, use);
    }
}
