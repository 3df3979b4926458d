using System.Net;
using System.Text.Json;
using Agency.Api.Data;
using Agency.Api.Tenancy;
using Agency.Tests.Support;
using Microsoft.AspNetCore.WebUtilities;

namespace Agency.Tests.Identity;

public sealed class PeopleSignIn
{
    private const string Analyst = "analyst@harbour.example";

    [Fact]
    public async Task A_person_gets_the_scopes_of_their_role_through_code_and_PKCE()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);

        var answer = await browser.SignInAsync(Analyst, TestDatabase.Password);

        var access = Payload(answer, "access_token");
        Assert.Equal("analyst", access.GetProperty(Claims.Role).GetString());
        Assert.Equal("portal", access.GetProperty(Claims.Client).GetString());
        Assert.True(Id.TryRead(access.GetProperty(Claims.Person).GetString(), out _));
        var scopes = access.GetProperty(Claims.Scope).GetString()!.Split(' ').Where(Scopes.All.ContainsKey).Order(StringComparer.Ordinal);
        Assert.Equal(string.Join(' ', Roles.ScopesOf(TenantKind.Bank, "analyst")!.Order(StringComparer.Ordinal)), string.Join(' ', scopes));
        Assert.Equal("Harbour Bank analyst", Payload(answer, "id_token").GetProperty("name").GetString());
    }

    [Fact]
    public async Task The_token_of_a_person_opens_the_API_as_far_as_the_role_goes()
    {
        await using var service = await TestService.StartAsync();

        var asAnalyst = await service.ForPerson(Analyst).GetAsync("/v1/agencies");
        var asCollector = await service.ForPerson("collector@swift.example").GetAsync("/v1/agencies");

        Assert.Equal(HttpStatusCode.OK, asAnalyst.StatusCode);
        Assert.Equal("auth.missing_scope", await Connect.ErrorAsync(asCollector));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData(null)]
    public async Task A_plain_or_missing_challenge_is_refused(string? method)
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);

        var answer = await browser.GetAsync(browser.AuthorizeAddress(method));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("error:invalid_request", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_goes_to_the_portals_own_address_and_nowhere_else()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);

        var answer = await browser.GetAsync(browser.AuthorizeAddress(redirectUri: "http://localhost:5091/signin-oidc"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
    }

    [Fact]
    public async Task A_code_works_once()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        var code = await browser.CodeAsync(Analyst, TestDatabase.Password);

        Assert.Equal(HttpStatusCode.OK, (await browser.RedeemAsync(code)).StatusCode);
        service.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("invalid_grant", await Connect.ErrorAsync(await browser.RedeemAsync(code)));
    }

    [Fact]
    public async Task A_refresh_token_used_twice_ends_the_sign_in()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        var first = await browser.SignInAsync(Analyst, TestDatabase.Password);
        var stolen = first.GetProperty("refresh_token").GetString()!;
        var second = await Connect.ReadAsync(await browser.RefreshAsync(stolen));
        using var analyst = service.With(second.GetProperty("access_token").GetString()!);
        Assert.Equal(HttpStatusCode.OK, (await analyst.GetAsync("/v1/agencies")).StatusCode);

        service.Clock.Advance(TimeSpan.FromMinutes(1));
        var reuse = await browser.RefreshAsync(stolen);
        service.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("invalid_grant", await Connect.ErrorAsync(reuse));
        Assert.Equal("invalid_grant", await Connect.ErrorAsync(await browser.RefreshAsync(second.GetProperty("refresh_token").GetString()!)));
        Assert.Equal(HttpStatusCode.Unauthorized, (await analyst.GetAsync("/v1/agencies")).StatusCode);
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        var page = (await browser.GetAsync(browser.AuthorizeAddress())).Headers.Location!.ToString();

        for (var failure = 0; failure < 5; failure++)
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SubmitAsync(page, Analyst, "wrong")).StatusCode);
        }

        var locked = await browser.SubmitAsync(page, Analyst, TestDatabase.Password);
        service.Clock.Advance(TimeSpan.FromMinutes(14.9));
        var still = await browser.SubmitAsync(page, Analyst, TestDatabase.Password);
        service.Clock.Advance(TimeSpan.FromMinutes(0.2));
        var open = await browser.SubmitAsync(page, Analyst.ToUpperInvariant(), TestDatabase.Password);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, locked.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, still.StatusCode);
        Assert.Equal(HttpStatusCode.Found, open.StatusCode);
    }

    [Fact]
    public async Task An_unknown_address_a_wrong_password_and_a_lock_look_the_same()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);

        var unknown = await MessageAsync("nobody@harbour.example", "wrong");
        var wrong = await MessageAsync(Analyst, "wrong");
        for (var failure = 0; failure < 5; failure++)
        {
            await MessageAsync(Analyst, "wrong");
        }

        Assert.Equal(unknown, wrong);
        Assert.Equal(unknown, await MessageAsync(Analyst, TestDatabase.Password));

        async Task<string> MessageAsync(string email, string password)
        {
            var html = await (await browser.SubmitAsync("/sign-in", email, password)).Content.ReadAsStringAsync();
            return html[html.IndexOf("role=\"alert\"", StringComparison.Ordinal)..html.IndexOf("<form", StringComparison.Ordinal)];
        }
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/connect/authorize?")]
    [InlineData("/\\evil.example")]
    public async Task Nobody_is_sent_elsewhere_after_signing_in(string back)
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);

        var answer = await browser.SubmitAsync($"/sign-in?return={Uri.EscapeDataString(back)}", Analyst, TestDatabase.Password);

        Assert.Equal("http://localhost:5090", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_form_from_another_site_signs_nobody_in()
    {
        await using var service = await TestService.StartAsync();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal) { ["email"] = Analyst, ["password"] = TestDatabase.Password });

        var answer = await service.Anonymous.PostAsync("/sign-in", form);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.DoesNotContain(answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [], cookie => cookie.StartsWith("agency-sign-in=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("zh-CN", "<html lang=\"zh-CN\">", "电子邮箱")]
    [InlineData("en", "<html lang=\"en\">", "E-mail address")]
    public async Task The_page_speaks_the_readers_language_and_runs_nothing(string language, string tag, string label)
    {
        await using var service = await TestService.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sign-in");
        request.Headers.AcceptLanguage.ParseAdd(language);

        var answer = await service.Anonymous.SendAsync(request);

        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains(tag, html, StringComparison.Ordinal);
        Assert.Contains($"<label for=\"email\">{label}</label>", html, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.Equal("text/css", (await service.Anonymous.GetAsync("/sign-in.css")).Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_leads_back_to_the_portal()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        var answer = await browser.SignInAsync(Analyst, TestDatabase.Password);

        var back = Uri.EscapeDataString("http://localhost:5090/signout-callback-oidc");
        var signedOut = await browser.GetAsync($"/connect/logout?post_logout_redirect_uri={back}&id_token_hint={answer.GetProperty("id_token").GetString()}");
        var again = await browser.GetAsync(browser.AuthorizeAddress());

        Assert.Equal("http://localhost:5090/signout-callback-oidc", signedOut.Headers.Location?.OriginalString);
        Assert.Equal("/sign-in", again.Headers.Location?.AbsolutePath);
    }

    [Fact]
    public async Task The_session_spares_a_second_password_unless_the_portal_insists()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        await browser.SignInAsync(Analyst, TestDatabase.Password);

        var again = await browser.GetAsync(browser.AuthorizeAddress());
        var insisted = await browser.GetAsync($"{browser.AuthorizeAddress()}&prompt=login");

        Assert.Contains("code=", again.Headers.Location?.Query, StringComparison.Ordinal);
        Assert.Equal("/sign-in", insisted.Headers.Location?.AbsolutePath);
        Assert.DoesNotContain("prompt", insisted.Headers.Location!.Query, StringComparison.Ordinal);
    }

    private static JsonElement Payload(JsonElement answer, string token) =>
        JsonDocument.Parse(WebEncoders.Base64UrlDecode(answer.GetProperty(token).GetString()!.Split('.')[1])).RootElement;

    [Fact]
    public async Task The_page_speaks_the_language_the_portal_sent_the_person_in()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        browser.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        var start = await browser.GetAsync(browser.AuthorizeAddress() + "&ui_locales=zh-CN");
        var page = await (await browser.GetAsync(start.Headers.Location!.ToString())).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("<html lang=\"zh-CN\">", page, StringComparison.Ordinal);
    }
}
