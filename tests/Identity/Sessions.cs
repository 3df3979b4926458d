using System.Net;
using Agency.Tests.Support;

namespace Agency.Tests.Identity;

/// <summary>What people see of where they are signed in, and how they end it.</summary>
public sealed class Sessions
{
    private const string Analyst = "analyst@harbour.example";
    private const string Page = "/account/sessions?ui_locales=en";

    [Fact]
    public async Task People_see_what_they_are_signed_in_by_and_end_all_but_this_browser()
    {
        await using var service = await TestService.StartAsync();
        using var elsewhere = new Browser(service.Address);
        using var here = new Browser(service.Address);
        using var another = new Browser(service.Address);
        var given = await elsewhere.SignInAsync(Analyst, TestDatabase.Password);
        using var analyst = service.With(given.GetProperty("access_token").GetString()!);
        await another.SignInAsync("admin@harbour.example", TestDatabase.Password);
        service.Clock.Advance(TimeSpan.FromMinutes(3));
        await here.SignInAsync(Analyst, TestDatabase.Password);

        var seen = await ReadAsync(here);
        Assert.Equal(["2026-03-02 02:03 UTC", "2026-03-02 02:00 UTC"], seen.Split("<time ")[1..].Select(part => part.Split('>')[1].Split('<')[0]));
        service.Clock.Advance(TimeSpan.FromSeconds(1));
        var ended = await here.FillAsync(Page);
        service.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        Assert.Contains("You are signed out everywhere else", await ended.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await analyst.GetAsync("/v1/agencies")).StatusCode);
        Assert.Equal("invalid_grant", await Connect.ErrorAsync(await elsewhere.RefreshAsync(given.GetProperty("refresh_token").GetString()!)));
        Assert.False(await elsewhere.HasSessionAsync());
        Assert.True(await another.HasSessionAsync());
        Assert.Contains("You are signed in on this page alone.", await ReadAsync(here), StringComparison.Ordinal);
        Assert.True(await here.HasSessionAsync());
        Assert.Equal("2", service.Database.Scalar("SELECT tenant_id FROM base_audit_entry WHERE action = 'person.signed_out_elsewhere' AND person_id = subject_id"));
    }

    [Fact]
    public async Task Who_signed_out_or_whose_time_is_over_is_signed_in_there_no_longer()
    {
        await using var service = await TestService.StartAsync();
        using var here = new Browser(service.Address);
        await here.SignInAsync(Analyst, TestDatabase.Password);
        Assert.Contains("<time ", await ReadAsync(here), StringComparison.Ordinal);

        service.Clock.Advance(TimeSpan.FromDays(60));
        await here.OpenSessionAsync(Analyst, TestDatabase.Password);

        Assert.DoesNotContain("<time ", await ReadAsync(here), StringComparison.Ordinal);
    }

    private static async Task<string> ReadAsync(Browser browser) => await (await browser.GetAsync(Page)).Content.ReadAsStringAsync();
}
