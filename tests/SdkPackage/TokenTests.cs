using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.SdkPackage;

/// <summary>How the client comes by its tokens.</summary>
public sealed class TokenTests : IAsyncLifetime
{
    private TestService service = null!;

    public async ValueTask InitializeAsync() => service = await TestService.StartAsync();

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Fifty_callers_at_once_fetch_one_token()
    {
        var asked = new Counting();
        using var agency = Client(asked);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => agency.Portfolios.ListPageAsync()));

        Assert.Equal((1, 50), (asked.Tokens, asked.Calls));
    }

    [Fact]
    public async Task A_token_that_no_longer_counts_is_replaced_without_the_caller_seeing_it()
    {
        var asked = new Counting();
        using var agency = Client(asked);
        await agency.Portfolios.ListPageAsync();

        service.Clock.Advance(TimeSpan.FromHours(1));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => agency.Portfolios.ListPageAsync()));

        Assert.Equal(2, asked.Tokens);
    }

    [Fact]
    public async Task Wrong_credentials_are_refused_as_such_and_asked_for_once()
    {
        var asked = new Counting();
        using var agency = Client(asked, secret: "not-the-secret");
        var refusal = await Assert.ThrowsAsync<AgencyUnauthorizedException>(() => agency.Portfolios.ListPageAsync());
        Assert.Contains("invalid_client", refusal.Message, StringComparison.Ordinal);
        Assert.Equal((1, 0), (asked.Tokens, asked.Calls));
    }

    [Fact]
    public async Task A_container_gives_one_client_whose_calls_name_the_application()
    {
        var asked = new Counting();
        var services = new ServiceCollection();
        services.AddAgency(options =>
        {
            (options.BaseAddress, options.ClientId, options.ClientSecret, options.ApplicationName) =
                (service.Address, "harbour-api", TestDatabase.SecretOf("harbour-api"), "nightly-sync/2.1");
        }).ConfigurePrimaryHttpMessageHandler(() => asked);
        await using var provider = services.BuildServiceProvider();

        var agency = provider.GetRequiredService<AgencyClient>();
        await agency.Portfolios.ListPageAsync();

        Assert.Same(agency, provider.GetRequiredService<AgencyClient>());
        Assert.Matches(@"^Agency\.Sdk/\S+ \(.+\) nightly-sync/2\.1$", asked.UserAgent);
    }

    [Theory]
    [InlineData(null, "id", "secret")]
    [InlineData("http://127.0.0.1:1", null, "secret")]
    [InlineData("http://127.0.0.1:1", "id", "")]
    public void Settings_that_lack_something_are_refused_when_the_client_is_made(string? address, string? id, string? secret) =>
        Assert.Throws<ArgumentException>(() => new AgencyClient(new AgencyClientOptions { BaseAddress = address is null ? null : new Uri(address), ClientId = id, ClientSecret = secret }));

    private AgencyClient Client(Counting asked, string? secret = null)
    {
        var services = new ServiceCollection();
        services.AddAgency(options =>
        {
            (options.BaseAddress, options.ClientId, options.ClientSecret) = (service.Address, "harbour-api", secret ?? TestDatabase.SecretOf("harbour-api"));
        }).ConfigurePrimaryHttpMessageHandler(() => asked);
        return services.BuildServiceProvider().GetRequiredService<AgencyClient>();
    }

    private sealed class Counting() : DelegatingHandler(new SocketsHttpHandler())
    {
        private int tokens;
        private int calls;

        public int Tokens => tokens;

        public int Calls => calls;

        public string? UserAgent { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref request.RequestUri!.AbsolutePath == "/connect/token" ? ref tokens : ref calls);
            UserAgent = string.Join(' ', request.Headers.GetValues(request.Headers.Contains("User-Agent") ? "User-Agent" : "Accept"));
            return base.SendAsync(request, cancellationToken);
        }
    }
}
