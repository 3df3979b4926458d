namespace Agency.Api.Identity;

/// <summary>Every hour forgets tokens that expired, and the sign-ins of which none is left: a day later, for whoever looks into an incident.</summary>
internal sealed partial class TokenSweep(TokenStore tokens, SignInStore signIns, TimeProvider clock, ILogger<TokenSweep> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var before = clock.GetUtcNow() - Kept;
                await tokens.PruneAsync(before, stoppingToken);
                await signIns.PruneAsync(before, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Expired tokens could not be removed; the next hour tries again")]
    private partial void LogFailed(Exception exception);
}
