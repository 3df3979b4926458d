using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Webhooks;

/// <summary>
/// Sends what is due, at least once and in order for each account: a message waits until those before it of the same account
/// have arrived or were given up. What an instance takes it holds for a while; if it dies another takes it after that.
/// </summary>
/// <remarks>
/// The order is that of the events, which is why a message is not looked at before its position is settled: on SQL Server one
/// that is still being written may come to stand before it (see <see cref="Feed"/>).
/// </remarks>
internal sealed class Sender(Database database, SystemWork system, WebhookHttp http, TimeProvider clock)
{
    private const int AtOnce = 16;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <summary>How long after one attempt the next is made. The last failure gives the message up.</summary>
    internal static readonly TimeSpan[] Waits =
    [
        TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    private const string IsDue = """
        d.state = 'pending' AND d.next_attempt_at <= @now AND (d.leased_until IS NULL OR d.leased_until <= @now) AND d.position < @upTo
            AND NOT EXISTS
            (
                SELECT 1
                FROM webhook_delivery AS p
                WHERE p.tenant_id = d.tenant_id AND p.subscription_id = d.subscription_id AND p.order_key = d.order_key AND p.state = 'pending'
                    AND p.position <= d.position AND (p.position < d.position OR p.id < d.id)
            )
        """;

    private static readonly Sql Ready = new($"""
        SELECT s.id
        FROM webhook_subscription AS s
        WHERE s.tenant_id = @tenant AND s.state = 'enabled' AND EXISTS
            (
                SELECT 1
                FROM webhook_delivery AS d
                WHERE d.tenant_id = s.tenant_id AND d.subscription_id = s.id AND {IsDue}
            )
        """);

    private static readonly Sql FindRecipient = new("""
        SELECT id, url, secret_cipher, former_secret_cipher, former_secret_until
        FROM webhook_subscription
        WHERE tenant_id = @tenant AND id = @subscription AND state = 'enabled'
        """);

    // A row that a deed is writing, or another instance taking, is passed over and not waited for.
    private static readonly Sql Due = new($"""
        SELECT TOP (@take) {QueuedMessage.Columns}
        FROM webhook_delivery AS d WITH (UPDLOCK, READPAST, READCOMMITTEDLOCK)
        {QueuedMessage.WithEvent}
        WHERE d.tenant_id = @tenant AND d.subscription_id = @subscription AND {IsDue}
        ORDER BY d.next_attempt_at, d.id
        """);

    private static readonly Sql Take = new("UPDATE webhook_delivery SET leased_until = @until WHERE tenant_id = @tenant AND id = @id");

    private static readonly Sql Finish = new("""
        UPDATE webhook_delivery
        SET state = @state, attempts = @attempts, next_attempt_at = @next, leased_until = NULL, finished_at = @finished
        WHERE tenant_id = @tenant AND id = @id
        """);

    private static readonly Sql Postpone = new("""
        UPDATE webhook_delivery
        SET next_attempt_at = @next
        WHERE tenant_id = @tenant AND subscription_id = @subscription AND order_key = @orderKey AND state = 'pending' AND position >= @position AND next_attempt_at < @next
        """);

    private static readonly Sql StillPending = new("SELECT id FROM webhook_delivery WITH (UPDLOCK, HOLDLOCK) WHERE tenant_id = @tenant AND id = @id AND state = 'pending' AND attempts = @attempts");

    private static readonly Sql InsertAttempt = new("""
        INSERT INTO webhook_attempt (tenant_id, delivery_id, number, attempted_at, milliseconds, status, error)
        VALUES (@tenant, @id, @number, @at, @milliseconds, @status, @error)
        """);

    private static readonly Sql StillEnabled = new("SELECT id FROM webhook_subscription WITH (UPDLOCK, HOLDLOCK) WHERE tenant_id = @tenant AND id = @subscription AND state = 'enabled' AND url = @url");

    private static readonly Sql Disable = new("""
        UPDATE webhook_subscription
        SET state = 'disabled', disabled_reason = 'gone', changed_at = @now
        WHERE tenant_id = @tenant AND id = @subscription
        """);

    /// <summary>The tenant's subscriptions that have something to be sent now. It only reads: taking is asked for where there is something.</summary>
    public async Task<IReadOnlyList<Id>> FindReadyAsync(TenantInfo tenant, CancellationToken cancellation)
    {
        await using var db = await database.OpenAsync(new TenantContext(tenant.Number, tenant.Kind), write: false, cancellation);
        var upTo = await Feed.LimitAsync(db, cancellation);
        return await db.ListAsync<Id>(Ready, new { tenant = tenant.Number, now = clock.GetUtcNow(), upTo }, cancellation);
    }

    /// <summary>Sends a subscription some of what is due. True when there may be more.</summary>
    public async Task<bool> RunAsync(TenantInfo tenant, Id subscription, CancellationToken cancellation)
    {
        var context = new TenantContext(tenant.Number, tenant.Kind);
        List<Parcel> parcels = [];
        await system.RunAsync(context, async work => parcels = await TakeAsync(work, subscription, cancellation), cancellation);
        if (parcels.Count == 0)
        {
            return false;
        }

        var results = await Task.WhenAll(parcels.Select(parcel => AttemptAsync(parcel, cancellation)));
        await system.RunAsync(context, async work =>
        {
            foreach (var (parcel, result) in parcels.Zip(results))
            {
                await NoteAsync(work, parcel.Message, result);
            }

            // Last: a deed that writes to the queue meanwhile reads the subscription, and would wait for it while this waits for the deed.
            if (Array.Exists(results, result => result.Status == StatusCodes.Status410Gone))
            {
                await DisableAsync(work, subscription, parcels[0].Url);
            }
        }, cancellation);
        return true;
    }

    private static async Task<List<Parcel>> TakeAsync(Work work, Id subscription, CancellationToken cancellation)
    {
        var upTo = await Feed.LimitAsync(work.Db, cancellation);
        if (await work.Db.FindAsync<Recipient>(FindRecipient, new { tenant = work.Tenant, subscription }, cancellation) is not { } recipient)
        {
            return [];
        }

        var secrets = recipient.Secrets(work);
        List<Parcel> parcels = [];
        foreach (var message in await work.Db.ListAsync<QueuedMessage>(Due, new { tenant = work.Tenant, subscription, now = work.Now, upTo, take = AtOnce }, cancellation))
        {
            if (message.Body(work) is { } body)
            {
                parcels.Add(new(message, recipient.Url, secrets, body));
                await work.Db.ExecuteAsync(Take, new { tenant = work.Tenant, id = message.Id, until = work.Now + Lease }, cancellation);
            }
            else
            {
                // What the tenant may not be told any more holds up nothing that comes after it.
                await FinishAsync(work, message, WebhookDeliveryState.Failed, message.Attempts, work.Now);
            }
        }

        return parcels;
    }

    private async Task<Result> AttemptAsync(Parcel parcel, CancellationToken cancellation)
    {
        var at = clock.GetUtcNow();
        var began = Stopwatch.GetTimestamp();
        using var message = new HttpRequestMessage(HttpMethod.Post, parcel.Url) { Content = new StringContent(parcel.Body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        var id = parcel.Message.MessageId.ToString();
        message.Headers.Add("webhook-id", id);
        message.Headers.Add("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        message.Headers.Add("webhook-signature", Signature.Of(parcel.Secrets, id, at, parcel.Body));
        (int? Status, string? Error) outcome;
        try
        {
            outcome = (await http.SendAsync(message, cancellation), null);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested && exception is HttpRequestException or IOException or SocketException or OperationCanceledException or UriFormatException)
        {
            outcome = (null, WordFor(exception));
        }

        return new(at, (int)Stopwatch.GetElapsedTime(began).TotalMilliseconds, outcome.Status, outcome.Error);
    }

    private static async Task NoteAsync(Work work, QueuedMessage message, Result result)
    {
        // Removed while it was on its way, or taken by another instance after the lease ran out.
        if (await work.Db.FindAsync<Id?>(StillPending, new { tenant = work.Tenant, id = message.Id, message.Attempts }) is null)
        {
            return;
        }

        var attempts = message.Attempts + 1;
        var state = result switch
        {
            { Status: >= 200 and < 300 } => WebhookDeliveryState.Delivered,
            { Status: StatusCodes.Status410Gone } => WebhookDeliveryState.Failed,
            _ => attempts == Waits.Length ? WebhookDeliveryState.Failed : WebhookDeliveryState.Pending,
        };
        var next = state == WebhookDeliveryState.Pending ? result.At + Waits[attempts] : result.At;
        await work.Db.ExecuteAsync(InsertAttempt, new { tenant = work.Tenant, id = message.Id, number = attempts, result.At, result.Milliseconds, result.Status, result.Error });
        await FinishAsync(work, message, state, attempts, next);
        if (state == WebhookDeliveryState.Pending)
        {
            // What waits behind it waits as long: it is not looked at in vain every second.
            await work.Db.ExecuteAsync(Postpone, new { tenant = work.Tenant, subscription = message.SubscriptionId, message.OrderKey, message.Position, next });
        }
    }

    // The address that is gone may be another than the one that its owner has given since.
    private static async Task DisableAsync(Work work, Id subscription, string url)
    {
        if (await work.Db.FindAsync<Id?>(StillEnabled, new { tenant = work.Tenant, subscription, url }) is not null)
        {
            await work.Db.ExecuteAsync(Disable, new { tenant = work.Tenant, subscription, now = work.Now });
            await work.AuditAsync("webhook_subscription.gone", subscription, changes: BeforeAfter.OfState(WebhookState.Enabled, WebhookState.Disabled));
        }
    }

    private static Task FinishAsync(Work work, QueuedMessage message, WebhookDeliveryState state, int attempts, DateTimeOffset next) => work.Db.ExecuteAsync(Finish, new
    {
        tenant = work.Tenant,
        id = message.Id,
        state = Words.Of(state),
        attempts,
        next,
        finished = state == WebhookDeliveryState.Pending ? (DateTimeOffset?)null : work.Now,
    });

    private static string WordFor(Exception exception) => exception switch
    {
        _ when Find<AddressRefusedException>(exception) => "address_refused",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "name_not_found",
        _ when exception.InnerException is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } => "name_not_found",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "tls_failed",
        OperationCanceledException => "timed_out",
        UriFormatException => "address_refused",
        _ => "connection_failed",
    };

    private static bool Find<T>(Exception? exception)
        where T : Exception => exception is not null && (exception is T || Find<T>(exception.InnerException));

    private sealed record Result(DateTimeOffset At, int Milliseconds, int? Status, string? Error);

    /// <summary>A message, ready to be sent.</summary>
    private sealed record Parcel(QueuedMessage Message, string Url, string[] Secrets, string Body);

    private sealed record Recipient(Id Id, string Url, byte[] SecretCipher, byte[]? FormerSecretCipher, DateTimeOffset? FormerSecretUntil)
    {
        /// <summary>The secrets in force, newest first.</summary>
        public string[] Secrets(Work work)
        {
            var secret = work.PrivateFields.Decrypt(work.Tenant, "webhook_subscription", "secret_cipher", Id, SecretCipher);
            return FormerSecretCipher is not null && FormerSecretUntil > work.Now
                ? [secret, work.PrivateFields.Decrypt(work.Tenant, "webhook_subscription", "former_secret_cipher", Id, FormerSecretCipher)]
                : [secret];
        }
    }
}
