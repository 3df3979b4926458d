using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Agency.Tests.Support;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Agency.Tests.Portal;

/// <summary>What every test in a browser does: signs in, looks whether everyone can use a page, and keeps a picture of it where AGENCY_TEST_PICTURES names a folder.</summary>
internal static class Browsing
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("AGENCY_TEST_PICTURES");

    public static TheoryData<string, ColorScheme, int> Looks => new(
        from language in new[] { "zh-CN", "en" }
        from theme in new[] { ColorScheme.Light, ColorScheme.Dark }
        from width in new[] { 1280, 320 }
        select (language, theme, width));

    /// <summary>Opens a page of the portal as somebody who has to sign in first.</summary>
    public static async Task SignInAsync(this IPage page, string email, string address)
    {
        await page.GotoAsync(address);
        await page.FillInAsync(email);
        await page.ArriveAsync(Regex.Escape(address) + '$');
    }

    /// <summary>Fills in the sign-in form that is shown.</summary>
    public static async Task FillInAsync(this IPage page, string email)
    {
        await page.Locator("#email").FillAsync(email);
        await page.Locator("#password").FillAsync(TestDatabase.Password);
        await page.Locator("#password").PressAsync("Enter");
        await page.ArriveAsync("^(?!.*/sign-in)");
    }

    /// <summary>Waits until a page of such an address is there with its scripts. Not by the load event, which a browser under load was seen to lose.</summary>
    public static async Task ArriveAsync(this IPage page, [StringSyntax(StringSyntaxAttribute.Regex)] string address)
    {
        await Assertions.Expect(page).ToHaveURLAsync(new Regex(address, RegexOptions.None, TimeSpan.FromSeconds(1)), new() { Timeout = 30_000 });
        await Eventually.ReadAsync(() => StateAsync(page), state => state == "complete");
    }

    // Asked from here: the browser's own way to wait is a script of the page's, which need not run.
    private static async Task<string> StateAsync(IPage page)
    {
        try
        {
            return await page.EvaluateAsync<string>("() => document.readyState");
        }
        catch (PlaywrightException)
        {
            return "on its way to another";
        }
    }

    /// <summary>No fault that axe finds, the reader's language, nothing wider than the window.</summary>
    public static async Task CheckAsync(this IPage page, string language, ColorScheme theme, int width, string name)
    {
        if (Pictures is not null)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { FullPage = width == 1280, Path = Path.Combine(Pictures, string.Create(CultureInfo.InvariantCulture, $"{name}-{language}-{theme}-{width}.png")) });
        }

        var found = await page.RunAxe();
        Assert.Empty(found.Violations.Select(violation => $"{name}: {violation.Id} {violation.Help} {string.Join(' ', violation.Nodes.Select(node => node.Html))}"));
        Assert.Equal(language, await page.Locator("html").GetAttributeAsync("lang"));
        var overflow = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(overflow <= 0, $"{name} is {overflow} px too wide for {width} px");
    }
}
