using System.Threading.Channels;
using Agency.Api.Data;
using Agency.Api.Tenancy;

namespace Agency.Api.Assignments;

/// <summary>
/// Carries out what was said about keeping a large assignment's cases, a batch a transaction. Each batch reads under lock how far it has
/// come, so that it may run twice, at once, or after a process was killed.
/// </summary>
internal sealed partial class RetentionSteps(SystemWork system, Database database, TenantStore tenants, ILogger<RetentionSteps> log)
{
    private static readonly Sql Pending = new($"SELECT {Retention.Columns} FROM assignment_retention AS t WHERE t.bank_id = @bank AND t.finished_at IS NULL");

    private readonly Channel<Retention> said = Channel.CreateUnbounded<Retention>();

    /// <summary>What was said, as it comes.</summary>
    public IAsyncEnumerable<Retention> SaidAsync(CancellationToken cancellation) => said.Reader.ReadAllAsync(cancellation);

    /// <summary>Has it carried out in the background. Losing this delays it until the next sweep, no more.</summary>
    public Task Later(Retention retention) => said.Writer.WriteAsync(retention).AsTask();

    /// <summary>Carries out all that was left undone, bank by bank.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        foreach (var bank in await tenants.BanksAsync(cancellation))
        {
            IReadOnlyList<Retention> pending;
            await using (var session = await database.OpenAsync(TenantContext.SystemFor(bank.Number), write: false, cancellation))
            {
                pending = await session.ListAsync<Retention>(Pending, new { bank = bank.Number }, cancellation);
            }

            foreach (var retention in pending)
            {
                await TryAsync(retention, cancellation);
            }
        }
    }

    /// <summary>One that fails must not hold up the others; the next sweep tries it again.</summary>
    public async Task TryAsync(Retention retention, CancellationToken cancellation)
    {
        try
        {
            var goesOn = true;
            while (goesOn)
            {
                goesOn = await StepAsync(retention, cancellation);
            }
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            LogFailure(exception, retention.Id);
        }
    }

    // What the bank took back or closed meanwhile has no case left to keep.
    private async Task<bool> StepAsync(Retention retention, CancellationToken cancellation)
    {
        var goesOn = false;
        await system.RunAsync(retention.Context, async work =>
        {
            var assignment = await Standing.LockAsync(work.Db, retention.BankId, retention.AssignmentId);
            if (await Retention.LockAsync(work.Db, retention.BankId, retention.Id) is { FinishedAt: null } stands)
            {
                stands = await (assignment is { EndedAt: null } ? stands.GoOnAsync(work) : stands.FinishAsync(work));
                goesOn = stands.FinishedAt is null;
            }
        }, cancellation);
        return goesOn;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Retention {Retention} could not be carried on; the next sweep tries again")]
    private partial void LogFailure(Exception exception, Id retention);
}

/// <summary>Carries out what large requests left for the background, one after the other.</summary>
internal sealed class RetentionWorker(RetentionSteps steps) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var retention in steps.SaidAsync(stoppingToken))
            {
                await steps.TryAsync(retention, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped: what is left is found by the next sweep.
        }
    }
}

/// <summary>At start and every minute looks for what was left undone.</summary>
internal sealed class RetentionSweep(RetentionSteps steps, TimeProvider clock, ILogger<RetentionSweep> log) : Sweep(TimeSpan.FromMinutes(1), clock, log)
{
    internal override Task RunAsync(CancellationToken cancellation) => steps.SweepAsync(cancellation);
}
