using System.Globalization;
using System.Text.RegularExpressions;
using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Playwright;

namespace Agency.Tests.Portal;

/// <summary>
/// The main tasks of each kind of person, from signing in to done, without a pointer and in both languages. Outcomes and promises by their keys
/// are <see cref="CollectorDay"/>'s.
/// </summary>
public sealed class ByKeyboard(PortalService portal, Chromium chromium) : IClassFixture<PortalService>, IClassFixture<Chromium>
{
    private static int taken;

    public static TheoryData<string> Languages => ["zh-CN", "en"];

    private Side Bank => new(portal.Api.For("harbour"));

    private Side Agency => new(portal.Api.For("swift"));

    private DateOnly Today => PortalService.DayAt(portal.Clock.GetUtcNow());

    // A term begins with the day of UTC.
    private DateOnly FirstDay => DateOnly.FromDateTime(portal.Clock.GetUtcNow().UtcDateTime);

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task The_first_case_of_the_worklist_is_opened(string language)
    {
        await using var window = await chromium.OpenAsync(portal.Address, language);
        var keys = await SignInAsync(window, "collector@swift.example", "/worklist");
        await keys.PressAsync("n");
        await keys.ArriveAsync("#log-note");
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_repayment_is_reported(string language)
    {
        var id = await NextCaseAsync();
        await using var window = await chromium.OpenAsync(portal.Address, language);
        var keys = await SignInAsync(window, "collector@swift.example", $"/cases/{id}");
        await keys.PressAsync("p");
        await keys.FillAsync("#repay-amount", "123.45");
        await keys.PressAsync("Enter");
        await keys.ArriveAsync(".done");
        var repayment = Assert.Single((await Agency.Repayments.ListOfCasePageAsync(id)).Items);
        Assert.Equal((12_345, Today), (repayment.Amount.Amount, repayment.PaidOn));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_settlement_is_proposed_with_its_evidence(string language)
    {
        var id = await NextCaseAsync();
        await using var window = await chromium.OpenAsync(portal.Address, language);
        var keys = await SignInAsync(window, "collector@swift.example", $"/cases/{id}");
        await keys.PressAsync("o");
        await keys.FillAsync("#settle-amount", "9000");
        await keys.DateAsync("#settle-payBy", Today.AddDays(20));
        await keys.FillAsync("#settle-reason", "Lost the job.");
        await keys.ChooseFileAsync("#settle-files", "income.pdf", "application/pdf", Deeds.Pdf("income"));
        await keys.PushAsync("#settle button.primary");
        await keys.ArriveAsync(".done");
        var proposal = Assert.Single((await Agency.SettlementProposals.ListOfCasePageAsync(id)).Items);
        Assert.Equal((900_000, Today.AddDays(20)), (proposal.Amount.Amount, proposal.PayBy));
        Assert.Single((await Agency.EvidenceFiles.ListOfProposalPageAsync(proposal.Id)).Items);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Money_that_came_in_is_confirmed(string language)
    {
        var reported = await Agency.Repayments.CreateAsync(await NextCaseAsync(), new NewRepayment { Amount = new Money { Amount = 4_200, Currency = "CNY" }, PaidOn = Today });
        await using var window = await chromium.OpenAsync(portal.Address, language);
        var keys = await SignInAsync(window, "analyst@harbour.example", "/repayments");
        await keys.PushAsync($"[name=items][value^='{reported.Id}']", "Space");
        await keys.PushAsync("button[form=review]", back: true);
        await keys.ArriveAsync("#confirm");
        await keys.PushAsync("#confirm button.primary");
        await keys.ArriveAsync(".done");
        Assert.Equal(RepaymentState.Confirmed, (await Bank.Repayments.GetAsync(reported.Id)).State);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_proposal_is_approved(string language)
    {
        var proposal = await Agency.SettlementProposals.CreateAsync(
            await NextCaseAsync(), new NewSettlementProposal { Kind = SettlementKind.LumpSum, Amount = new Money { Amount = 1_200_000, Currency = "CNY" }, PayBy = Today.AddDays(20), Reason = "A relative helps." });
        await using var window = await chromium.OpenAsync(portal.Address, language);
        var keys = await SignInAsync(window, "approver@harbour.example", "/settlement-proposals");
        await keys.PushAsync($"a[href='/settlement-proposals/{proposal.Id}']");
        await keys.ArriveAsync("#approve");
        await keys.PushAsync("#approve button.primary");
        await keys.ArriveAsync(".done");
        Assert.Equal(SettlementProposalState.Approved, (await Bank.SettlementProposals.GetAsync(proposal.Id)).State);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_file_is_imported(string language)
    {
        var portfolio = await Bank.Portfolios.CreateAsync(new NewPortfolio { Name = $"Typed {language}", Currency = "CNY" });
        await using var window = await chromium.OpenAsync(portal.Address, language);
        var keys = await SignInAsync(window, "analyst@harbour.example", $"/portfolios/{portfolio.Id}");
        await keys.PushAsync("main a.action");
        await keys.ArriveAsync("#upload-file");
        var file = System.Text.Encoding.UTF8.GetBytes(Story.Csv(2, $"K{language}-"));
        await keys.ChooseFileAsync("#upload-file", "accounts.csv", "text/csv", file);
        await keys.PushAsync("#upload button.primary");
        await keys.ArriveAsync("#start");
        await keys.PushAsync("#start button.primary");
        await keys.ArriveAsync("progress[value='100']");
        Assert.Equal(2, (await Bank.AllAccountsAsync(portfolio.Id)).Count);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Accounts_are_assigned_after_a_dry_run(string language)
    {
        var name = $"{(language == "en" ? "Elm" : "Zelkova")} cards";
        var portfolio = await Bank.Portfolios.CreateAsync(new NewPortfolio { Name = name, Currency = "CNY" });
        await Bank.ImportAsync(portfolio.Id, Story.Csv(3, $"A{language}-"), Today);
        await using var window = await chromium.OpenAsync(portal.Address, language);
        var keys = await SignInAsync(window, "analyst@harbour.example", "/assignments/new");
        await keys.FillAsync("#assign-portfolioId", name);
        await keys.DateAsync("#assign-termStart", Today);
        await keys.DateAsync("#assign-termEnd", Today.AddDays(60));
        await keys.PushAsync("#assign button:not(.primary)");
        await keys.ArriveAsync("#dry-run");
        await keys.PushAsync("#assign button.primary");
        await keys.ArriveAsync(".done");
        var assignment = (await Bank.Assignments.ListAsync().ToListAsync()).Single(one => one.PortfolioId == portfolio.Id);
        Assert.Equal((3, Today, Today.AddDays(60)), (assignment.Accounts, assignment.TermStart, assignment.TermEnd));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task An_assignment_is_acknowledged(string language)
    {
        var portfolio = await Bank.Portfolios.CreateAsync(new NewPortfolio { Name = "To take", Currency = "CNY" });
        await Bank.ImportAsync(portfolio.Id, Story.Csv(1, $"T{language}-"), Today);
        var agreement = (await Bank.Agreements.ListPageAsync()).Items[0].Id;
        var offer = await Bank.Assignments.CreateAsync(new NewAssignment { AgreementId = agreement, PortfolioId = portfolio.Id, TermStart = FirstDay, TermEnd = Today.AddDays(30) });
        await using var window = await chromium.OpenAsync(portal.Address, language);
        var keys = await SignInAsync(window, "manager@swift.example", "/assignments/received");
        await keys.PushAsync($"a[href='/assignments/received/{offer.Id}']");
        await keys.ArriveAsync("#acknowledge");
        await keys.PressAsync("a");
        await keys.ArriveAsync(".done");
        Assert.Equal(AssignmentState.Active, (await Bank.Assignments.GetAsync(offer.Id)).State);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_desk_is_given_to_somebody_else(string language)
    {
        var (from, to) = (await portal.Api.HireAsync("swift", $"from-{language}@swift.example", "collector"), await portal.Api.HireAsync("swift", $"to-{language}@swift.example", "collector"));
        await Agency.Cases.DistributeAsync(new CaseDistribution { CaseIds = [await NextCaseAsync()], ToPersonIds = [from] });
        await using var window = await chromium.OpenAsync(portal.Address, language);
        var keys = await SignInAsync(window, "manager@swift.example", $"/cases/distribution?collector={from}");
        await keys.PushAsync($"[name=To][value='{to}']", "Space");
        await keys.PressAsync("g");
        await keys.ArriveAsync("dl.sum");
        await keys.PressAsync("g");
        await keys.ArriveAsync(".done");
        Assert.Single((await Agency.Cases.ListPageAsync(collectorId: to)).Items);
        Assert.Empty((await Agency.Cases.ListPageAsync(collectorId: from)).Items);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_case_is_recalled_once_it_was_asked_whether_it_shall_be(string language)
    {
        var id = await NextCaseAsync();
        await using var window = await chromium.OpenAsync(portal.Address, language);
        var keys = await SignInAsync(window, "analyst@harbour.example", $"/cases/{id}");
        await keys.PushAsync("details:has(#recall) summary");
        await keys.PushAsync("#recall button.danger", asked: true);
        await keys.ArriveAsync(".done");
        Assert.NotEqual(CaseState.Active, (await Bank.Cases.GetAsync(id)).State);
    }

    private static async Task<Keys> SignInAsync(IBrowserContext window, string email, string address)
    {
        var page = await window.NewPageAsync();
        await page.GotoAsync(address);
        var keys = new Keys(page);
        await keys.FillAsync("#email", email);
        await keys.FillAsync("#password", TestDatabase.Password);
        await keys.PressAsync("Enter");
        await page.ArriveAsync(Regex.Escape(address) + '$');
        return keys;
    }

    // Each test has a case of its own: nothing was done in any but the worked one.
    private async Task<Guid> NextCaseAsync()
    {
        var cases = (await Agency.AllCasesAsync()).Where(one => one.Account.Balance.Total.Currency == "CNY" && one.Id != portal.WorkedCase).OrderBy(one => one.Account.AccountNumber, StringComparer.Ordinal).ToList();
        return cases[Interlocked.Increment(ref taken)].Id;
    }

    /// <summary>A keyboard, and eyes that know what has the focus.</summary>
    private sealed class Keys(IPage page)
    {
        private const int Farthest = 200;

        public Task PressAsync(string key) => page.Keyboard.PressAsync(key);

        public Task ArriveAsync(string selector) => Assertions.Expect(page.Locator(selector).First).ToBeVisibleAsync(new() { Timeout = 30_000 });

        /// <summary>Goes to a field and types; in a list the name of what is chosen.</summary>
        public async Task FillAsync(string selector, string text)
        {
            await GoAsync(selector);
            await page.Keyboard.TypeAsync(text);
        }

        /// <summary>Goes to a button, a link or a box, and pushes it; says yes where it is <paramref name="asked"/> whether it is meant.</summary>
        public async Task PushAsync(string selector, string key = "Enter", bool back = false, bool asked = false)
        {
            await GoAsync(selector, back ? "Shift+Tab" : "Tab");
            if (asked)
            {
                page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
            }

            await PressAsync(key);
        }

        /// <summary>A date, part by part in the order of the browser's own language, which is not the page's.</summary>
        public async Task DateAsync(string selector, DateOnly day)
        {
            await GoAsync(selector);
            await page.Keyboard.TypeAsync(day.ToString("MMddyyyy", CultureInfo.InvariantCulture));
        }

        public async Task ChooseFileAsync(string selector, string name, string type, byte[] content)
        {
            await GoAsync(selector);
            var chooser = await page.RunAndWaitForFileChooserAsync(() => PressAsync("Enter"));
            await chooser.SetFilesAsync(new FilePayload { Name = name, MimeType = type, Buffer = content });
        }

        private async Task GoAsync(string selector, string key = "Tab")
        {
            for (var steps = 0; steps < Farthest; steps++)
            {
                if (await page.EvaluateAsync<bool>("selector => document.activeElement?.matches(selector) === true", selector))
                {
                    return;
                }

                await PressAsync(key);
            }

            Assert.Fail($"No number of {key} leads to {selector}.");
        }
    }
}
