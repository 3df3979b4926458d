using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Webhooks;

/// <summary>
/// Sends what is due, at least once and in order for each account: a message waits until those before it of the same account
/// have arrived or were given up. What an instance takes it holds for a while; if it dies another takes it after that.
/// </summary>
internal sealed class Sender(SystemWork system, WebhookHttp http, TimeProvider clock)
{
    private const int AtOnce = 16;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <summary>How long after one attempt the next is made. The last failure gives the message up.</summary>
    internal static readonly TimeSpan[] Waits =
    [
        TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    private static readonly Sql Due = new("""
        SELECT TOP (@take) d.id, d.message_id, d.body, d.attempts, s.id AS subscription_id, s.url, s.secret_cipher, s.former_secret_cipher, s.former_secret_until
        FROM webhook_delivery AS d WITH (UPDLOCK, HOLDLOCK)
        INNER JOIN webhook_subscription AS s ON s.tenant_id = d.tenant_id AND s.id = d.subscription_id
        WHERE d.tenant_id = @tenant AND d.state = 'pending' AND d.next_attempt_at <= @now AND (d.leased_until IS NULL OR d.leased_until <= @now) AND s.state = 'enabled'
            AND NOT EXISTS
            (
                SELECT 1
                FROM webhook_delivery AS p
                WHERE p.tenant_id = d.tenant_id AND p.subscription_id = d.subscription_id AND p.order_key = d.order_key AND p.state = 'pending' AND p.id < d.id
            )
        ORDER BY d.next_attempt_at, d.id
        """);

    private static readonly Sql AnyDue = new("""
        SELECT TOP (@take) d.id
        FROM webhook_delivery AS d
        INNER JOIN webhook_subscription AS s ON s.tenant_id = d.tenant_id AND s.id = d.subscription_id
        WHERE d.tenant_id = @tenant AND d.state = 'pending' AND d.next_attempt_at <= @now AND (d.leased_until IS NULL OR d.leased_until <= @now) AND s.state = 'enabled'
        ORDER BY d.next_attempt_at, d.id
        """);

    private static readonly Sql Take = new("UPDATE webhook_delivery SET leased_until = @until WHERE tenant_id = @tenant AND id = @id");

    private static readonly Sql Finish = new("""
        UPDATE webhook_delivery
        SET state = @state, attempts = @attempts, next_attempt_at = @next, leased_until = NULL, finished_at = @finished
        WHERE tenant_id = @tenant AND id = @id
        """);

    private static readonly Sql StillPending = new("SELECT id FROM webhook_delivery WITH (UPDLOCK, HOLDLOCK) WHERE tenant_id = @tenant AND id = @id AND state = 'pending'");

    private static readonly Sql InsertAttempt = new("""
        INSERT INTO webhook_attempt (tenant_id, delivery_id, number, attempted_at, milliseconds, status, error)
        VALUES (@tenant, @id, @number, @at, @milliseconds, @status, @error)
        """);

    private static readonly Sql Disable = new("""
        UPDATE webhook_subscription
        SET state = 'disabled', disabled_reason = 'gone', changed_at = @now
        WHERE tenant_id = @tenant AND id = @id AND state = 'enabled'
        """);

    /// <summary>Whether anything is due: asked first, since taking it takes the writer's place.</summary>
    public static async Task<bool> IsNeededAsync(Session db, TenantInfo tenant, DateTimeOffset now, CancellationToken cancellation) =>
        (await db.ListAsync<Id>(AnyDue, new { tenant = tenant.Number, now, take = 1 }, cancellation)).Count > 0;

    /// <summary>Sends what is due for a tenant. True when there may be more.</summary>
    public async Task<bool> RunAsync(TenantInfo tenant, CancellationToken cancellation)
    {
        IReadOnlyList<DueRow> due = [];
        List<string[]> secrets = [];
        var context = new TenantContext(tenant.Number, tenant.Kind);
        await system.RunAsync(context, async work =>
        {
            due = await work.Db.ListAsync<DueRow>(Due, new { tenant = work.Tenant, now = work.Now, take = AtOnce }, cancellation);
            secrets = [.. due.Select(row => row.Secrets(work))];
            await work.Db.ExecuteAsync(Take, due.Select(row => new { tenant = work.Tenant, id = row.Id, until = work.Now + Lease }).ToList());
        }, cancellation);
        var results = await Task.WhenAll(due.Select((row, index) => AttemptAsync(row, secrets[index], cancellation)));
        foreach (var (row, result) in due.Zip(results))
        {
            await system.RunAsync(context, work => NoteAsync(work, row, result), cancellation);
        }

        return due.Count > 0;
    }

    private async Task<Result> AttemptAsync(DueRow row, string[] secrets, CancellationToken cancellation)
    {
        var at = clock.GetUtcNow();
        var began = Stopwatch.GetTimestamp();
        using var message = new HttpRequestMessage(HttpMethod.Post, row.Url) { Content = new StringContent(row.Body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        message.Headers.Add("webhook-id", row.MessageId.ToString());
        message.Headers.Add("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        message.Headers.Add("webhook-signature", Signature.Of(secrets, row.MessageId.ToString(), at, row.Body));
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

    private static async Task NoteAsync(Work work, DueRow row, Result result)
    {
        // Removed while it was on its way, or taken by another instance after the lease ran out.
        if (await work.Db.FindAsync<Id?>(StillPending, new { tenant = work.Tenant, id = row.Id }) is null)
        {
            return;
        }

        var attempts = row.Attempts + 1;
        var state = result switch
        {
            { Status: >= 200 and < 300 } => WebhookDeliveryState.Delivered,
            { Status: StatusCodes.Status410Gone } => WebhookDeliveryState.Failed,
            _ => attempts == Waits.Length ? WebhookDeliveryState.Failed : WebhookDeliveryState.Pending,
        };
        await work.Db.ExecuteAsync(InsertAttempt, new { tenant = work.Tenant, id = row.Id, number = attempts, result.At, result.Milliseconds, result.Status, result.Error });
        await work.Db.ExecuteAsync(Finish, new
        {
            tenant = work.Tenant,
            id = row.Id,
            state = Words.Of(state),
            attempts,
            next = state == WebhookDeliveryState.Pending ? result.At + Waits[attempts] : result.At,
            finished = state == WebhookDeliveryState.Pending ? (DateTimeOffset?)null : work.Now,
        });
        if (result.Status == StatusCodes.Status410Gone)
        {
            await work.Db.ExecuteAsync(Disable, new { tenant = work.Tenant, id = row.SubscriptionId, now = work.Now });
            await work.AuditAsync("webhook_subscription.gone", row.SubscriptionId);
        }
    }

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

    private sealed record DueRow(
        Id Id, Id MessageId, string Body, int Attempts, Id SubscriptionId, string Url, byte[] SecretCipher, byte[]? FormerSecretCipher, DateTimeOffset? FormerSecretUntil)
    {
        /// <summary>The secrets in force, newest first.</summary>
        public string[] Secrets(Work work)
        {
            var secret = work.PrivateFields.Decrypt(work.Tenant, "webhook_subscription", "secret_cipher", SubscriptionId, SecretCipher);
            return FormerSecretCipher is not null && FormerSecretUntil > work.Now
                ? [secret, work.PrivateFields.Decrypt(work.Tenant, "webhook_subscription", "former_secret_cipher", SubscriptionId, FormerSecretCipher)]
                : [secret];
        }
    }
}
