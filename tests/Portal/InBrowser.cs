using Microsoft.Playwright;

namespace Agency.Tests.Portal;

/// <summary>The pages as people meet them: in both languages and themes, on a wide screen and a narrow one, by keyboard, without scripts.</summary>
[Collection(SharedPortal.Name)]
public sealed class InBrowser(PortalService portal, Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [MemberData(nameof(Browsing.Looks), MemberType = typeof(Browsing))]
    public async Task Every_page_can_be_used_by_everyone(string language, ColorScheme theme, int width)
    {
        await using var window = await chromium.OpenAsync(portal.Address, language, theme, width);
        var outside = new List<string>();
        window.Request += (_, request) =>
        {
            if (!IsOurs(request.Url))
            {
                outside.Add(request.Url);
            }
        };
        var page = await window.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.AddRange(message.Text.Contains("Content Security Policy", StringComparison.Ordinal) ? [message.Text] : []);

        await page.GotoAsync("/signed-out");
        await page.CheckAsync(language, theme, width, "signed-out");
        await page.GotoAsync("/cases");
        await page.CheckAsync(language, theme, width, "sign-in");
        await page.FillInAsync("collector@swift.example");
        await page.CheckAsync(language, theme, width, "cases");
        foreach (var (name, address) in new[] { ("worklist", "/worklist"), ("case", $"/cases/{portal.WorkedCase}"), ("account", "/me"), ("not-found", "/cases/00000000-0000-0000-0000-000000000001") })
        {
            await page.GotoAsync(address);
            await page.CheckAsync(language, theme, width, name);
        }

        await window.ClearCookiesAsync();
        await page.GotoAsync("/repayments");
        await page.FillInAsync("analyst@harbour.example");
        foreach (var (name, address) in new[] { ("repayments", "/repayments"), ("proposals", "/settlement-proposals"), ("proposal", $"/settlement-proposals/{portal.Proposal}"), ("bank-case", $"/cases/{portal.WorkedCase}") })
        {
            await page.GotoAsync(address);
            await page.CheckAsync(language, theme, width, name);
        }

        Assert.Empty(outside);
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task Everything_works_without_scripts()
    {
        await using var window = await chromium.OpenAsync(portal.Address, scripts: false);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/");
        await page.FillInAsync("collector@swift.example");
        await page.GetByRole(AriaRole.Row).Nth(1).GetByRole(AriaRole.Link).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "全部记录" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "English" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Timeline" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Me", Exact = true }).ClickAsync();
        await page.GetByLabel("Dark").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the theme" }).ClickAsync();
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "You are signed out" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_keyboard_alone_opens_a_case()
    {
        await using var window = await chromium.OpenAsync(portal.Address, "en");
        var page = await window.NewPageAsync();
        await page.GotoAsync("/cases");
        await page.FillInAsync("collector@swift.example");
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Skip to content" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Export as CSV" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByRole(AriaRole.Region)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Timeline" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Other_terms_ask_for_what_their_kind_needs()
    {
        await using var window = await chromium.OpenAsync(portal.Address, "en");
        var page = await window.NewPageAsync();
        await page.GotoAsync($"/settlement-proposals/{portal.Proposal}");
        await page.FillInAsync("analyst@harbour.example");
        await page.GetByText("Make a counter-offer", new() { Exact = true }).First.ClickAsync();
        await Assertions.Expect(page.Locator("#counter-payBy")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#counter-instalments")).ToBeHiddenAsync();
        await page.Locator("#counter-kind").SelectOptionAsync("instalments");
        await Assertions.Expect(page.Locator("#counter-payBy")).ToBeHiddenAsync();
        await Assertions.Expect(page.Locator("#counter-instalments")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_chosen_theme_outweighs_the_device_s()
    {
        await using var window = await chromium.OpenAsync(portal.Address, "en", ColorScheme.Dark);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/me");
        await page.FillInAsync("collector@swift.example");
        var dark = await GroundAsync(page);
        await page.GetByLabel("Light", new() { Exact = true }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the theme" }).ClickAsync();
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        Assert.NotEqual(dark, await GroundAsync(page));
        await page.CheckAsync("en", ColorScheme.Light, 1280, "account-chosen");
    }

    private static Task<string> GroundAsync(IPage page) => page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");

    private bool IsOurs(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Authority == portal.Address.Authority || uri.Authority == portal.Api.Address.Authority);
}
