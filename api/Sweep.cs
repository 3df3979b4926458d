namespace Agency.Api;

/// <summary>Work done at start and again and again in the background. A run that fails is logged; the next one tries again.</summary>
internal abstract partial class Sweep(TimeSpan every, TimeProvider clock, ILogger log) : BackgroundService
{
    protected TimeProvider Clock { get; } = clock;

    /// <summary>One run. It must be safe to do twice.</summary>
    internal abstract Task RunAsync(CancellationToken cancellation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, Clock);
        try
        {
            do
            {
                // Off the clock's own thread: a clock that leaps goes on to its next tick, and what it missed is one run.
                await Task.Yield();
                await TryAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped: alone or with all, that is no failure of it.
        }
    }

    private async Task TryAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailure(exception, GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Sweep} failed; it runs again")]
    private partial void LogFailure(Exception exception, string sweep);
}
