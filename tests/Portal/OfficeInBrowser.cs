using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Playwright;

namespace Agency.Tests.Portal;

/// <summary>The pages of supervisors, managers, admins and the operator as they meet them: both languages and themes, wide and narrow, by keyboard, without scripts.</summary>
public sealed class OfficeInBrowser(PortalService portal, Chromium chromium) : IClassFixture<PortalService>, IClassFixture<Chromium>
{
    [Theory]
    [MemberData(nameof(Browsing.Looks), MemberType = typeof(Browsing))]
    public async Task Every_page_of_the_office_can_be_used_by_everyone(string language, ColorScheme theme, int width)
    {
        var agency = new Side(portal.Api.For("swift"));
        var (assignment, team) = ((await agency.Assignments.ListPageAsync()).Items[0].Id, (await agency.Teams.ListPageAsync()).Items[0].Id);
        var collector = await agency.PersonAsync("collector");
        if ((await agency.Webhooks.ListPageAsync()).Items.Count == 0)
        {
            var made = await agency.Webhooks.CreateAsync(new NewWebhookSubscription { Url = "https://hooks.swift.example/hook", Types = ["case.*", "repayment.confirmed"] });
            await agency.Webhooks.TestAsync(made.Subscription.Id);
            await agency.Cases.RequestReturnAsync(portal.WorkedCase, new CaseReturn { Code = ReturnCode.Unlocated });
        }

        await agency.Cases.DistributeAsync(new CaseDistribution { CaseIds = [portal.WorkedCase], ToPersonIds = [collector] });
        var webhook = (await agency.Webhooks.ListPageAsync()).Items[0].Id;
        var delivery = (await agency.Webhooks.ListDeliveriesPageAsync(webhook)).Items[0].Id;
        await using var window = await chromium.OpenAsync(portal.Address, language, theme, width);
        var page = await window.NewPageAsync();
        await page.SignInAsync("manager@swift.example", "/teams");
        foreach (var (name, address) in new[]
        {
            ("teams", "/teams"), ("team", $"/teams/{team}?count=true"), ("people", "/people"), ("assignments", "/assignments/received"), ("assignment", $"/assignments/received/{assignment}"),
            ("distribution", "/cases/distribution"), ("distribution-desk", $"/cases/distribution?collector={collector}"), ("waiting", "/cases/waiting"),
            ("webhooks", "/webhooks"), ("webhook", $"/webhooks/{webhook}"), ("delivery", $"/webhooks/deliveries/{delivery}"), ("audit-log", "/audit-log"),
        })
        {
            await page.GotoAsync(address);
            await page.CheckAsync(language, theme, width, name);
        }

        await using var other = await chromium.OpenAsync(portal.Address, language, theme, width);
        page = await other.NewPageAsync();
        await page.SignInAsync("operator@operator.example", "/tenants");
        await page.CheckAsync(language, theme, width, "tenants");
        await page.Locator("tbody a").Last.ClickAsync();
        await page.CheckAsync(language, theme, width, "tenant");
        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await page.Locator("form[id^='reset-'] button").Last.ClickAsync();
        await Assertions.Expect(page.Locator("code.secret")).ToBeVisibleAsync();
        await page.CheckAsync(language, theme, width, "secret");
    }

    [Fact]
    public async Task Cases_are_distributed_without_scripts()
    {
        await portal.Api.HireAsync("swift", "plain@swift.example", "collector");
        var agency = new Side(portal.Api.For("swift"));
        await agency.Cases.DistributeAsync(new CaseDistribution { CaseIds = [portal.WorkedCase], ToPersonIds = [await agency.PersonAsync("collector")] });
        await using var window = await chromium.OpenAsync(portal.Address, "en", scripts: false);
        var page = await window.NewPageAsync();
        await page.SignInAsync("manager@swift.example", "/teams");
        await page.GetByRole(AriaRole.Link, new() { Name = "First", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Give to others: Swift Collections collector" }).ClickAsync();
        await page.GetByLabel("Only those ticked below").CheckAsync();
        await page.Locator("input[name=Cases]").First.CheckAsync();
        await page.GetByLabel("plain", new() { Exact = true }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "See who gets how many" }).ClickAsync();
        await Assertions.Expect(page.Locator("dl.sum")).ToContainTextAsync("plain");
        await page.GetByRole(AriaRole.Button, new() { Name = "Distribute", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".done")).ToContainTextAsync("The cases are distributed.");
    }
}
