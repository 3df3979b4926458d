using System.Net.Http.Headers;
using System.Text.Json;

namespace Agency.Host.Demo;

/// <summary>The API clients of the example tenants, signed in.</summary>
internal sealed class DemoClients : IAsyncDisposable
{
    private readonly Dictionary<string, HttpClient> clients = new(StringComparer.Ordinal);

    public HttpClient this[string tenant] => clients[tenant];

    public static async Task<DemoClients> SignInAsync(Uri api, CancellationToken cancellation)
    {
        var signedIn = new DemoClients();
        foreach (var tenant in (string[])["harbour", "summit", "swift", "lantern"])
        {
            var http = signedIn.clients[tenant] = new HttpClient { BaseAddress = api };
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["grant_type"] = "client_credentials",
                ["client_id"] = $"{tenant}-api",
                ["client_secret"] = DemoTenants.SecretOf($"{tenant}-api"),
            });
            var answer = await http.PostAsync(new Uri("/connect/token", UriKind.Relative), form, cancellation);
            var token = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellation);
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("access_token").GetString());
        }

        return signedIn;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var client in clients.Values)
        {
            client.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
