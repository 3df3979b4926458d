using System.Net;
using System.Net.Sockets;

namespace Agency.Api.Webhooks;

/// <summary>Refused to connect: no address of the host may be called.</summary>
internal sealed class AddressRefusedException() : IOException("The host has no address that may be called.");

/// <summary>
/// Sends messages. It follows no redirect, uses no proxy, and connects to nothing but the addresses it has judged itself: the
/// name is looked up once, every address it has must be allowed, and the connection goes to one of those.
/// </summary>
internal sealed class WebhookHttp : IDisposable
{
    private readonly HttpClient http;
    private readonly WebhookSettings settings;

    public WebhookHttp(WebhookSettings settings)
    {
        this.settings = settings;
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            MaxResponseHeadersLength = 16,
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = TimeSpan.FromSeconds(15),
        };
    }

    /// <summary>The status of the receiver's answer; its body is not read.</summary>
    public async Task<int> SendAsync(HttpRequestMessage message, CancellationToken cancellation)
    {
        using var answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return (int)answer.StatusCode;
    }

    public void Dispose() => http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        // A name that can't be looked up throws here: nothing is called then.
        var host = context.DnsEndPoint.Host;
        IPAddress[] addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellation);
        if (addresses.Length == 0 || !Array.TrueForAll(addresses, settings.MayConnectTo))
        {
            throw new AddressRefusedException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
