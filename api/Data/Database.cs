using System.Data.Common;
using Dapper;

namespace Agency.Api.Data;

/// <summary>
/// The only door to the database. Whoever opens it says for whom; from then on the database itself decides which rows exist.
/// </summary>
public sealed class Database(Engine engine)
{
    public Engine Engine => engine;

    /// <summary>A session for a tenant's business. A statement sees one moment; writes take effect together at <see cref="Session.CommitAsync"/>.</summary>
    public Task<Session> OpenAsync(TenantContext context, bool write, CancellationToken cancellation) =>
        OpenAsync(context.Kind == TenantKind.Operator ? Door.Operator : Door.Application, context, write, cancellation);

    /// <summary>A session for sign-in, which happens before a tenant is known: identity tables alone.</summary>
    public Task<Session> OpenIdentityAsync(bool write, CancellationToken cancellation) =>
        OpenAsync(Door.Identity, null, write, cancellation);

    private async Task<Session> OpenAsync(Door door, TenantContext? context, bool write, CancellationToken cancellation) =>
        new(engine, await engine.OpenAsync(door, context, write ? Use.Write : Use.Read, cancellation));
}

/// <summary>One connection in one transaction, for one tenant. Disposing it without <see cref="CommitAsync"/> undoes everything.</summary>
public sealed class Session : IAsyncDisposable
{
    private readonly Engine engine;
    private readonly Engine.Lease lease;
    private (TenantContext Context, Session Session)? beside;

    static Session() => Rows.Register();

    internal Session(Engine engine, Engine.Lease lease)
    {
        this.engine = engine;
        this.lease = lease;
    }

    /// <summary>Whoever writes has the whole database to itself: what it has read stays true until it commits.</summary>
    public bool HasOneWriter => engine.HasOneWriter;

    public async Task<IReadOnlyList<T>> ListAsync<T>(Sql sql, object? parameters = null, CancellationToken cancellation = default) =>
        await Guard(async command => (await lease.Connection.QueryAsync<T>(command)).AsList(), sql, parameters, cancellation);

    /// <summary>Rows of two records side by side; the second starts at the column named.</summary>
    public async Task<IReadOnlyList<TResult>> ListAsync<TFirst, TSecond, TResult>(
        Sql sql, string secondStartsAt, Func<TFirst, TSecond, TResult> combine, object? parameters = null, CancellationToken cancellation = default) =>
        await Guard(async command => (await lease.Connection.QueryAsync(command, combine, secondStartsAt)).AsList(), sql, parameters, cancellation);

    /// <summary>The one row, or null when there is none (or it is not this tenant's to see, which is the same).</summary>
    public Task<T?> FindAsync<T>(Sql sql, object? parameters = null, CancellationToken cancellation = default) =>
        Guard(lease.Connection.QuerySingleOrDefaultAsync<T>, sql, parameters, cancellation);

    /// <summary>Runs a write. Returns nothing: through a view SQLite can't count rows, and the schema raises where none was written.</summary>
    public Task ExecuteAsync(Sql sql, object? parameters = null, CancellationToken cancellation = default) =>
        Guard(lease.Connection.ExecuteAsync, sql, parameters, cancellation);

    /// <summary>Writes rows of the session's own bank by the thousand.</summary>
    public async Task BulkInsertAsync<TRow>(BulkInsert<TRow> insert, IReadOnlyList<TRow> rows, CancellationToken cancellation = default)
    {
        try
        {
            await engine.BulkInsertAsync(lease, insert, rows, cancellation);
        }
        catch (DbException exception) when (engine.IsLockTimeout(exception))
        {
            throw new DatabaseBusyException(exception);
        }
        catch (DbException exception) when (engine.IsRefusedByRule(exception))
        {
            throw new RowRefusedException(exception);
        }
    }

    public Task CommitAsync(CancellationToken cancellation = default) => lease.Transaction.CommitAsync(cancellation);

    /// <summary>
    /// A second session, which reads what another context is shown. There is one at a time, which ends with this one or when another context is
    /// asked for: whoever has two connections never waits for a third.
    /// </summary>
    internal async Task<Session> BesideAsync(TenantContext context, CancellationToken cancellation)
    {
        if (beside is { } open && open.Context == context)
        {
            return open.Session;
        }

        await LeaveBesideAsync();
        var session = new Session(engine, await engine.OpenAsync(Door.Application, context, Use.ReadBeside, cancellation));
        beside = (context, session);
        return session;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await LeaveBesideAsync();
        }
        finally
        {
            await lease.DisposeAsync();
        }
    }

    private async ValueTask LeaveBesideAsync()
    {
        var left = beside;
        beside = null;
        await (left?.Session.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private async Task<T> Guard<T>(Func<CommandDefinition, Task<T>> run, Sql sql, object? parameters, CancellationToken cancellation)
    {
        var text = engine.Text(sql);
        try
        {
            lease.Expect(text);
            return await run(new CommandDefinition(text, engine.Parameters(parameters), lease.Transaction, cancellationToken: cancellation));
        }
        catch (Exception exception)
        {
            lease.Forget(text);
            if (exception is DbException database && engine.IsLockTimeout(database))
            {
                throw new DatabaseBusyException(exception);
            }

            throw;
        }
        finally
        {
            lease.Expect(null);
        }
    }
}
