using System.Net.Http.Headers;
using System.Text.Json;
using Agency.Sdk;

namespace Agency.Host.Demo;

/// <summary>The API clients of the example tenants, signed in for as long as the clock's steps need it.</summary>
internal sealed class DemoClients : IDisposable
{
    private readonly List<HttpClient> connections = [];
    private readonly Dictionary<string, AgencyClient> clients;

    public DemoClients(Uri api, TimeProvider clock) => clients = ((string[])["harbour", "summit", "swift", "lantern"]).ToDictionary(
        tenant => tenant,
        tenant =>
        {
            connections.Add(new HttpClient(new Tokens($"{tenant}-api", clock)) { BaseAddress = api });
            return new AgencyClient(connections[^1]);
        },
        StringComparer.Ordinal);

    public AgencyClient this[string tenant] => clients[tenant];

    public void Dispose()
    {
        foreach (var client in clients.Values)
        {
            client.Dispose();
        }

        connections.ForEach(connection => connection.Dispose());
    }

    // Not the SDK's own tokens: those count the running time, and this clock jumps.
    private sealed class Tokens(string clientId, TimeProvider clock) : DelegatingHandler(new HttpClientHandler())
    {
        // A token lives ten minutes.
        private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(9);

        private string? token;
        private DateTimeOffset until;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (clock.GetUtcNow() >= until)
            {
                until = clock.GetUtcNow() + GoodFor;
                token = await FetchAsync(new Uri(request.RequestUri!, "/connect/token"), cancellationToken);
            }

            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return await base.SendAsync(request, cancellationToken);
        }

        private async Task<string?> FetchAsync(Uri address, CancellationToken cancellation)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address);
            request.Content = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["grant_type"] = "client_credentials",
                ["client_id"] = clientId,
                ["client_secret"] = DemoTenants.SecretOf(clientId),
            });
            using var answer = await base.SendAsync(request, cancellation);
            return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("access_token").GetString();
        }
    }
}
