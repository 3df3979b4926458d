using System.Net;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Portal;

/// <summary>What a bank's people do all day: confirm money, answer proposals, take cases back; by forms alone.</summary>
public sealed class BankDay
{
    [Fact]
    public async Task Ticked_repayments_are_looked_at_with_their_total_and_confirmed_together()
    {
        await using var portal = new PortalService();
        await portal.InitializeAsync();
        var (agency, bank) = (new Side(portal.Api.For("swift")), new Side(portal.Api.For("harbour")));
        var today = PortalService.DayAt(portal.Clock.GetUtcNow());
        var over = await agency.Repayments.CreateAsync(portal.WorkedCase, new NewRepayment { Amount = new Money { Amount = 900_000_000, Currency = "CNY" }, PaidOn = today });
        var good = (await bank.Repayments.ListPageAsync(waiting: true)).Items.Single(item => item.Id != over.Id);

        using var visitor = new Visitor(portal.Address);
        var inbox = await visitor.SignInAsync("analyst@harbour.example", "/repayments");
        Assert.Contains("CN¥9,000,500.00", inbox.Html, StringComparison.Ordinal);
        (string, string)[] ticked = [.. new[] { good, over }.Select(item => ("items", $"{item.Id}|{item.Amount.Amount}|CNY|{item.AccountNumber}"))];
        var look = await visitor.SubmitAsync(inbox, "/repayments?handler=Review", ticked);
        Assert.Contains("2 repayments to confirm", look.Html, StringComparison.Ordinal);
        Assert.Equal(2, (await bank.Repayments.ListPageAsync(waiting: true)).Items.Count);

        var done = await visitor.SubmitAsync(look, "/repayments?handler=Confirm");
        Assert.Contains("1 confirmed, 1 not", done.Html, StringComparison.Ordinal);
        Assert.Equal((RepaymentState.Confirmed, RepaymentState.Reported), ((await bank.Repayments.GetAsync(good.Id)).State, (await bank.Repayments.GetAsync(over.Id)).State));

        var again = await visitor.SubmitAsync(look, "/repayments?handler=Confirm");
        Assert.Contains("1 confirmed, 1 not", again.Html, StringComparison.Ordinal);

        var rejected = await visitor.SubmitAsync(done, "/repayments?handler=Reject", ("reason", "No such money."));
        Assert.Equal((HttpStatusCode.OK, RepaymentState.Rejected), (rejected.Status, (await bank.Repayments.GetAsync(over.Id)).State));
        Assert.Contains("Nothing to confirm", rejected.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_ticked_is_said_and_changes_nothing()
    {
        await using var portal = new PortalService();
        await portal.InitializeAsync();
        using var visitor = new Visitor(portal.Address);
        var inbox = await visitor.SignInAsync("analyst@harbour.example", "/repayments");
        var refused = await visitor.SubmitAsync(inbox, "/repayments?handler=Review");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("Tick what is to be confirmed", refused.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_is_refused_still_holds_what_was_typed()
    {
        await using var portal = new PortalService();
        await portal.InitializeAsync();
        using var analyst = new Visitor(portal.Address);
        var page = await analyst.SignInAsync("analyst@harbour.example", $"/cases/{portal.WorkedCase}");
        var refused = await analyst.SubmitAsync(page, $"/cases/{portal.WorkedCase}?handler=Recall", ("reason", "reallocation"), ("on", "2020-01-01"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Matches("<input[^>]*id=\"recall-on\"[^>]*value=\"2020-01-01\"", refused.Html);
        Assert.Matches("<option value=\"reallocation\" selected", refused.Html);

        refused = await analyst.SubmitAsync(refused, $"/cases/{portal.WorkedCase}?handler=Hold", ("kind", "insolvency"), ("reason", new string('"', 401)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains($"value=\"{new string('"', 401).Replace("\"", "&quot;", StringComparison.Ordinal)}\"", refused.Html, StringComparison.Ordinal);
        Assert.Matches("<option value=\"insolvency\" selected", refused.Html);
        Assert.DoesNotMatch("<option value=\"reallocation\" selected", refused.Html);
    }

    [Fact]
    public async Task A_proposal_is_shown_beside_the_agreement_and_answered()
    {
        await using var portal = new PortalService();
        await portal.InitializeAsync();
        var bank = new Side(portal.Api.For("harbour"));
        using var analyst = new Visitor(portal.Address);
        var page = await analyst.SignInAsync("analyst@harbour.example", $"/settlement-proposals/{portal.Proposal}");
        Assert.Contains("CN¥8,000.00", page.Html, StringComparison.Ordinal);
        Assert.Contains("Lost the job in spring.", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("handler=Approve", page.Html, StringComparison.Ordinal);

        var refused = await analyst.SubmitAsync(page, $"/settlement-proposals/{portal.Proposal}?handler=Counter", ("Counter.Kind", "lump_sum"), ("Counter.Amount", "ten"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("value=\"ten\"", refused.Html, StringComparison.Ordinal);

        using var approver = new Visitor(portal.Address);
        var seen = await approver.SignInAsync("approver@harbour.example", $"/settlement-proposals/{portal.Proposal}");
        var approved = await approver.SubmitAsync(seen, $"/settlement-proposals/{portal.Proposal}?handler=Approve");
        Assert.Equal((HttpStatusCode.OK, SettlementProposalState.Approved), (approved.Status, (await bank.SettlementProposals.GetAsync(portal.Proposal)).State));
    }

    [Fact]
    public async Task A_case_is_held_let_go_and_recalled()
    {
        await using var portal = new PortalService();
        await portal.InitializeAsync();
        var bank = new Side(portal.Api.For("harbour"));
        using var analyst = new Visitor(portal.Address);
        var page = await analyst.SignInAsync("analyst@harbour.example", $"/cases/{portal.WorkedCase}");
        var held = await analyst.SubmitAsync(page, Action(portal, "Hold"), ("kind", "dispute"), ("reason", "The amount is in question."));
        Assert.Contains("Hold: ", held.Html, StringComparison.Ordinal);

        var lifted = await analyst.SubmitAsync(held, Action(portal, "Lift"), ("reason", "It is settled."));
        Assert.Empty((await bank.Cases.GetAsync(portal.WorkedCase)).Holds);

        var recalled = await analyst.SubmitAsync(lifted, Action(portal, "Recall"), ("reason", "complaint"));
        Assert.Equal((HttpStatusCode.OK, CaseState.Recalled), (recalled.Status, (await bank.Cases.GetAsync(portal.WorkedCase)).State));
        Assert.DoesNotContain("handler=Recall", recalled.Html, StringComparison.Ordinal);
    }

    private static string Action(PortalService portal, string deed) => $"/cases/{portal.WorkedCase}?handler={deed}";
}
