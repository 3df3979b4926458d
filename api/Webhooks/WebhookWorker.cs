using Agency.Api.Data;
using Agency.Api.Tenancy;

namespace Agency.Api.Webhooks;

/// <summary>Wakes the sender when a subscription changed.</summary>
internal sealed class WebhookSignal : Signal;

/// <summary>
/// Sends webhooks in the background, tenant by tenant. Which tenants have subscriptions is looked up once a while; their events
/// every second.
/// </summary>
internal sealed partial class WebhookWorker(
    TenantStore tenants, Database database, SystemWork system, Sender sender, WebhookSignal signal, WebhookSettings settings, TimeProvider clock, ILogger<WebhookWorker> log)
    : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookUpEvery = TimeSpan.FromSeconds(30);

    private static readonly Sql Any = new("SELECT COUNT(*) FROM webhook_subscription WHERE tenant_id = @tenant AND state <> 'removed'");

    private List<TenantInfo> subscribers = [];
    private DateTimeOffset lookUpAt;

    /// <summary>Sends everything that is due now, and what follows from it.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        await LookUpAsync(cancellation);
        foreach (var tenant in subscribers)
        {
            while (await RunAsync(tenant, cancellation))
            {
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (settings.Background && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (clock.GetUtcNow() >= lookUpAt)
                {
                    await LookUpAsync(stoppingToken);
                }

                foreach (var tenant in subscribers)
                {
                    _ = await RunAsync(tenant, stoppingToken);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested && exception is not OutOfMemoryException)
            {
                LogFailure(exception);
            }

            if (await signal.WaitAsync(LookEvery, stoppingToken))
            {
                lookUpAt = default;
            }
        }
    }

    // True when something was done, after which there may be more.
    private async Task<bool> RunAsync(TenantInfo tenant, CancellationToken cancellation)
    {
        var context = new TenantContext(tenant.Number, tenant.Kind);
        bool news, due;
        await using (var session = await database.OpenAsync(context, write: false, cancellation))
        {
            news = await FanOut.IsNeededAsync(session, tenant, cancellation);
            due = news || await Sender.IsNeededAsync(session, tenant, clock.GetUtcNow(), cancellation);
        }

        if (news)
        {
            await system.RunAsync(context, work => FanOut.RunAsync(work, cancellation), cancellation);
        }

        return due && (await sender.RunAsync(tenant, cancellation) || news);
    }

    private async Task LookUpAsync(CancellationToken cancellation)
    {
        var found = new List<TenantInfo>();
        foreach (var tenant in (await tenants.AllAsync(cancellation)).Where(tenant => tenant.Kind is TenantKind.Bank or TenantKind.Agency))
        {
            await using var session = await database.OpenAsync(new TenantContext(tenant.Number, tenant.Kind), write: false, cancellation);
            if (await session.FindAsync<int>(Any, new { tenant = tenant.Number }, cancellation) > 0)
            {
                found.Add(tenant);
            }
        }

        subscribers = found;
        lookUpAt = clock.GetUtcNow() + LookUpEvery;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending webhooks failed; the next run tries again")]
    private partial void LogFailure(Exception exception);
}
