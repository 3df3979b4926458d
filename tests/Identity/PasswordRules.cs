using System.Net;
using Agency.Api.Http;
using Agency.Api.Identity;
using Agency.Api.Tenants;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.Identity;

/// <summary>Which passwords are taken, wherever one is set, and what changing one ends.</summary>
public sealed class PasswordRules
{
    private const string Analyst = "analyst@harbour.example";
    private const string Fresh = "kettle plum orchid 41";

    [Theory]
    [InlineData("kettle plum gr", false, "too_short")]
    [InlineData("kettle plum gre", false, null)]
    [InlineData("kettle plum", true, "too_short")]
    [InlineData("kettle plum ", true, null)]
    [InlineData("水壶李子灰兰花船帆四十一海", false, "too_short")]
    [InlineData("水壶李子灰兰花船帆四十一海边石", false, null)]
    [InlineData("passwordpassword", false, "too_guessable")]
    [InlineData("qwertyuiopasdfgh", false, "too_guessable")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaa", false, "too_guessable")]
    [InlineData("harbourbankanalyst", false, "too_guessable")]
    [InlineData("Harbour-Bank-An-Analyst", false, "too_guessable")]
    [InlineData(TestDatabase.Password, false, null)]
    public void A_password_is_long_and_hard_to_guess(string password, bool hasCode, string? fault) =>
        Assert.Equal(fault, Passwords.FaultOf(password, hasCode, "An Analyst", Analyst, "Harbour Bank")?.Code);

    [Fact]
    public void A_password_has_two_hundred_characters_at_most()
    {
        var long200 = string.Concat(Enumerable.Repeat("kettle plum orchid 4", 10));

        Assert.Null(Passwords.FaultOf(long200, hasCode: false));
        Assert.Equal("too_long", Passwords.FaultOf(long200 + "1", hasCode: false)?.Code);
    }

    [Fact]
    public void What_is_made_for_people_is_good_enough() => Assert.All(Enumerable.Range(0, 100), _ => Assert.Null(Passwords.FaultOf(Secrets.New(), hasCode: false)));

    [Theory]
    [InlineData("short", "The password needs at least 15 characters.")]
    [InlineData("Tidewater-Tidewater", "The password is too easy to guess")]
    public async Task A_new_person_with_a_poor_password_is_refused_at_the_field(string password, string message)
    {
        await using var service = await TestService.StartAsync();
        var secrets = service.Services.GetRequiredService<Secrets>();

        var refusal = await Assert.ThrowsAsync<ProblemException>(() => OperatorDeeds.DoAsync(service.Services, async work => await Provisioning.CreatePersonAsync(
            work, (await Provisioning.FindTenantAsync(work, "swift", CancellationToken.None))!, new NewPerson("new@swift.example", "Tidewater", "collector"), password, secrets, CancellationToken.None)));

        var error = Assert.Single(refusal.Errors);
        Assert.Equal("/password", error.Pointer);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Equal("0", service.Database.Scalar("SELECT COUNT(*) FROM auth_person WHERE email = 'new@swift.example'"));
    }

    [Fact]
    public async Task A_changed_password_ends_every_other_session_and_every_token()
    {
        await using var service = await TestService.StartAsync();
        using var elsewhere = new Browser(service.Address);
        using var here = new Browser(service.Address);
        var given = await elsewhere.SignInAsync(Analyst, TestDatabase.Password);
        using var analyst = service.With(given.GetProperty("access_token").GetString()!);
        await here.OpenSessionAsync(Analyst, TestDatabase.Password);
        var code = await CodeOfSessionAsync(elsewhere);
        Assert.Equal(HttpStatusCode.OK, (await analyst.GetAsync("/v1/agencies")).StatusCode);

        var changed = await here.FillAsync("/account/password", ("current", TestDatabase.Password), ("password", Fresh), ("again", Fresh));
        service.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await analyst.GetAsync("/v1/agencies")).StatusCode);
        Assert.Equal("invalid_grant", await Connect.ErrorAsync(await elsewhere.RefreshAsync(given.GetProperty("refresh_token").GetString()!)));
        Assert.Equal("invalid_grant", await Connect.ErrorAsync(await elsewhere.RedeemAsync(code)));
        Assert.False(await elsewhere.HasSessionAsync());
        Assert.True(await here.HasSessionAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await elsewhere.SubmitAsync("/sign-in", Analyst, TestDatabase.Password)).StatusCode);
        using var anew = service.With((await elsewhere.SignInAsync(Analyst, Fresh)).GetProperty("access_token").GetString()!);
        Assert.Equal(HttpStatusCode.OK, (await anew.GetAsync("/v1/agencies")).StatusCode);
        Assert.Equal("2", service.Database.Scalar("SELECT tenant_id FROM base_audit_entry WHERE action = 'person.password_changed' AND person_id = subject_id"));
    }

    [Theory]
    [InlineData("wrong", Fresh, Fresh, "That is not your password now.", "当前密码不正确。")]
    [InlineData(TestDatabase.Password, Fresh, "another", "not the same both times", "不一致")]
    [InlineData(TestDatabase.Password, "kettle plum", "kettle plum", "at least 15 characters", "至少需要 15 个字符")]
    [InlineData(TestDatabase.Password, "Harbour Bank Analyst", "Harbour Bank Analyst", "too easy to guess", "过于容易猜测")]
    public async Task What_is_wrong_with_a_change_is_said_and_nothing_changes(string current, string password, string again, string english, string chinese)
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        await browser.OpenSessionAsync(Analyst, TestDatabase.Password);

        foreach (var (language, said) in new[] { ("en", english), ("zh-CN", chinese) })
        {
            var answer = await browser.FillAsync($"/account/password?ui_locales={language}", ("current", current), ("password", password), ("again", again));

            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Contains(said, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.True(await browser.HasSessionAsync());
        Assert.Equal(HttpStatusCode.Found, (await browser.SubmitAsync("/sign-in", Analyst, TestDatabase.Password)).StatusCode);
    }

    [Fact]
    public async Task Guessing_the_password_on_the_page_that_changes_it_locks_the_account_too()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        await browser.OpenSessionAsync(Analyst, TestDatabase.Password);

        for (var failure = 0; failure < 5; failure++)
        {
            await browser.FillAsync("/account/password", ("current", "wrong"), ("password", Fresh), ("again", Fresh));
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.FillAsync("/account/password", ("current", TestDatabase.Password), ("password", Fresh), ("again", Fresh))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SubmitAsync("/sign-in", Analyst, TestDatabase.Password)).StatusCode);
    }

    [Theory]
    [InlineData("/account")]
    [InlineData("/account/password")]
    [InlineData("/account/code")]
    [InlineData("/account/sessions")]
    public async Task Whoever_is_not_signed_in_does_so_first_and_comes_back(string path)
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);

        var start = await browser.GetAsync($"{path}?ui_locales=zh-CN");
        var signedIn = await browser.FillAsync(start.Headers.Location!.ToString(), ("email", Analyst), ("password", TestDatabase.Password));
        var page = await (await browser.GetAsync(signedIn.Headers.Location!.ToString())).Content.ReadAsStringAsync();

        Assert.Equal($"{path}?ui_locales=zh-CN", signedIn.Headers.Location!.ToString());
        Assert.Contains("<html lang=\"zh-CN\">", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/account/password")]
    [InlineData("/account/code")]
    [InlineData("/account/sessions")]
    public async Task A_form_from_another_site_changes_nothing(string path)
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        await browser.OpenSessionAsync(Analyst, TestDatabase.Password);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("current", TestDatabase.Password), KeyValuePair.Create("password", Fresh), KeyValuePair.Create("again", Fresh)]);

        var answer = await browser.Http.PostAsync(new Uri(path, UriKind.Relative), form);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal("1", service.Database.Scalar($"SELECT credential_version FROM auth_person WHERE email = '{Analyst}'"));
    }

    private static async Task<string> CodeOfSessionAsync(Browser browser) =>
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery((await browser.GetAsync(browser.AuthorizeAddress())).Headers.Location!.Query)["code"].ToString();
}
