using System.Net;
using System.Security.Cryptography;
using System.Text;
using Agency.Api.Tenancy;
using Agency.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Agency.Tests.Identity;

/// <summary>The API on tokens of an issuer outside, which it knows by address alone.</summary>
public sealed class OutsideTokens
{
    private const string Audience = "https://agency.example/api";

    [Fact]
    public async Task A_client_and_a_person_of_an_outside_issuer_may_what_their_token_says()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var service = await StartAsync(issuer);
        using var client = service.With(issuer.Token(service, "harbour", "agreements:read agencies:read", claims => claims[Claims.Client] = "harbour-outside"));
        using var collector = service.With(issuer.Token(service, "swift", "cases:read", claims =>
        {
            claims[Claims.Person] = Guid.CreateVersion7().ToString();
            claims[Claims.Role] = "collector";
        }));

        var agencies = await client.GetAsync("/v1/agencies");
        var missing = await client.GetAsync("/v1/portfolios");
        var cases = await collector.GetAsync("/v1/cases");
        var foreign = await collector.GetAsync("/v1/agencies");

        Assert.Equal(HttpStatusCode.OK, agencies.StatusCode);
        Assert.Equal("auth.missing_scope", await Connect.ErrorAsync(missing));
        Assert.Equal(HttpStatusCode.OK, cases.StatusCode);
        Assert.Equal("auth.missing_scope", await Connect.ErrorAsync(foreign));
    }

    [Fact]
    public async Task What_the_token_writes_is_written_in_its_names()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var service = await StartAsync(issuer, builder => builder.Configuration["Identity:Claims:client_id"] = "azp");
        using var client = service.With(issuer.Token(service, "harbour", "portfolios:write", claims =>
        {
            claims["azp"] = "harbour-outside";
            claims[Claims.Client] = "somebody-else";
        }));

        using var body = new StringContent("""{"name":"Outside","currency":"CNY"}""", Encoding.UTF8, "application/json");
        var made = await client.PostAsync("/v1/portfolios", body);

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal("harbour-outside", service.Database.Scalar("SELECT client_id FROM base_audit_entry WHERE action = 'portfolio.created' AND tenant_id = 2"));
    }

    [Fact]
    public async Task The_built_in_issuer_is_gone_and_its_tokens_are_worthless()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var own = await TestService.StartAsync();
        await using var service = await StartAsync(issuer);
        using var harbour = service.With(await own.TokenForAsync("harbour"));

        Assert.Equal(HttpStatusCode.OK, (await own.For("harbour").GetAsync("/v1/agencies")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await harbour.GetAsync("/v1/agencies")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await service.Anonymous.GetAsync("/sign-in")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Connect.TryClientCredentialsAsync(service.Anonymous, "harbour-api", TestDatabase.SecretOf("harbour-api"))).StatusCode);
    }

    [Theory]
    [InlineData("nothing", HttpStatusCode.OK)]
    [InlineData("another audience", HttpStatusCode.Unauthorized)]
    [InlineData("no audience", HttpStatusCode.Unauthorized)]
    [InlineData("another issuer", HttpStatusCode.Unauthorized)]
    [InlineData("expired", HttpStatusCode.Unauthorized)]
    [InlineData("not valid yet", HttpStatusCode.Unauthorized)]
    [InlineData("never expires", HttpStatusCode.Unauthorized)]
    [InlineData("unsigned", HttpStatusCode.Unauthorized)]
    [InlineData("signature cut off", HttpStatusCode.Unauthorized)]
    [InlineData("signed with the public key as a secret", HttpStatusCode.Unauthorized)]
    [InlineData("signed by another key of the same name", HttpStatusCode.Unauthorized)]
    [InlineData("a tenant that is not here", HttpStatusCode.Unauthorized)]
    [InlineData("no tenant", HttpStatusCode.Unauthorized)]
    public async Task A_token_with_a_fault_is_refused(string fault, HttpStatusCode status)
    {
        await using var issuer = await Issuer.StartAsync();
        await using var service = await StartAsync(issuer);
        var good = issuer.Token(service, "harbour", "agencies:read");
        var now = service.Clock.GetUtcNow().UtcDateTime;
        var token = fault switch
        {
            "another audience" => issuer.Token(service, "harbour", "agencies:read", change: d => d.Audience = "https://other.example/api"),
            "no audience" => issuer.Token(service, "harbour", "agencies:read", change: d => d.Audience = null),
            "another issuer" => issuer.Token(service, "harbour", "agencies:read", change: d => d.Issuer = "https://other.example/"),
            "expired" => issuer.Token(service, "harbour", "agencies:read", change: d => (d.NotBefore, d.Expires) = (now.AddMinutes(-10), now.AddMinutes(-1))),
            "not valid yet" => issuer.Token(service, "harbour", "agencies:read", change: d => (d.NotBefore, d.Expires) = (now.AddMinutes(1), now.AddMinutes(10))),
            "never expires" => issuer.Token(service, "harbour", "agencies:read", change: d => d.Expires = null),
            "unsigned" => $"{Base64("""{"alg":"none","typ":"JWT"}""")}.{good.Split('.')[1]}.",
            "signature cut off" => $"{good.Split('.')[0]}.{good.Split('.')[1]}.",
            "signed with the public key as a secret" => issuer.SignedWithItsPublicKey(good),
            "signed by another key of the same name" => issuer.Token(service, "harbour", "agencies:read", change: d => d.SigningCredentials = Issuer.NewKey(issuer.KeyName).Credentials),
            "a tenant that is not here" => issuer.Token(service, "harbour", "agencies:read", claims => claims[Claims.Tenant] = Guid.CreateVersion7().ToString()),
            "no tenant" => issuer.Token(service, "harbour", "agencies:read", claims => claims.Remove(Claims.Tenant)),
            _ => good,
        };
        using var client = service.With(token);

        var answer = await client.GetAsync("/v1/agencies");

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task A_token_ends_by_the_services_clock()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var service = await StartAsync(issuer);
        using var client = service.With(issuer.Token(service, "harbour", "agencies:read"));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/agencies")).StatusCode);

        service.Clock.Advance(TimeSpan.FromMinutes(11));

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/agencies")).StatusCode);
    }

    [Fact]
    public async Task Keys_are_taken_up_as_the_issuer_changes_them()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var service = await StartAsync(issuer);
        using var before = service.With(issuer.Token(service, "harbour", "agencies:read"));
        Assert.Equal(HttpStatusCode.OK, (await before.GetAsync("/v1/agencies")).StatusCode);

        issuer.ChangeKey("second");
        using var after = service.With(issuer.Token(service, "harbour", "agencies:read"));

        // The new document is fetched beside the request that missed its key.
        await Eventually.ReadAsync(() => after.GetAsync("/v1/agencies"), answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Unauthorized, (await before.GetAsync("/v1/agencies")).StatusCode);
    }

    [Fact]
    public async Task Whom_the_operator_disabled_here_is_kept_out_whatever_the_issuer_thinks()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var service = await StartAsync(issuer);
        var person = IdOf(service, "SELECT hex(id) FROM auth_person WHERE email = 'analyst@harbour.example'");
        using var analyst = service.With(issuer.Token(service, "harbour", "agencies:read", claims => claims[Claims.Person] = person));
        using var client = service.With(issuer.Token(service, "harbour", "agencies:read", claims => claims[Claims.Client] = "harbour-api"));
        using var operators = service.With(issuer.Token(service, "operator", "tenants:read tenants:write"));
        Assert.Equal(HttpStatusCode.OK, (await analyst.GetAsync("/v1/agencies")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/agencies")).StatusCode);

        var first = await operators.PostAsync($"/v1/people/{person}/disablement", null);
        var second = await operators.PostAsync($"/v1/clients/{IdOf(service, "SELECT hex(id) FROM auth_client WHERE client_id = 'harbour-api'")}/disablement", null);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(HttpStatusCode.Unauthorized, (await analyst.GetAsync("/v1/agencies")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/agencies")).StatusCode);
    }

    [Theory]
    [InlineData("nowhere", Audience)]
    [InlineData("https://login.example/", null)]
    public void An_issuer_that_is_not_said_in_full_is_refused_at_start(string authority, string? audience) =>
        Assert.Throws<InvalidOperationException>(() => Api.ApiApp.Build([], builder =>
        {
            builder.Configuration["Identity:Authority"] = authority;
            builder.Configuration["Identity:Audience"] = audience;
        }));

    private static Task<TestService> StartAsync(Issuer issuer, Action<WebApplicationBuilder>? configure = null) => TestService.StartAsync(builder =>
    {
        builder.Configuration["Identity:Authority"] = issuer.Address;
        builder.Configuration["Identity:Audience"] = Audience;
        configure?.Invoke(builder);
    });

    private static string IdOf(TestService service, string sql) => Guid.Parse(service.Database.Scalar(sql)!).ToString();

    private static string Base64(string text) => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(text));

    /// <summary>An issuer with its discovery document and its keys at an address of its own. It shares nothing with the API.</summary>
    private sealed class Issuer : IAsyncDisposable
    {
        private readonly WebApplication app;
        private (RsaSecurityKey Key, SigningCredentials Credentials) current = NewKey("first");

        private Issuer(WebApplication app) => this.app = app;

        public string Address => app.Urls.First() + "/";

        public string KeyName => current.Key.KeyId;

        public static (RsaSecurityKey Key, SigningCredentials Credentials) NewKey(string name)
        {
            var key = new RsaSecurityKey(RSA.Create(2048)) { KeyId = name };
            return (key, new SigningCredentials(key, SecurityAlgorithms.RsaSha256));
        }

        public static async Task<Issuer> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            var issuer = new Issuer(builder.Build());
            issuer.app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["issuer"] = issuer.Address,
                ["jwks_uri"] = $"{issuer.Address}keys",
                ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
            }));
            issuer.app.MapGet("/keys", () =>
            {
                var key = issuer.current.Key.Rsa.ExportParameters(includePrivateParameters: false);
                return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", alg = "RS256", kid = issuer.KeyName, n = WebEncoders.Base64UrlEncode(key.Modulus!), e = WebEncoders.Base64UrlEncode(key.Exponent!) } } });
            });
            await issuer.app.StartAsync();
            return issuer;
        }

        public void ChangeKey(string name) => current = NewKey(name);

        public string Token(TestService service, string tenant, string scope, Action<IDictionary<string, object>>? claims = null, Action<SecurityTokenDescriptor>? change = null)
        {
            var now = service.Clock.GetUtcNow().UtcDateTime;
            var says = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["sub"] = "somebody",
                [Claims.Tenant] = IdOf(service, $"SELECT hex(id) FROM base_tenant WHERE code = '{tenant}'"),
                [Claims.Scope] = scope,
            };
            claims?.Invoke(says);
            var descriptor = new SecurityTokenDescriptor { Issuer = Address, Audience = Audience, IssuedAt = now, NotBefore = now, Expires = now.AddMinutes(10), Claims = says, SigningCredentials = current.Credentials };
            change?.Invoke(descriptor);
            return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
        }

        /// <summary>The oldest trick: the public key is known to all, and a careless check takes it for a shared secret.</summary>
        public string SignedWithItsPublicKey(string token)
        {
            var signed = $"{Base64($$"""{"alg":"HS256","typ":"JWT","kid":"{{KeyName}}"}""")}.{token.Split('.')[1]}";
            var secret = Encoding.ASCII.GetBytes(current.Key.Rsa.ExportSubjectPublicKeyInfoPem());
            return $"{signed}.{WebEncoders.Base64UrlEncode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
        }

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }
}
