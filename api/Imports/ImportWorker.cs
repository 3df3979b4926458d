using Agency.Api.Data;
using Agency.Api.Tenancy;

namespace Agency.Api.Imports;

/// <summary>Wakes the loader when an import was accepted.</summary>
public sealed class ImportSignal : Signal;

/// <summary>Loads accepted imports in the background, bank by bank, oldest first, one of each bank before the next of any.</summary>
internal sealed partial class ImportWorker(
    TenantStore tenants, Database database, ImportLoader loader, OverdueImports overdue, Spool spool, ImportSignal signal, TimeProvider clock, ILogger<ImportWorker> log)
    : BackgroundService
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan BusyWait = TimeSpan.FromSeconds(2);

    private static readonly Sql FindUnfinished = new("SELECT id, state, created_at FROM import WHERE bank_id = @bank AND finished_at IS NULL ORDER BY id");

    private readonly ImportRetries retries = new(clock);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = SweepEvery;
            try
            {
                wait = await SweepAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogSweepFailed(exception);
                wait = BusyWait;
            }

            _ = await signal.WaitAsync(wait, stoppingToken);
        }
    }

    /// <summary>Loads everything there is to load, and says when to look again.</summary>
    internal async Task<TimeSpan> SweepAsync(CancellationToken cancellation)
    {
        var all = new HashSet<Id>();
        var unfinished = new List<(int Bank, Queue<Id> Imports)>();
        foreach (var bank in await tenants.BanksAsync(cancellation))
        {
            var found = await FindAsync(bank.Number, cancellation);
            var staged = found.Where(import => import.State == "staged").ToList();
            await overdue.CancelAsync(bank.Number, staged.Where(import => OverdueImports.IsOverdue(import.CreatedAt, clock.GetUtcNow())).Select(import => import.Id), cancellation);
            unfinished.Add((bank.Number, new(found.Except(staged).Select(import => import.Id))));
            all.UnionWith(found.Select(import => import.Id));
        }

        retries.ForgetAllBut(all);
        spool.RemoveOrphans(all, clock.GetUtcNow());
        var wait = SweepEvery;
        while (unfinished.Exists(bank => bank.Imports.Count > 0))
        {
            foreach (var (bank, imports) in unfinished.Where(bank => bank.Imports.Count > 0))
            {
                var import = imports.Dequeue();
                if (retries.IsDue(import) && !await LoadAsync(bank, import, cancellation))
                {
                    wait = BusyWait;
                }
            }
        }

        return retries.WaitAtMost(wait);
    }

    private async Task<IReadOnlyList<Unfinished>> FindAsync(int bank, CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(TenantContext.SystemFor(bank), write: false, cancellation);
        return await session.ListAsync<Unfinished>(FindUnfinished, new { bank }, cancellation);
    }

    // False when the database was busy: that is no failure, and soon over.
    private async Task<bool> LoadAsync(int bank, Id import, CancellationToken cancellation)
    {
        try
        {
            await loader.RunAsync(bank, import, cancellation, retries: retries);
            retries.Forget(import);
        }
        catch (ImportTakenException)
        {
            retries.Passed(import);
        }
        catch (ImportGivenUpException exception)
        {
            LogGivenUp(exception, import);
            retries.Forget(import);
        }
        catch (DatabaseBusyException)
        {
            return false;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or OutOfMemoryException))
        {
            LogLoadFailed(exception, import);
            retries.Failed(import, exception);
        }

        return true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking for imports failed")]
    private partial void LogSweepFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Import {Import} failed; it will be tried again")]
    private partial void LogLoadFailed(Exception exception, Id import);

    [LoggerMessage(Level = LogLevel.Error, Message = "Import {Import} was given up; its file stays for a day")]
    private partial void LogGivenUp(Exception exception, Id import);

    private sealed record Unfinished(Id Id, string State, DateTimeOffset CreatedAt);
}
