using System.Net;
using System.Text.RegularExpressions;
using Agency.Portal;
using Agency.Tests.Support;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Agency.Tests.Identity;

/// <summary>What browsers are told: by the names of cookies, and by headers on every answer of the API.</summary>
public sealed partial class BrowserProtection
{
    private static readonly (string Name, string Value)[] Headers =
    [
        ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"), ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ];

    [Theory]
    [InlineData("/sign-in", 200)]
    [InlineData("/sign-in.css", 200)]
    [InlineData("/account", 302)]
    [InlineData("/account/password", 302)]
    [InlineData("/account/code", 302)]
    [InlineData("/connect/authorize", 400)]
    [InlineData("/connect/logout", 302)]
    [InlineData("/.well-known/openid-configuration", 200)]
    [InlineData("/openapi.yaml", 200)]
    [InlineData("/health/ready", 200)]
    [InlineData("/problems/request.invalid", 200)]
    [InlineData("/v1/agencies", 401)]
    [InlineData("/nowhere", 404)]
    public async Task Every_answer_has_the_headers_and_HSTS_over_https_alone(string address, int status)
    {
        await using var service = await TestService.StartAsync(BehindTls);

        var plain = await service.Anonymous.GetAsync(address);
        using var request = OverTls(HttpMethod.Get, address);
        var secure = await service.Anonymous.SendAsync(request);

        Assert.Equal(status, (int)plain.StatusCode);
        foreach (var answer in new[] { plain, secure })
        {
            Assert.All(Headers, header => Assert.Equal(header.Value, Header(answer, header.Name)));
            var policy = Header(answer, "Content-Security-Policy")!;
            Assert.All(new[] { "default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action " }, word => Assert.Contains(word, policy, StringComparison.Ordinal));
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        }

        Assert.Null(Header(plain, "Strict-Transport-Security"));
        Assert.Equal("max-age=31536000", Header(secure, "Strict-Transport-Security"));
    }

    [Fact]
    public async Task An_answer_to_a_person_has_the_headers_too()
    {
        await using var service = await TestService.StartAsync();

        var answer = await service.ForPerson("analyst@harbour.example").GetAsync("/v1/agencies");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.All(Headers, header => Assert.Equal(header.Value, Header(answer, header.Name)));
    }

    [Fact]
    public async Task Over_https_the_cookies_of_sign_in_are_this_hosts_alone()
    {
        await using var service = await TestService.StartAsync(builder =>
        {
            BehindTls(builder);
            builder.Configuration["Identity:AllowHttp"] = "false";
        });
        using var open = OverTls(HttpMethod.Get, "/sign-in");
        var page = await service.Anonymous.SendAsync(open);
        var form = SetCookie(page, "__Host-agency-sign-in-form");
        using var send = OverTls(HttpMethod.Post, "/sign-in");
        send.Headers.Add("Cookie", form.Split(';')[0]);
        send.Content = new FormUrlEncodedContent(
        [
            KeyValuePair.Create("token", Token().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value),
            KeyValuePair.Create("email", "analyst@harbour.example"), KeyValuePair.Create("password", TestDatabase.Password),
        ]);
        var signedIn = await service.Anonymous.SendAsync(send);

        Assert.Equal(HttpStatusCode.Found, signedIn.StatusCode);
        foreach (var cookie in new[] { form, SetCookie(signedIn, "__Host-agency-sign-in") })
        {
            Assert.Contains("; path=/;", cookie, StringComparison.Ordinal);
            Assert.Contains("; secure", cookie, StringComparison.Ordinal);
            Assert.Contains("; httponly", cookie, StringComparison.Ordinal);
            Assert.DoesNotContain("domain=", cookie, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Over_plain_http_the_cookies_have_plain_names_and_the_portal_has_others()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        var page = await browser.GetAsync("/sign-in");
        var signedIn = await browser.FillAsync(page, ("email", "analyst@harbour.example"), ("password", TestDatabase.Password));

        string[] api = [SetCookie(page, "agency-sign-in-form").Split('=')[0], SetCookie(signedIn, "agency-sign-in").Split('=')[0]];
        var portal = PortalCookies(baseUrl: null);

        Assert.All(portal, cookie => Assert.StartsWith("agency-portal", cookie.Name, StringComparison.Ordinal));
        Assert.All(portal, cookie => Assert.Equal(CookieSecurePolicy.SameAsRequest, cookie.SecurePolicy));
        Assert.Empty(api.Intersect(portal.Select(cookie => cookie.Name!), StringComparer.Ordinal));
        Assert.Equal(portal.Count, portal.DistinctBy(cookie => cookie.Name, StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Over_https_the_cookies_of_the_portal_are_its_hosts_alone()
    {
        var cookies = PortalCookies("https://portal.example");

        Assert.Equal(4, cookies.Count);
        Assert.All(cookies, cookie =>
        {
            var made = cookie.Build(new DefaultHttpContext { Request = { Scheme = "https" } });
            Assert.StartsWith("__Host-agency-portal", cookie.Name, StringComparison.Ordinal);
            Assert.Equal(("/", null, true, true), (made.Path, made.Domain, made.Secure, made.HttpOnly));
        });
    }

    [Fact]
    public async Task The_portal_too_speaks_of_HSTS_over_https_alone()
    {
        await using var portal = BuildPortal("https://portal.example");
        await portal.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(portal.Urls.First()) };

        var plain = await http.GetAsync("/health/live");
        using var request = OverTls(HttpMethod.Get, "/health/live");
        var secure = await http.SendAsync(request);

        Assert.Null(Header(plain, "Strict-Transport-Security"));
        Assert.Equal("max-age=31536000", Header(secure, "Strict-Transport-Security"));
        Assert.All(Headers, header => Assert.Equal(header.Value, Header(secure, header.Name)));
        await portal.StopAsync();
    }

    private static void BehindTls(WebApplicationBuilder builder) => builder.Configuration["ForwardedHeaders_Enabled"] = "true";

    // A proxy ended TLS. HSTS is not said of a developer's own machine, so the host has a name.
    private static HttpRequestMessage OverTls(HttpMethod method, string address)
    {
        var request = new HttpRequestMessage(method, address);
        request.Headers.Host = "agency.example";
        request.Headers.Add("X-Forwarded-Proto", "https");
        return request;
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private static string SetCookie(HttpResponseMessage answer, string name) =>
        answer.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith($"{name}=", StringComparison.Ordinal));

    private static IReadOnlyList<CookieBuilder> PortalCookies(string? baseUrl)
    {
        using var portal = (IDisposable)BuildPortal(baseUrl);
        var services = ((WebApplication)portal).Services;
        var oidc = services.GetRequiredService<IOptionsMonitor<OpenIdConnectOptions>>().Get(OpenIdConnectDefaults.AuthenticationScheme);
        return
        [
            services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(CookieAuthenticationDefaults.AuthenticationScheme).Cookie,
            services.GetRequiredService<IOptions<AntiforgeryOptions>>().Value.Cookie, oidc.CorrelationCookie, oidc.NonceCookie,
        ];
    }

    private static WebApplication BuildPortal(string? baseUrl) => PortalApp.Build([], builder =>
    {
        BehindTls(builder);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Portal:Urls"] = "http://127.0.0.1:0",
            ["Portal:AllowHttp"] = "true",
            ["Portal:DataFolder"] = Path.GetTempPath(),
            ["Portal:BaseUrl"] = baseUrl,
        });
        builder.Logging.ClearProviders();
    });

    [GeneratedRegex("""name="token" value="([^"]*)">""")]
    private static partial Regex Token();
}
