using Microsoft.Extensions.DependencyInjection;

namespace Agency.Sdk;

/// <summary>Registers the client with a container.</summary>
public static class AgencyServices
{
    private const string HttpClientName = "Agency.Sdk";

    /// <summary>Adds an <see cref="AgencyClient"/>, one for the application, whose connections the HTTP client factory keeps.</summary>
    /// <returns>The HTTP client's builder, to add handlers or a proxy.</returns>
    /// <exception cref="ArgumentException">The address or the credentials are missing; thrown when the client is first asked for.</exception>
    public static IHttpClientBuilder AddAgency(this IServiceCollection services, Action<AgencyClientOptions> configure)
    {
        _ = configure ?? throw new ArgumentNullException(nameof(configure));
        services.AddSingleton(provider =>
        {
            var options = new AgencyClientOptions();
            configure(options);
            var factory = provider.GetRequiredService<IHttpClientFactory>();
            return new AgencyClient(() => factory.CreateClient(HttpClientName), AgencyClient.Checked(options, withCredentials: true));
        });
        return services.AddHttpClient(HttpClientName, http => http.Timeout = Timeout.InfiniteTimeSpan);
    }
}
