using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Playwright;

namespace Agency.Tests.Portal;

/// <summary>A collector's day at the keyboard: from the first case of the worklist on, each outcome logged without leaving the page.</summary>
public sealed class CollectorDay(Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData("zh-CN")]
    [InlineData("en")]
    public async Task An_outcome_takes_one_key_and_Enter_and_the_next_case_follows(string language)
    {
        await using var portal = new PortalService();
        await portal.InitializeAsync();
        await using var window = await chromium.OpenAsync(portal.Address, language);
        var page = await SignInAsync(window);
        await page.Keyboard.PressAsync("n");
        await page.ArriveAsync("/cases/[0-9a-f-]{36}$");
        var id = Guid.Parse(new Uri(page.Url).Segments[^1]);

        await page.Keyboard.PressAsync("1");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".done")).ToBeVisibleAsync();
        Assert.Equal($"/cases/{id}", new Uri(page.Url).AbsolutePath);
        var record = Assert.Single(await RecordsAsync(portal, id));
        Assert.Equal((Outcome.NoAnswer, Channel.Call, Direction.Outbound, Party.Debtor), (record.Outcome, record.Channel, record.Direction, record.Party));
        Assert.NotNull(record.ContactPointId);

        await page.Keyboard.PressAsync("n");
        await page.ArriveAsync($"/cases/(?!{id})[0-9a-f-]{{36}}$");
        await page.Keyboard.PressAsync("a");
        await Assertions.Expect(page.Locator("#log-promiseAmount")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("1,200.50");
        var due = PortalService.DayAt(portal.Clock.GetUtcNow()).AddDays(3);
        await page.Locator("#log-promiseDueOn").FillAsync($"{due:yyyy-MM-dd}");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".done")).ToBeVisibleAsync();
        var promised = Guid.Parse(new Uri(page.Url).Segments[^1]);
        var promise = (await Agency(portal).Promises.ListOfCasePageAsync(promised)).Items.Single();
        Assert.Equal((120_050, due), (promise.Amount.Amount, promise.DueOn));
        Assert.Equal(Assert.Single(await RecordsAsync(portal, promised)).Id, promise.ContactRecordId);
    }

    [Fact]
    public async Task Keys_stay_out_of_fields_and_a_note_survives_a_reload_until_it_is_sent()
    {
        await using var portal = new PortalService();
        await portal.InitializeAsync();
        await using var window = await chromium.OpenAsync(portal.Address);
        var page = await SignInAsync(window);
        await page.GotoAsync($"/cases/{portal.WorkedCase}");
        await page.Keyboard.PressAsync("m");
        await page.Keyboard.TypeAsync("1 answer, next n");
        Assert.Empty(await page.Locator("[name='Log.Outcome']:checked").AllAsync());
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#log-note")).ToHaveValueAsync("1 answer, next n");

        await page.Locator("label.chip", new() { HasText = "占线" }).ClickAsync();
        await page.Locator("#log-note").FocusAsync();
        await page.Keyboard.PressAsync("Control+Enter");
        await Assertions.Expect(page.Locator(".done")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#log-note")).ToHaveValueAsync("");
        Assert.Contains("1 answer, next n", (await RecordsAsync(portal, portal.WorkedCase)).Select(record => record.Note));
    }

    [Fact]
    public async Task A_refused_promise_keeps_what_was_typed_and_the_contact_is_logged_once()
    {
        await using var portal = new PortalService();
        await portal.InitializeAsync();
        var before = (await RecordsAsync(portal, portal.WorkedCase)).Count;
        using var visitor = new Visitor(portal.Address);
        var page = await visitor.SignInAsync("collector@swift.example", $"/cases/{portal.WorkedCase}");
        var past = await visitor.SubmitAsync(page, Action(portal), ("Log.Outcome", "promise"), ("Log.PromiseAmount", "90"), ("Log.PromiseDueOn", "2020-01-01"), ("Log.Note", "Says Friday."));
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, past.Status);
        Assert.Contains("This was not done", past.Html, StringComparison.Ordinal);
        Assert.Contains("Says Friday.", past.Html, StringComparison.Ordinal);
        Assert.Contains("value=\"90\"", past.Html, StringComparison.Ordinal);

        var due = PortalService.DayAt(portal.Clock.GetUtcNow()).AddDays(2);
        var mended = await visitor.SubmitAsync(past, Action(portal), ("Log.Outcome", "promise"), ("Log.PromiseAmount", "90"), ("Log.PromiseDueOn", $"{due:yyyy-MM-dd}"), ("Log.Note", "Says Friday."));
        Assert.Equal(System.Net.HttpStatusCode.OK, mended.Status);
        Assert.Equal(before + 1, (await RecordsAsync(portal, portal.WorkedCase)).Count);
        Assert.Equal(due, (await Agency(portal).Promises.ListOfCasePageAsync(portal.WorkedCase)).Items.Single(promise => promise.State == PromiseState.Open).DueOn);
    }

    [Fact]
    public async Task A_form_that_is_sent_twice_acts_once()
    {
        await using var portal = new PortalService();
        await portal.InitializeAsync();
        var before = (await RecordsAsync(portal, portal.WorkedCase)).Count;
        using var visitor = new Visitor(portal.Address);
        var page = await visitor.SignInAsync("collector@swift.example", $"/cases/{portal.WorkedCase}");
        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => visitor.SubmitAsync(page, Action(portal), ("Log.Outcome", "busy"))));
        Assert.All(answers, answer => Assert.Equal(System.Net.HttpStatusCode.OK, answer.Status));
        Assert.Equal(before + 1, (await RecordsAsync(portal, portal.WorkedCase)).Count);

        await visitor.SubmitAsync(page, $"/cases/{portal.WorkedCase}?handler=Repay", ("Repay.Amount", "12.34"), ("Repay.PaidOn", $"{PortalService.DayAt(portal.Clock.GetUtcNow()):yyyy-MM-dd}"));
        await visitor.SubmitAsync(page, $"/cases/{portal.WorkedCase}?handler=Repay", ("Repay.Amount", "12.34"), ("Repay.PaidOn", $"{PortalService.DayAt(portal.Clock.GetUtcNow()):yyyy-MM-dd}"));
        Assert.Single((await Agency(portal).Repayments.ListOfCasePageAsync(portal.WorkedCase)).Items, repayment => repayment.Amount.Amount == 1_234);
    }

    [Fact]
    public async Task A_case_opens_however_long_the_agency_s_worklist_is_and_the_next_is_of_the_own_desk()
    {
        await using var portal = new PortalService();
        await portal.InitializeAsync(builder => builder.Configuration["Worklist:MaxCases"] = "31");
        var agency = Agency(portal);
        Assert.Equal("worklist.too_wide", (await Assert.ThrowsAsync<AgencyValidationException>(() => agency.WorklistItems.ListPageAsync())).Code);
        using var supervisor = new Visitor(portal.Address);
        var page = await supervisor.SignInAsync("supervisor@swift.example", $"/cases/{portal.WorkedCase}");
        Assert.Equal(System.Net.HttpStatusCode.OK, page.Status);
        Assert.Contains("Back to the worklist", page.Html, StringComparison.Ordinal);

        var (own, other) = ((await agency.Cases.ListPageAsync(10)).Items.First(one => one.Id != portal.WorkedCase).Id, await agency.PersonAsync("supervisor"));
        await agency.Cases.DistributeAsync(new CaseDistribution { CaseIds = [own], ToPersonIds = [other] });
        page = await supervisor.OpenAsync($"/cases/{portal.WorkedCase}");
        Assert.Matches($"data-key=\"n\" href=\"/cases/{own}\"", page.Html);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("12.345")]
    [InlineData("一百")]
    public async Task An_amount_that_is_none_is_refused_before_anything_is_written(string typed)
    {
        await using var portal = new PortalService();
        await portal.InitializeAsync();
        using var visitor = new Visitor(portal.Address);
        var page = await visitor.SignInAsync("collector@swift.example", $"/cases/{portal.WorkedCase}");
        var refused = await visitor.SubmitAsync(page, $"/cases/{portal.WorkedCase}?handler=Repay", ("Repay.Amount", typed), ("Repay.PaidOn", "2026-01-01"));
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("Give an amount above zero", refused.Html, StringComparison.Ordinal);
        Assert.Single((await Agency(portal).Repayments.ListOfCasePageAsync(portal.WorkedCase)).Items);
    }

    private static string Action(PortalService portal) => $"/cases/{portal.WorkedCase}?handler=Log";

    private static Side Agency(PortalService portal) => new(portal.Api.For("swift"));

    private static async Task<IReadOnlyList<ContactRecord>> RecordsAsync(PortalService portal, Guid id) => [.. (await Agency(portal).ContactRecords.ListOfCasePageAsync(id, 1000)).Items];

    private static async Task<IPage> SignInAsync(IBrowserContext window)
    {
        var page = await window.NewPageAsync();
        await page.SignInAsync("collector@swift.example", "/worklist");
        return page;
    }
}
