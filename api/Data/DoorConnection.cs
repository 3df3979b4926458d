using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Agency.Api.Data;

/// <summary>
/// A SQLite connection that belongs to one door for life. Its functions and its authorizer are set when it is opened and never
/// taken off; only the tenant changes, and without one the functions answer null and every view is empty.
/// </summary>
/// <remarks>
/// SQLite forgets prepared statements when a function or the authorizer is set anew, so doing that once is what allows to keep
/// them: preparing a statement over the views costs more than running it.
/// </remarks>
internal sealed class DoorConnection : SqliteConnection
{
    // Kibibytes: a few thousand accounts' worth of the B-trees that an import touches.
    private const string Setup = "PRAGMA cache_size = -16384";

    private readonly Dictionary<string, KeptCommand> kept = new(StringComparer.Ordinal);
    private readonly Dictionary<BulkInsert, sqlite3_stmt> bulk = [];
    private readonly bool views;
    private readonly bool identity;
    private TenantContext? tenant;
    private string? upcoming;
    private string? bulkTable;
    private bool closing;

    [SuppressMessage("Usage", "CA2214", Justification = "The class is sealed.")]
    public DoorConnection(string connectionString, Door door)
        : base(connectionString)
    {
        Door = door;
        (views, identity) = door switch
        {
            Door.Application => (true, false),
            Door.Identity => (false, true),
            Door.Operator => (true, true),
            _ => throw new InvalidOperationException($"No door {door}."),
        };
        Open();
        using (var setup = CreateCommand())
        {
            setup.CommandText = Setup;
            _ = setup.ExecuteNonQuery();
        }

        CreateFunction("session_tenant", this, static me => me.tenant?.Tenant, isDeterministic: true);
        CreateFunction("session_kind", this, static me => me.tenant?.KindName, isDeterministic: true);
        CreateFunction("session_person", this, static me => me.tenant?.Person?.ToBytes(), isDeterministic: true);
        CreateFunction("session_sight", this, static me => me.tenant?.SightName, isDeterministic: true);
        _ = raw.sqlite3_set_authorizer(Handle, (_, action, first, second, _, accessor) => Authorize(action, first, second, accessor), null);
    }

    public Door Door { get; }

    /// <summary>Whether it can serve the next tenant: open, and in no transaction.</summary>
    public bool IsIdle => Handle is { IsClosed: false, IsInvalid: false } handle && raw.sqlite3_get_autocommit(handle) != 0;

    /// <summary>For whom the connection works; null for nobody.</summary>
    public TenantContext? Tenant => tenant;

    /// <summary>From now on the connection works for this tenant; null for nobody.</summary>
    public void Enter(TenantContext? context) => tenant = context;

    /// <summary>The next command made will be given this text, so the one kept from the last time is handed out again.</summary>
    public void Expect(string? text) => upcoming = text;

    /// <summary>Something went wrong with this text: its command is not used again.</summary>
    public void Forget(string text)
    {
        if (kept.Remove(text, out var command))
        {
            command.Retire();
        }
    }

    public override SqliteCommand CreateCommand()
    {
        var text = upcoming;
        upcoming = null;
        if (text is null)
        {
            return base.CreateCommand();
        }

        // One that is still being read from is not to be disturbed: then a second one is made, and not kept.
        if (!kept.TryGetValue(text, out var command))
        {
            kept[text] = command = new KeptCommand { Connection = this, CommandText = text };
        }
        else if (command.InUse)
        {
            return base.CreateCommand();
        }

        command.InUse = true;
        command.Transaction = Transaction;
        command.CommandTimeout = DefaultTimeout;
        return command;
    }

    /// <summary>
    /// Writes rows straight into a base table. The tenant is stamped by the connection's own function, and the authorizer lets
    /// inserts into that table through while this runs, which no other statement can: it runs from end to end without a pause.
    /// </summary>
    /// <exception cref="InvalidOperationException">The session is not of the bank that the rows would be.</exception>
    public void Insert<TRow>(BulkInsert<TRow> insert, IReadOnlyList<TRow> rows)
    {
        if (Door != Door.Application || tenant is not { Kind: TenantKind.Bank or TenantKind.System })
        {
            throw new InvalidOperationException("Only a bank's session loads rows in bulk.");
        }

        bulkTable = insert.BaseTable;
        try
        {
            if (!bulk.TryGetValue(insert, out var statement))
            {
                SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(Handle, insert.BaseText, out statement), Handle);
                bulk[insert] = statement;
            }

            foreach (var row in rows)
            {
                insert.Bind(statement, row);
                var result = raw.sqlite3_step(statement);
                if (result != raw.SQLITE_DONE)
                {
                    // Read before the reset, which would repeat the code but may lose the message.
                    SqliteException.ThrowExceptionForRC(result, Handle);
                }

                _ = raw.sqlite3_reset(statement);
            }
        }
        catch
        {
            if (bulk.Remove(insert, out var failed))
            {
                failed.Dispose();
            }

            throw;
        }
        finally
        {
            bulkTable = null;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !closing)
        {
            closing = true;
            foreach (var command in kept.Values)
            {
                command.Retire();
            }

            foreach (var statement in bulk.Values)
            {
                statement.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private int Authorize(int action, string? first, string? second, string? accessor)
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
                    _ when first.StartsWith("base_", StringComparison.OrdinalIgnoreCase) => (views && accessor is not null) || IsOfBulk(action, first),
                    _ when first.StartsWith("auth_", StringComparison.OrdinalIgnoreCase) => identity,
                    _ when first.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase) || first == "schema_migration" => false,
                    _ => views,
                };
                return allowed ? raw.SQLITE_OK : raw.SQLITE_DENY;
            default:
                return raw.SQLITE_DENY;
        }
    }

    // A foreign key reads its parent's key.
    private bool IsOfBulk(int action, string table) =>
        bulkTable is not null && (action == raw.SQLITE_READ || (action == raw.SQLITE_INSERT && table == bulkTable));

    /// <summary>A command that outlives its disposal, with its statement prepared, until the connection closes.</summary>
    private sealed class KeptCommand : SqliteCommand
    {
        private bool retired;

        public bool InUse { get; set; }

        public void Retire()
        {
            retired = true;
            Dispose();
        }

        protected override void Dispose(bool disposing)
        {
            if (retired)
            {
                base.Dispose(disposing);
                return;
            }

            Parameters.Clear();
            Transaction = null;
            InUse = false;
        }
    }
}
