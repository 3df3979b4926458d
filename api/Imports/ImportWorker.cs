using System.Threading.Channels;
using Agency.Api.Data;
using Agency.Api.Tenancy;

namespace Agency.Api.Imports;

/// <summary>Wakes the loader when an import was accepted. Losing a signal delays an import until the next sweep, no more.</summary>
public sealed class ImportSignal
{
    private readonly Channel<bool> channel = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public Task RaiseAsync() => channel.Writer.WriteAsync(true).AsTask();

    /// <summary>Waits for a signal, or until it is time to look without one.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(atMost);
        try
        {
            await channel.Reader.ReadAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Time to look.
        }
    }
}

/// <summary>Loads accepted imports in the background, bank by bank, oldest first, one of each bank before the next of any.</summary>
internal sealed partial class ImportWorker(
    TenantStore tenants, Database database, ImportLoader loader, Spool spool, ImportSignal signal, TimeProvider clock, ILogger<ImportWorker> log)
    : BackgroundService
{
    private const int Attempts = 3;
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private static readonly Sql FindUnfinished = new("SELECT id FROM import WHERE bank_id = @bank AND finished_at IS NULL ORDER BY id");

    private readonly Dictionary<Id, int> failures = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = SweepEvery;
            try
            {
                wait = await SweepAsync(stoppingToken) ? SweepEvery : RetryAfter;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogSweepFailed(exception);
                wait = RetryAfter;
            }

            await signal.WaitAsync(wait, stoppingToken);
        }
    }

    /// <summary>Loads everything there is to load; false when something of it must be tried again.</summary>
    internal async Task<bool> SweepAsync(CancellationToken cancellation)
    {
        var unfinished = new List<(int Bank, Queue<Id> Imports)>();
        foreach (var bank in await tenants.BanksAsync(cancellation))
        {
            await using var session = await database.OpenAsync(TenantContext.SystemFor(bank.Number), write: false, cancellation);
            unfinished.Add((bank.Number, new(await session.ListAsync<Id>(FindUnfinished, new { bank = bank.Number }, cancellation))));
        }

        spool.RemoveOrphans(unfinished.SelectMany(bank => bank.Imports).ToHashSet(), clock.GetUtcNow());
        var done = true;
        while (unfinished.Exists(bank => bank.Imports.Count > 0))
        {
            foreach (var (bank, imports) in unfinished.Where(bank => bank.Imports.Count > 0))
            {
                done &= await LoadAsync(bank, imports.Dequeue(), cancellation);
            }
        }

        return done;
    }

    private async Task<bool> LoadAsync(int bank, Id import, CancellationToken cancellation)
    {
        try
        {
            await loader.RunAsync(bank, import, cancellation);
            failures.Remove(import);
            return true;
        }
        catch (ImportTakenException)
        {
            return true;
        }
        catch (DatabaseBusyException)
        {
            return false;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or OutOfMemoryException))
        {
            LogLoadFailed(exception, import);
            failures[import] = failures.GetValueOrDefault(import) + 1;
            if (failures[import] < Attempts)
            {
                return false;
            }

            await loader.GiveUpAsync(bank, import, cancellation);
            failures.Remove(import);
            return true;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking for imports failed")]
    private partial void LogSweepFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Import {Import} failed; it will be tried again")]
    private partial void LogLoadFailed(Exception exception, Id import);
}
