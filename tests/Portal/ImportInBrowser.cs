using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Playwright;

namespace Agency.Tests.Portal;

/// <summary>The pages of an import as a bank's analyst meets them.</summary>
[Collection(SharedPortal.Name)]
public sealed class ImportInBrowser(PortalService portal, Chromium chromium) : IClassFixture<Chromium>
{
    private const string File = "客户号,户主,借据号,手机号,剩余本金,逾期日期,备注\nC-{0}1,王小明,{0}-1,+8610000000001,100000,2025-11-30,VIP\nC-{0}2,李小红,{0}-2,12,x,2025-12-31,\n";

    [Theory]
    [MemberData(nameof(Browsing.Looks), MemberType = typeof(Browsing))]
    public async Task Every_page_of_an_import_can_be_used_by_everyone(string language, ColorScheme theme, int width)
    {
        var bank = new AgencyClient(portal.Api.For("harbour"));
        var portfolio = await bank.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards of March", Currency = "CNY" }, cancellationToken: TestContext.Current.CancellationToken);
        await using var window = await chromium.OpenAsync(portal.Address, language, theme, width);
        var page = await window.NewPageAsync();
        await page.SignInAsync("analyst@harbour.example", "/portfolios");
        await page.CheckAsync(language, theme, width, "portfolios");
        await page.GotoAsync($"/portfolios/{portfolio.Id}/import");
        await page.CheckAsync(language, theme, width, "import-upload");
        await UploadAsync(page);
        await page.CheckAsync(language, theme, width, "import-preview");
        await page.Locator("button.primary").ClickAsync();
        await Assertions.Expect(page.Locator(".refusal")).ToBeFocusedAsync();
        await page.CheckAsync(language, theme, width, "import-refused");
        await ChooseAsync(page);
        await Assertions.Expect(page.Locator("#errors")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await page.CheckAsync(language, theme, width, "import-done");
        await page.GotoAsync($"/portfolios/{portfolio.Id}");
        await page.CheckAsync(language, theme, width, "portfolio");
    }

    [Fact]
    public async Task An_import_goes_its_whole_way_without_scripts()
    {
        await using var window = await chromium.OpenAsync(portal.Address, "en", scripts: false);
        var page = await window.NewPageAsync();
        await page.SignInAsync("analyst@harbour.example", "/portfolios");
        await page.Locator("#create-name").FillAsync("Without scripts");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Import accounts" }).ClickAsync();
        await UploadAsync(page);
        await ChooseAsync(page);
        for (var loads = 0; loads < 200 && await page.GetByRole(AriaRole.Link, new() { Name = "Load the page again" }).CountAsync() > 0; loads++)
        {
            await page.GetByRole(AriaRole.Link, new() { Name = "Load the page again" }).ClickAsync();
        }

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Errors" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Progressbar)).ToHaveAttributeAsync("value", "100");
    }

    [Fact]
    public async Task An_import_under_way_is_kept_up_to_date_and_a_reload_loses_nothing()
    {
        var bank = new AgencyClient(portal.Api.For("harbour"));
        var portfolio = await bank.Portfolios.CreateAsync(new NewPortfolio { Name = "Live", Currency = "CNY" }, cancellationToken: TestContext.Current.CancellationToken);
        using var file = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Story.Csv(4000, "L" + Guid.CreateVersion7().ToString("N")[^8..]) + "\nbad,row\n"));
        var staged = await bank.Imports.CreateAsync(portfolio.Id, new AgencyUpload(file, "text/csv"), start: false, cancellationToken: TestContext.Current.CancellationToken);
        await using var window = await chromium.OpenAsync(portal.Address, "en");
        var page = await window.NewPageAsync();
        await page.SignInAsync("analyst@harbour.example", $"/imports/{staged.Id}/start");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start the import" }).ClickAsync();
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("h1 .state")).ToHaveTextAsync("Completed", new() { Timeout = 120_000 });
        await Assertions.Expect(page.GetByRole(AriaRole.Progressbar)).ToHaveAttributeAsync("value", "100");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Cancel the import" })).ToHaveCountAsync(0);
    }

    private static Task UploadAsync(IPage page) => UploadAsync(page, File.Replace("{0}", Guid.CreateVersion7().ToString("N")[^8..], StringComparison.Ordinal));

    private static async Task UploadAsync(IPage page, string file)
    {
        await page.Locator("#upload-file").SetInputFilesAsync(new FilePayload { Name = "accounts.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(file) });
        await page.Locator("button.primary").ClickAsync();
        await page.ArriveAsync("/start$");
    }

    private static async Task ChooseAsync(IPage page)
    {
        await page.Locator("select.column").Nth(1).SelectOptionAsync("debtor_name");
        await page.Locator("select.column").Nth(6).SelectOptionAsync("-");
        await page.Locator("button.primary").ClickAsync();
        await page.ArriveAsync("/imports/[0-9a-f-]{36}$");
    }
}
