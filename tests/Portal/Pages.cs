using System.Net;

namespace Agency.Tests.Portal;

/// <summary>The pages as they are answered, without a browser's help.</summary>
[Collection(SharedPortal.Name)]
public sealed class Pages(PortalService portal)
{
    private const string Collector = "collector@swift.example";

    [Fact]
    public async Task A_collector_signs_in_and_lands_on_the_page_that_was_asked_for()
    {
        using var visitor = new Visitor(portal.Address);
        var page = await visitor.SignInAsync(Collector, $"/cases/{portal.WorkedCase}");
        Assert.Equal((HttpStatusCode.OK, $"/cases/{portal.WorkedCase}"), (page.Status, page.Address.AbsolutePath));
        Assert.Contains("No answer", page.Html, StringComparison.Ordinal);
        Assert.Contains("CN¥500.00", page.Html, StringComparison.Ordinal);
        Assert.Contains("Lost the job in spring.", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cases_come_page_by_page_and_an_unknown_cursor_leads_back_to_the_first()
    {
        using var visitor = new Visitor(portal.Address);
        var first = await visitor.SignInAsync(Collector, "/cases?limit=25");
        Assert.Equal(25, Rows(first));
        Assert.DoesNotContain("First page", first.Html, StringComparison.Ordinal);

        var next = await visitor.OpenAsync(WebUtility.HtmlDecode(first.Html.Split("rel=\"next\"")[1].Split("href=\"")[1].Split('"')[0]));
        Assert.Equal(7, Rows(next));
        Assert.Contains("First page", next.Html, StringComparison.Ordinal);
        Assert.Contains("¥1,234,568", next.Html, StringComparison.Ordinal);
        Assert.Contains("KWD&#xA0;1,234.568", next.Html, StringComparison.Ordinal);

        var lost = await visitor.OpenAsync("/cases?limit=25&cursor=bm9uc2Vuc2U");
        Assert.Equal((25, "?limit=25"), (Rows(lost), lost.Address.Query));
    }

    [Theory]
    [InlineData("/worklist?reason=nonsense")]
    [InlineData("/worklist?reason=nonsense&cursor=bm9uc2Vuc2U")]
    public async Task A_reason_that_is_none_leads_back_to_the_whole_worklist(string address)
    {
        using var visitor = new Visitor(portal.Address);
        await visitor.SignInAsync(Collector);
        var page = await visitor.OpenAsync(address);
        Assert.Equal((HttpStatusCode.OK, "/worklist"), (page.Status, page.Address.PathAndQuery));
    }

    [Theory]
    [InlineData("analyst@harbour.example", 32)]
    [InlineData("manager@lantern.example", 0)]
    public async Task Both_sides_see_their_own_cases_and_an_empty_list_says_what_to_do(string person, int cases)
    {
        using var visitor = new Visitor(portal.Address);
        var page = await visitor.SignInAsync(person);
        Assert.Equal((HttpStatusCode.OK, cases), (page.Status, Rows(page)));
        Assert.Equal(cases == 0, page.Html.Contains("There are no cases for you now.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_agency_s_case_is_a_friendly_404()
    {
        using var visitor = new Visitor(portal.Address, "zh-CN");
        await visitor.SignInAsync("collector@lantern.example");
        var page = await visitor.OpenAsync($"/cases/{portal.WorkedCase}");
        Assert.Equal(HttpStatusCode.NotFound, page.Status);
        Assert.Contains("案件可能已撤案或结案", page.Html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.OpenAsync("/no-such-page")).Status);
    }

    [Fact]
    public async Task A_role_without_cases_is_told_so()
    {
        using var visitor = new Visitor(portal.Address);
        var page = await visitor.SignInAsync("operator@operator.example");
        Assert.Equal(HttpStatusCode.Forbidden, page.Status);
        Assert.Contains("Your role does not let you see this page.", page.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zh-CN", "zh-CN")]
    [InlineData("zh-TW", "zh-CN")]
    [InlineData("fr", "zh-CN")]
    [InlineData("en-GB", "en")]
    public async Task The_browser_s_language_is_taken_and_Chinese_otherwise(string asked, string shown)
    {
        using var visitor = new Visitor(portal.Address, asked);
        Assert.Contains($"<html lang=\"{shown}\"", (await visitor.OpenAsync("/signed-out")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_choice_of_language_and_theme_stays()
    {
        using var visitor = new Visitor(portal.Address, "zh-CN");
        var me = await visitor.SignInAsync(Collector, "/me");
        Assert.Contains("催收员", me.Html, StringComparison.Ordinal);
        Assert.Contains(Collector, me.Html, StringComparison.Ordinal);
        Assert.Contains("<dd>Swift Collections</dd>", me.Html, StringComparison.Ordinal);
        var english = await visitor.SubmitAsync(me, "/preferences?handler=Language", ("language", "en"));
        Assert.Equal("/me", english.Address.AbsolutePath);
        Assert.Contains("Swift Collections collector", english.Html, StringComparison.Ordinal);
        await visitor.SubmitAsync(english, "/preferences?handler=Theme", ("theme", "dark"));
        Assert.Contains("<html lang=\"en\" data-theme=\"dark\">", (await visitor.OpenAsync("/cases")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_choice_goes_back_to_our_own_pages_alone()
    {
        using var visitor = new Visitor(portal.Address);
        var page = await visitor.OpenAsync("/signed-out");
        page = page with { Html = page.Html.Replace("value=\"/signed-out\"", "value=\"//elsewhere.example/\"", StringComparison.Ordinal) };
        var after = await visitor.SubmitAsync(page, "/preferences?handler=Language", ("language", "en"));
        Assert.DoesNotContain("elsewhere", after.Address.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_ends_both_sessions_and_needs_our_own_form()
    {
        using var visitor = new Visitor(portal.Address);
        var cases = await visitor.SignInAsync(Collector);
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.PostAsync("/sign-out")).Status);
        Assert.Equal("/cases", (await visitor.OpenAsync("/cases")).Address.AbsolutePath);

        Assert.Equal("/signed-out", (await visitor.SubmitAsync(cases, "/sign-out")).Address.AbsolutePath);
        Assert.Equal("/sign-in", (await visitor.OpenAsync("/cases")).Address.AbsolutePath);
    }

    [Theory]
    [InlineData("/cases")]
    [InlineData("/me")]
    [InlineData("/signed-out")]
    [InlineData("/no-such-page")]
    [InlineData("/site.css")]
    [InlineData("/health/live")]
    public async Task Every_answer_forbids_foreign_scripts_frames_and_content(string address)
    {
        using var visitor = new Visitor(portal.Address);
        await visitor.SignInAsync(Collector);
        var page = await visitor.OpenAsync(address);
        var policy = page.Header("Content-Security-Policy")!;
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal(("nosniff", "same-origin", null), (page.Header("X-Content-Type-Options"), page.Header("Referrer-Policy"), page.Header("Strict-Transport-Security")));
        Assert.DoesNotContain("style=", page.Html, StringComparison.Ordinal);
        Assert.DoesNotMatch("<script(?![^>]* src=\"/)", page.Html);
        Assert.All(visitor.Cookies.GetAllCookies(), cookie => Assert.True(cookie.HttpOnly, cookie.Name));
    }

    [Fact]
    public async Task Nothing_but_the_way_in_is_open_to_strangers()
    {
        using var visitor = new Visitor(portal.Address);
        foreach (var address in new[] { "/", "/cases", $"/cases/{portal.WorkedCase}", "/me", "/preferences" })
        {
            Assert.Equal("/sign-in", (await visitor.OpenAsync(address)).Address.AbsolutePath);
        }

        Assert.Equal("live", (await visitor.OpenAsync("/health/live")).Html);
    }

    [Fact]
    public async Task A_restart_signs_nobody_out()
    {
        using var visitor = new Visitor(portal.Address);
        await visitor.SignInAsync(Collector);
        var again = new Uri($"http://localhost:{PortalService.FreePort()}/");
        await portal.StartPortalAsync(again);
        using var later = new Visitor(again);
        later.Cookies.Add(visitor.Cookies.GetAllCookies());
        Assert.Equal("/cases", (await later.OpenAsync("/cases")).Address.AbsolutePath);
    }

    [Fact]
    public async Task An_API_that_is_away_is_told_as_such()
    {
        using var visitor = new Visitor(portal.Address);
        await visitor.SignInAsync(Collector);
        var before = new Uri($"http://localhost:{PortalService.FreePort()}/");
        await portal.StartPortalAsync(before, new Uri($"http://localhost:{PortalService.FreePort()}/"));
        using var later = new Visitor(before);
        later.Cookies.Add(visitor.Cookies.GetAllCookies());
        var page = await later.OpenAsync("/cases");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Contains("The service can&#x27;t be reached", page.Html, StringComparison.Ordinal);
    }

    private static int Rows(Page page) => page.Html.Split("<th scope=\"row\"").Length - 1;
}
