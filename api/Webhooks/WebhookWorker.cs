using Agency.Api.Data;
using Agency.Api.Tenancy;

namespace Agency.Api.Webhooks;

/// <summary>Wakes the sender when a subscription changed.</summary>
internal sealed class WebhookSignal : Signal;

/// <summary>
/// Sends webhooks in the background. Which tenants have subscriptions is looked up once a while; their queues every second. Each
/// subscription is sent to by itself, so that a receiver that takes its time holds up no other.
/// </summary>
internal sealed partial class WebhookWorker(
    TenantStore tenants, Database database, Sender sender, WebhookSignal signal, WebhookSettings settings, TimeProvider clock, ILogger<WebhookWorker> log)
    : BackgroundService
{
    // A tenant has 20 subscriptions at most, so that none can take all places.
    private const int SubscriptionsAtOnce = 64;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookUpEvery = TimeSpan.FromSeconds(30);

    private static readonly Sql Any = new("SELECT COUNT(*) FROM webhook_subscription WHERE tenant_id = @tenant AND state <> 'removed'");

    private readonly Dictionary<Id, Task> sending = [];
    private List<TenantInfo> subscribers = [];
    private DateTimeOffset lookUpAt;

    /// <summary>Sends everything that is due now, and what follows from it.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        await LookUpAsync(cancellation);
        foreach (var tenant in subscribers)
        {
            while (await sender.FindReadyAsync(tenant, cancellation) is { Count: > 0 } ready)
            {
                await Task.WhenAll(ready.Select(subscription => sender.RunAsync(tenant, subscription, cancellation)));
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (settings.Background && !stoppingToken.IsCancellationRequested)
            {
                await LookAsync(stoppingToken);
                if (await signal.WaitAsync(LookEvery, stoppingToken))
                {
                    lookUpAt = default;
                }
            }
        }
        finally
        {
            await Task.WhenAll(sending.Values);
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            if (clock.GetUtcNow() >= lookUpAt)
            {
                await LookUpAsync(cancellation);
            }

            foreach (var tenant in subscribers)
            {
                await BeginAsync(tenant, cancellation);
            }
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested && exception is not OutOfMemoryException)
        {
            LogFailure(exception);
        }
    }

    // Begins where nothing is on its way already; what finds no place is found again a second later.
    private async Task BeginAsync(TenantInfo tenant, CancellationToken cancellation)
    {
        foreach (var subscription in await sender.FindReadyAsync(tenant, cancellation))
        {
            foreach (var (done, _) in sending.Where(task => task.Value.IsCompleted).ToList())
            {
                sending.Remove(done);
            }

            if (sending.Count < SubscriptionsAtOnce && !sending.ContainsKey(subscription))
            {
                sending[subscription] = SendAsync(tenant, subscription, cancellation);
            }
        }
    }

    private async Task SendAsync(TenantInfo tenant, Id subscription, CancellationToken cancellation)
    {
        try
        {
            while (await sender.RunAsync(tenant, subscription, cancellation))
            {
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            if (!cancellation.IsCancellationRequested)
            {
                LogFailure(exception);
            }
        }
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
