using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Agency.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Agency.Tests.Support;

/// <summary>
/// The API on a real port over its own fresh database, at a set time: the banks harbour and summit, the agencies swift and
/// lantern, the operator; each with a client <c>{code}-api</c> and a person a role, <c>collector@swift.example</c>.
/// </summary>
/// <example><c>await using var service = await TestService.StartAsync(); var answer = await service.For("harbour").GetAsync("/v1/agencies");</c></example>
public sealed class TestService : IAsyncDisposable
{
    // A minute less than a token lives, so that one is never sent that expires on the way.
    private static readonly TimeSpan TokenGoodFor = TimeSpan.FromMinutes(9);

    private readonly ConcurrentDictionary<string, (string Token, DateTimeOffset Until)> tokens = new(StringComparer.Ordinal);
    private readonly List<HttpClient> clients = [];
    private readonly WebApplication app;
    private readonly bool ownsDatabase;

    private TestService(WebApplication app, TestDatabase database, FakeTimeProvider clock, bool ownsDatabase)
    {
        this.app = app;
        this.ownsDatabase = ownsDatabase;
        Database = database;
        Clock = clock;
        Address = new Uri(app.Urls.First());
        Anonymous = NewClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
    }

    /// <summary>Set by hand: nothing moves it but <see cref="FakeTimeProvider.Advance"/>.</summary>
    public FakeTimeProvider Clock { get; }

    public TestDatabase Database { get; }

    public IServiceProvider Services => app.Services;

    public Uri Address { get; }

    /// <summary>Sends no token; follows no redirect.</summary>
    public HttpClient Anonymous { get; }

    /// <summary>Starts the service, on a database of its own unless one is given.</summary>
    public static async Task<TestService> StartAsync(Action<WebApplicationBuilder>? configure = null, TestDatabase? database = null, FakeTimeProvider? clock = null)
    {
        var own = database is null;
        database ??= await TestDatabase.CreateAsync();
        clock ??= new FakeTimeProvider(TestDatabase.Start);
        var built = ApiApp.Build([], builder =>
        {
            database.Configure(builder, clock);
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            configure?.Invoke(builder);
        });
        await built.StartAsync();
        return new TestService(built, database, clock, own);
    }

    /// <summary>Calls as the API client of a tenant: <c>For("swift")</c> is swift-api, with every scope of an agency.</summary>
    public HttpClient For(string tenant) => WithToken(() => TokenForAsync(tenant));

    /// <summary>Calls as a person who signed in through the portal: <c>ForPerson("analyst@harbour.example")</c>.</summary>
    public HttpClient ForPerson(string email) => WithToken(() => TokenForPersonAsync(email));

    /// <summary>A new client that sends this token.</summary>
    public HttpClient With(string token) => WithToken(() => Task.FromResult(token));

    public Task<string> TokenForAsync(string tenant) => CachedAsync(tenant, async () =>
    {
        var answer = await Connect.ClientCredentialsAsync(Anonymous, $"{tenant}-api", TestDatabase.SecretOf($"{tenant}-api"));
        return answer.GetProperty("access_token").GetString()!;
    });

    public Task<string> TokenForPersonAsync(string email) => CachedAsync(email, async () =>
    {
        using var browser = new Browser(Address);
        var answer = await browser.SignInAsync(email, TestDatabase.Password);
        return answer.GetProperty("access_token").GetString()!;
    });

    /// <summary>The id of a tenant by its code, as the operator reads it.</summary>
    public async Task<string> IdOfAsync(string tenant)
    {
        var list = await For("operator").GetFromJsonAsync<JsonElement>("/v1/tenants");
        return list.GetProperty("items").EnumerateArray().First(item => item.GetProperty("code").GetString() == tenant).GetProperty("id").GetString()!;
    }

    /// <summary>A client without redirects or cookies; it ends with the service.</summary>
    public HttpClient NewClient(HttpMessageHandler handler)
    {
        var client = new HttpClient(handler) { BaseAddress = Address };
        lock (clients)
        {
            clients.Add(client);
        }

        return client;
    }

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(client => client.Dispose());
        await app.StopAsync();
        await app.DisposeAsync();
        if (ownsDatabase)
        {
            Database.Dispose();
        }
    }

    private async Task<string> CachedAsync(string who, Func<Task<string>> fetch)
    {
        if (!tokens.TryGetValue(who, out var held) || held.Until <= Clock.GetUtcNow())
        {
            held = tokens[who] = (await fetch(), Clock.GetUtcNow() + TokenGoodFor);
        }

        return held.Token;
    }

    private HttpClient WithToken(Func<Task<string>> token) =>
        NewClient(new Bearer(token) { InnerHandler = new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false } });

    private sealed class Bearer(Func<Task<string>> token) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization ??= new AuthenticationHeaderValue("Bearer", await token());
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
