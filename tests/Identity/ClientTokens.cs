using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Agency.Api.Data;
using Agency.Api.Tenancy;
using Agency.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.WebUtilities;

namespace Agency.Tests.Identity;

public sealed class ClientTokens
{
    [Fact]
    public async Task A_client_without_a_wish_gets_every_scope_it_was_granted()
    {
        await using var service = await TestService.StartAsync();

        var answer = await Connect.ClientCredentialsAsync(service.Anonymous, "harbour-api", "harbour-api-demo-secret");

        Assert.Equal(600, answer.GetProperty("expires_in").GetInt32());
        var token = Payload(answer.GetProperty("access_token").GetString()!);
        Assert.Equal("harbour-api", token.GetProperty(Claims.Client).GetString());
        Assert.Equal(string.Join(' ', Roles.ClientScopes(TenantKind.Bank)), token.GetProperty(Claims.Scope).GetString());
        Assert.True(Guid.TryParse(token.GetProperty(Claims.Tenant).GetString(), out _));
        Assert.False(token.TryGetProperty(Claims.Person, out _));
    }

    [Fact]
    public async Task The_token_opens_what_its_scopes_allow_and_nothing_else()
    {
        await using var service = await TestService.StartAsync();
        var answer = await Connect.ClientCredentialsAsync(service.Anonymous, "harbour-api", "harbour-api-demo-secret", "agencies:read");
        using var harbour = service.With(answer.GetProperty("access_token").GetString()!);

        var agencies = await harbour.GetAsync("/v1/agencies");
        var agreements = await harbour.GetAsync("/v1/agreements");

        Assert.Equal(HttpStatusCode.OK, agencies.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, agreements.StatusCode);
        Assert.Equal("auth.missing_scope", await Connect.ErrorAsync(agreements));
    }

    [Theory]
    [InlineData("harbour-api", "wrong", null, HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("nobody-api", "wrong", null, HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("harbour-api", "harbour-api-demo-secret", "no-such:scope", HttpStatusCode.BadRequest, "invalid_scope")]
    [InlineData("harbour-api", "harbour-api-demo-secret", "repayments:write", HttpStatusCode.BadRequest, "invalid_scope")]
    [InlineData("portal", "", null, HttpStatusCode.BadRequest, "invalid_request")]
    public async Task A_refusal_is_worded_as_OAuth_words_it(string client, string secret, string? scope, HttpStatusCode status, string error)
    {
        await using var service = await TestService.StartAsync();

        var answer = await Connect.TryClientCredentialsAsync(service.Anonymous, client, secret, scope);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(error, await Connect.ErrorAsync(answer));
    }

    [Fact]
    public async Task Without_a_token_the_answer_is_a_problem_in_the_callers_language()
    {
        await using var service = await TestService.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/tenants");
        request.Headers.AcceptLanguage.ParseAdd("zh-CN");

        var answer = await service.Anonymous.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("auth.unauthenticated", problem.GetProperty("code").GetString());
        Assert.Equal("需要有效的访问令牌。", problem.GetProperty("title").GetString());
    }

    [Fact]
    public async Task An_expired_token_is_refused()
    {
        await using var service = await TestService.StartAsync();
        using var harbour = service.With(await service.TokenForAsync("harbour"));
        Assert.Equal(HttpStatusCode.OK, (await harbour.GetAsync("/v1/agencies")).StatusCode);

        service.Clock.Advance(TimeSpan.FromMinutes(9.5));
        Assert.Equal(HttpStatusCode.OK, (await harbour.GetAsync("/v1/agencies")).StatusCode);
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        var answer = await harbour.GetAsync("/v1/agencies");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("auth.unauthenticated", await Connect.ErrorAsync(answer));
    }

    [Fact]
    public async Task A_revoked_token_is_refused_within_two_seconds()
    {
        await using var service = await TestService.StartAsync();
        var token = await service.TokenForAsync("harbour");
        using var harbour = service.With(token);
        using var other = service.With((await Connect.ClientCredentialsAsync(service.Anonymous, "harbour-api", "harbour-api-demo-secret")).GetProperty("access_token").GetString()!);
        Assert.Equal(HttpStatusCode.OK, (await harbour.GetAsync("/v1/agencies")).StatusCode);

        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["client_id"] = "harbour-api",
            ["client_secret"] = "harbour-api-demo-secret",
            ["token"] = token,
        });
        Assert.Equal(HttpStatusCode.OK, (await service.Anonymous.PostAsync("/connect/revoke", form)).StatusCode);
        service.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(HttpStatusCode.Unauthorized, (await harbour.GetAsync("/v1/agencies")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/v1/agencies")).StatusCode);
    }

    [Fact]
    public async Task A_token_with_another_signature_is_refused()
    {
        await using var service = await TestService.StartAsync();
        var parts = (await service.TokenForAsync("harbour")).Split('.');
        var claims = WebEncoders.Base64UrlEncode(System.Text.Encoding.UTF8.GetBytes(Payload(string.Join('.', parts)).GetRawText().Replace("harbour-api", "summit-api", StringComparison.Ordinal)));
        using var forged = service.With($"{parts[0]}.{claims}.{parts[2]}");

        Assert.Equal(HttpStatusCode.Unauthorized, (await forged.GetAsync("/v1/agencies")).StatusCode);
    }

    [Fact]
    public async Task Tokens_and_keys_outlive_a_restart()
    {
        using var database = await TestDatabase.CreateAsync();
        string token;
        await using (var before = await TestService.StartAsync(FixIssuer, database))
        {
            token = await before.TokenForAsync("harbour");
        }

        await using var after = await TestService.StartAsync(FixIssuer, database);
        using var harbour = after.With(token);

        Assert.Equal(HttpStatusCode.OK, (await harbour.GetAsync("/v1/agencies")).StatusCode);

        // Each service listens on a port of its own, which a token would otherwise be bound to.
        static void FixIssuer(WebApplicationBuilder builder) => builder.Configuration["Identity:Issuer"] = "http://agency.example/";
    }

    [Fact]
    public async Task Only_the_service_may_read_its_keys()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        await browser.GetAsync("/sign-in");
        await service.TokenForAsync("harbour");

        var files = Directory.GetFiles(Path.Combine(service.Database.Folder, "keys"), "*", SearchOption.AllDirectories);

        Assert.True(files.Length >= 3, string.Join(", ", files));
        Assert.All(files, file => Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite), file));
    }

    private static JsonElement Payload(string token) => JsonDocument.Parse(WebEncoders.Base64UrlDecode(token.Split('.')[1])).RootElement;
}
