using System.Net;

namespace Agency.Tests.Portal;

/// <summary>Sessions that outlive an access token, on a clock of their own.</summary>
public sealed class LongSessions
{
    [Fact]
    public async Task A_session_goes_on_past_its_access_token_and_ends_with_the_working_day()
    {
        await using var portal = new PortalService();
        await portal.InitializeAsync();
        using var visitor = new Visitor(portal.Address);
        await visitor.SignInAsync("collector@swift.example");
        for (var times = 0; times < 3; times++)
        {
            portal.Clock.Advance(TimeSpan.FromMinutes(11));
            var page = await visitor.OpenAsync("/cases");
            Assert.Equal((HttpStatusCode.OK, "/cases"), (page.Status, page.Address.AbsolutePath));
        }

        portal.Clock.Advance(TimeSpan.FromHours(13));
        Assert.Equal("/sign-in", (await visitor.OpenAsync("/cases")).Address.AbsolutePath);
    }

    [Fact]
    public async Task Tabs_that_refresh_at_once_all_go_on()
    {
        await using var portal = new PortalService();
        await portal.InitializeAsync();
        using var visitor = new Visitor(portal.Address);
        await visitor.SignInAsync("collector@swift.example");
        portal.Clock.Advance(TimeSpan.FromMinutes(11));
        var tabs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => visitor.OpenAsync("/cases")));
        Assert.All(tabs, tab => Assert.Equal("/cases", tab.Address.AbsolutePath));
    }

    [Fact]
    public async Task A_sign_in_that_the_authority_no_longer_knows_leads_to_sign_in()
    {
        await using var portal = new PortalService();
        await portal.InitializeAsync();
        using var visitor = new Visitor(portal.Address);
        await visitor.SignInAsync("collector@swift.example");
        using (var raw = portal.Api.Database.OpenRaw())
        using (var command = raw.CreateCommand())
        {
            command.CommandText = "DELETE FROM auth_person WHERE email LIKE 'collector@swift%'";
            Assert.Equal(1, command.ExecuteNonQuery());
        }

        portal.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("/sign-in", (await visitor.OpenAsync("/cases")).Address.AbsolutePath);
    }

    [Fact]
    public async Task A_copied_cookie_does_not_outlive_the_sign_out()
    {
        await using var portal = new PortalService();
        await portal.InitializeAsync();
        using var visitor = new Visitor(portal.Address);
        using var thief = new Visitor(portal.Address);
        var cases = await visitor.SignInAsync("collector@swift.example");
        thief.Cookies.Add(visitor.Cookies.GetCookies(portal.Address));
        await visitor.SubmitAsync(cases, "/sign-out");

        portal.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("/sign-in", (await thief.OpenAsync("/cases")).Address.AbsolutePath);
    }
}
