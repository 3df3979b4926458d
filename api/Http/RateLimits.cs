using System.Globalization;
using System.Net;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Agency.Api.Tenancy;

namespace Agency.Api.Http;

/// <summary>How many requests a caller may make of one instance, read from configuration.</summary>
/// <param name="Requests">So many at once, and then so many again every <paramref name="Seconds"/>; 1 to 1,000,000.</param>
/// <param name="Seconds">1 to 3,600.</param>
internal sealed record RateLimitSettings(int Requests, int Seconds)
{
    private const int Default = 100;
    private const int DefaultInDevelopment = 1_000;

    /// <exception cref="InvalidOperationException">A setting is out of range.</exception>
    public static RateLimitSettings From(IConfiguration configuration, IHostEnvironment environment)
    {
        var section = configuration.GetSection("RateLimit");
        return new(
            Read(section, nameof(Requests), environment.IsDevelopment() ? DefaultInDevelopment : Default, 1_000_000),
            Read(section, nameof(Seconds), 1, 3_600));
    }

    private static int Read(IConfigurationSection section, string name, int otherwise, int most) =>
        section.GetValue<int?>(name) is not { } asked ? otherwise
            : asked >= 1 && asked <= most ? asked
            : throw new InvalidOperationException($"RateLimit:{name} is {asked}: use 1 to {most}.");
}

/// <summary>
/// Keeps any one caller from taking all of an instance: a client of a tenant, a person who uses it, and whoever has no token by address.
/// What is refused was not begun. Every answer says how much is left (the RateLimit headers of the IETF's draft).
/// </summary>
internal sealed class RateLimits : IDisposable
{
    private readonly RateLimitSettings settings;
    private readonly PartitionedRateLimiter<HttpContext> limiter;
    private readonly string policy;

    public RateLimits(RateLimitSettings settings)
    {
        this.settings = settings;
        policy = string.Create(CultureInfo.InvariantCulture, $"\"caller\";q={settings.Requests};w={settings.Seconds}");
        var options = new TokenBucketRateLimiterOptions
        {
            TokenLimit = settings.Requests,
            TokensPerPeriod = settings.Requests,
            ReplenishmentPeriod = TimeSpan.FromSeconds(settings.Seconds),
        };
        limiter = PartitionedRateLimiter.Create<HttpContext, Key>(http => RateLimitPartition.GetTokenBucketLimiter(Key.Of(http), _ => options));
    }

    /// <summary>What is not of the API proper, tokens and sign-in above all: these are answered where tokens are verified, so that this comes before.</summary>
    public static void UseByAddress(WebApplication app) => app.UseWhen(static http => !IsOfApi(http), branch => branch.Use(Of(app).LimitAsync));

    /// <summary>The API proper, once it is known who calls.</summary>
    public static void UseByCaller(WebApplication app) => app.UseWhen(IsOfApi, branch => branch.Use(Of(app).LimitAsync));

    public void Dispose() => limiter.Dispose();

    private static RateLimits Of(WebApplication app) => app.Services.GetRequiredService<RateLimits>();

    private static bool IsOfApi(HttpContext http) => http.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal);

    private async Task LimitAsync(HttpContext http, RequestDelegate next)
    {
        using var lease = limiter.AttemptAcquire(http);
        var left = limiter.GetStatistics(http)?.CurrentAvailablePermits ?? 0;

        // Not before the answer starts: what handles a failure clears the headers.
        http.Response.OnStarting(
            static state =>
            {
                var (limits, answer, left) = ((RateLimits, HttpResponse, long))state;
                answer.Headers["RateLimit-Policy"] = limits.policy;
                answer.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"caller\";r={left};t={limits.settings.Seconds}");
                return Task.CompletedTask;
            },
            (this, http.Response, left));
        if (lease.IsAcquired)
        {
            await next(http);
            return;
        }

        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var known) ? Math.Clamp((int)Math.Ceiling(known.TotalSeconds), 1, settings.Seconds) : settings.Seconds;
        http.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        await ProblemWriter.WriteAsync(http, HttpProblems.TooManyRequests);
    }

    private readonly record struct Key(string? Tenant, string? Client, string? Person, IPAddress? Address)
    {
        public static Key Of(HttpContext http) => http.User.FindFirstValue(Claims.Tenant) is { } tenant
            ? new(tenant, http.User.FindFirstValue(Claims.Client), http.User.FindFirstValue(Claims.Person), null)
            : new(null, null, null, http.Connection.RemoteIpAddress);
    }
}
