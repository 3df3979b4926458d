using System.Data.Common;

namespace Agency.Api.Data;

/// <summary>The database could not be written within the lock wait. Nothing was changed; the caller may try again.</summary>
public class DatabaseBusyException(string message, Exception? inner = null) : Exception(message, inner)
{
    public DatabaseBusyException(Exception? inner = null)
        : this("The database is busy.", inner)
    {
    }
}

/// <summary>All connections were in use for longer than is waited for one. Nothing was begun; the caller may try again.</summary>
public sealed class NoConnectionFreeException(int size) : DatabaseBusyException($"None of the {size} connections became free in time: see Database:PoolSize.");

/// <summary>What a connection is opened for.</summary>
internal enum Use
{
    Read,
    Write,

    /// <summary>To read, by whoever has a connection of that door already.</summary>
    ReadBeside,
}

/// <summary>The database's rule for the row refused the write. Whoever asked lost sight of what it stands under meanwhile.</summary>
public sealed class RowRefusedException(Exception inner) : Exception("The row's rule refused the write.", inner);

/// <summary>What the two database engines do differently.</summary>
public abstract class Engine
{
    /// <summary>How long a write waits for another before it gives up, and anybody for a connection.</summary>
    protected static readonly TimeSpan LockWait = TimeSpan.FromSeconds(10);

    public abstract string Name { get; }

    /// <summary>Whether whoever writes keeps everybody else from writing.</summary>
    internal abstract bool HasOneWriter { get; }

    /// <summary>The text of the statement in this engine's words.</summary>
    internal abstract string Text(Sql sql);

    /// <summary>The values of a statement in the form this engine's driver takes.</summary>
    internal virtual object? Parameters(object? values) => values;

    /// <summary>Opens a connection that already carries the tenant context and can't shed it.</summary>
    internal abstract Task<Lease> OpenAsync(Door door, TenantContext? context, Use use, CancellationToken cancellation);

    /// <summary>Inserts a bank's rows by the thousand, as the bank of the lease.</summary>
    internal abstract Task BulkInsertAsync<TRow>(Lease lease, BulkInsert<TRow> insert, IReadOnlyList<TRow> rows, CancellationToken cancellation);

    /// <summary>True when the write hit a row with the same key.</summary>
    public abstract bool IsDuplicate(DbException exception);

    /// <summary>True when the write waited longer than <see cref="LockWait"/>.</summary>
    internal abstract bool IsLockTimeout(DbException exception);

    /// <summary>True when the row's rule refused the write: it is not this tenant's to make, or no longer.</summary>
    internal abstract bool IsRefusedByRule(DbException exception);

    /// <summary>What is wrong with the protection of the tenants' rows, empty when nothing is. The service refuses to serve otherwise.</summary>
    public abstract Task<IReadOnlyList<string>> FindIsolationFaultsAsync(CancellationToken cancellation);

    /// <summary>A connection inside its transaction, and what must happen when both are given back.</summary>
    internal abstract class Lease(DbConnection connection, DbTransaction transaction) : IAsyncDisposable
    {
        public DbConnection Connection { get; } = connection;

        public DbTransaction Transaction { get; } = transaction;

        public async ValueTask DisposeAsync()
        {
            try
            {
                await Transaction.DisposeAsync();
            }
            finally
            {
                await CloseAsync();
            }
        }

        private async ValueTask CloseAsync()
        {
            try
            {
                await LeaveAsync();
            }
            finally
            {
                Release();
            }
        }

        /// <summary>This statement is run next; null when none is.</summary>
        public virtual void Expect(string? text)
        {
        }

        /// <summary>This statement failed.</summary>
        public virtual void Forget(string text)
        {
        }

        /// <summary>The transaction is over; the connection goes back to its pool.</summary>
        protected virtual ValueTask LeaveAsync() => Connection.DisposeAsync();

        /// <summary>Both are given back, whatever happened.</summary>
        protected virtual void Release()
        {
        }
    }
}
