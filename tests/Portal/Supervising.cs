using System.Net;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Portal;

/// <summary>What a supervisor and a manager do for their people: take assignments, make teams, hand out cases, see what waits for the bank.</summary>
public sealed class Supervising(PortalService portal) : IClassFixture<PortalService>
{
    private const string Manager = "manager@swift.example";

    [Fact]
    public async Task An_assignment_is_shown_by_its_figures_and_taken_once()
    {
        var id = await AssignAsync("TAKE");
        using var visitor = new Visitor(portal.Address);
        var list = await visitor.SignInAsync(Manager, "/assignments/received?state=submitted");
        Assert.Contains($"/assignments/received/{id}", list.Html, StringComparison.Ordinal);
        var page = await visitor.OpenAsync($"/assignments/received/{id}");
        Assert.Contains("To answer", page.Html, StringComparison.Ordinal);
        Assert.Contains("CN¥2,000.00", page.Html, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\">M", page.Html, StringComparison.Ordinal);

        for (var time = 0; time < 2; time++)
        {
            var taken = await visitor.SubmitAsync(page, $"/assignments/received/{id}?handler=Acknowledge");
            Assert.Equal((HttpStatusCode.OK, $"/assignments/received/{id}"), (taken.Status, taken.Address.AbsolutePath));
            Assert.Contains("The assignment is taken.", taken.Html, StringComparison.Ordinal);
        }

        Assert.Equal(AssignmentState.Active, (await Bank.Assignments.GetAsync(id)).State);
        Assert.DoesNotContain($"/assignments/received/{id}", (await visitor.OpenAsync("/assignments/received?state=rejected")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assignment_is_turned_down_with_a_reason_and_not_without()
    {
        var id = await AssignAsync("REJECT");
        using var visitor = new Visitor(portal.Address);
        var page = await visitor.SignInAsync("supervisor@swift.example", $"/assignments/received/{id}");
        var refused = await visitor.SubmitAsync(page, $"/assignments/received/{id}?handler=Reject", ("Reason", ""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("href=\"#reject-reason\"", refused.Html, StringComparison.Ordinal);
        Assert.Equal(AssignmentState.Submitted, (await Bank.Assignments.GetAsync(id)).State);

        await visitor.SubmitAsync(refused, $"/assignments/received/{id}?handler=Reject", ("Reason", "Nobody speaks the dialect."));
        var rejected = await Bank.Assignments.GetAsync(id);
        Assert.Equal((AssignmentState.Rejected, "Nobody speaks the dialect."), (rejected.State, rejected.Reason));
    }

    [Fact]
    public async Task Keeping_an_assignment_is_asked_and_its_cases_wait_for_the_bank()
    {
        var id = await AssignAsync("KEEP");
        await Agency.Assignments.AcknowledgeAsync(id);
        var term = (await Agency.Assignments.GetAsync(id)).TermEnd;
        using var visitor = new Visitor(portal.Address);
        var page = await visitor.SignInAsync(Manager, $"/assignments/received/{id}");
        var refused = await visitor.SubmitAsync(page, $"/assignments/received/{id}?handler=Keep", ("TermEnd", "2020-01-01"), ("KeepReason", "active_promise"));
        Assert.Contains("This was not done", refused.Html, StringComparison.Ordinal);
        Assert.Contains("2020-01-01", refused.Html, StringComparison.Ordinal);

        var asked = await visitor.SubmitAsync(refused, $"/assignments/received/{id}?handler=Keep", ("TermEnd", $"{term.AddDays(20):yyyy-MM-dd}"), ("KeepReason", "active_promise"));
        Assert.Equal(HttpStatusCode.OK, asked.Status);
        Assert.Contains("2 cases", asked.Html, StringComparison.Ordinal);
        var waiting = await visitor.OpenAsync("/cases/waiting?kind=retention");
        Assert.Contains("KEEP-0001", waiting.Html, StringComparison.Ordinal);
        Assert.Contains("a promise is open", waiting.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("KEEP-0001", (await visitor.OpenAsync("/cases/waiting?kind=return")).Html, StringComparison.Ordinal);
        using var analyst = new Visitor(portal.Address);
        Assert.Contains("KEEP-0001", (await analyst.SignInAsync("analyst@harbour.example", "/cases/waiting?kind=retention")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manager_makes_a_team_and_nobody_overwrites_what_another_changed()
    {
        var person = await portal.Api.HireAsync("swift", "member@swift.example", "collector");
        using var visitor = new Visitor(portal.Address);
        var list = await visitor.SignInAsync(Manager, "/teams");
        var unnamed = await visitor.SubmitAsync(list, "/teams?handler=Create", ("Name", ""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unnamed.Status);
        var made = await visitor.SubmitAsync(unnamed, "/teams?handler=Create", ("Name", "Night shift"), ("SplitsEvenly", "true"));
        var id = Guid.Parse(made.Address.Segments[^1]);
        Assert.True((await Agency.Teams.GetAsync(id)).SplitsEvenly);

        var changed = await visitor.SubmitAsync(made, $"/teams/{id}?handler=Change", ("Name", "Day shift"));
        Assert.Equal(("Day shift", false), ((await Agency.Teams.GetAsync(id)).Name, (await Agency.Teams.GetAsync(id)).SplitsEvenly));
        var stale = await visitor.SubmitAsync(made, $"/teams/{id}?handler=Members", ("People", $"{person}"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.Status);
        Assert.Matches($"value=\"{person}\" checked", stale.Html);
        Assert.Empty((await Agency.Teams.GetAsync(id)).Members);
        var unread = await visitor.SubmitAsync(made with { Html = made.Html.Replace("name=\"Version\"", "name=\"Nothing\"", StringComparison.Ordinal) }, $"/teams/{id}?handler=Members", ("People", $"{person}"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, unread.Status);

        var filled = await visitor.SubmitAsync(changed, $"/teams/{id}?handler=Members", ("People", $"{person}"));
        Assert.Equal(person, Assert.Single((await Agency.Teams.GetAsync(id)).Members).PersonId);
        Assert.Contains($"/worklist?collector={person}", filled.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cases_are_given_evenly_after_it_was_shown_who_gets_how_many()
    {
        var (first, second) = (await portal.Api.HireAsync("swift", "first@swift.example", "collector"), await portal.Api.HireAsync("swift", "second@swift.example", "collector"));
        var team = await Agency.TeamAsync("Pair", false, first, second);
        var id = await AssignAsync("DEAL", accounts: 5);
        await Agency.Assignments.AcknowledgeAsync(id);
        using var visitor = new Visitor(portal.Address);
        var page = await visitor.SignInAsync(Manager, $"/cases/distribution?assignment={id}");
        Assert.Contains("5 cases are on no desk.", page.Html, StringComparison.Ordinal);
        var (preview, distribute) = ($"/cases/distribution?assignment={id}&handler=Preview", $"/cases/distribution?assignment={id}&handler=Distribute");

        Assert.Contains("Choose somebody else", (await visitor.SubmitAsync(page, preview, ("Ticked", "false"))).Html, StringComparison.Ordinal);
        var shown = await visitor.SubmitAsync(page, preview, ("Ticked", "false"), ("Team", $"{team.Id}"));
        Assert.Contains("3 cases", shown.Html, StringComparison.Ordinal);
        Assert.Contains("2 cases", shown.Html, StringComparison.Ordinal);
        Assert.All((await Agency.Cases.ListPageAsync(assignmentId: id)).Items, one => Assert.Null(one.CollectorId));

        await visitor.SubmitAsync(shown, distribute);
        var again = await visitor.SubmitAsync(shown, distribute);
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal([2, 3], (await Agency.Cases.ListPageAsync(assignmentId: id)).Items.CountBy(one => one.CollectorId ?? Guid.Empty).Select(one => one.Value).Order());

        // What is ticked alone, and to people.
        var desk = await visitor.OpenAsync($"/cases/distribution?collector={first}");
        var ticked = (await Agency.Cases.ListPageAsync(collectorId: first)).Items.Select(one => one.Id).First();
        preview = $"/cases/distribution?collector={first}&handler=Preview";
        Assert.Contains("Tick at least one case.", (await visitor.SubmitAsync(desk, preview, ("Ticked", "true"), ("To", $"{second}"))).Html, StringComparison.Ordinal);
        shown = await visitor.SubmitAsync(desk, preview, ("Ticked", "true"), ("Cases", $"{ticked}"), ("To", $"{second}"));
        await visitor.SubmitAsync(shown, $"/cases/distribution?collector={first}&handler=Distribute");
        Assert.Equal(second, (await Agency.Cases.GetAsync(ticked)).CollectorId);
    }

    [Fact]
    public async Task A_team_s_page_counts_each_desk_when_asked()
    {
        using var visitor = new Visitor(portal.Address);
        await visitor.SignInAsync(Manager, "/teams");
        var team = (await Agency.Teams.ListPageAsync()).Items.Single(one => one.Name == "First");
        Assert.DoesNotContain("data-label=\"Cases\"", (await visitor.OpenAsync($"/teams/{team.Id}")).Html, StringComparison.Ordinal);
        Assert.Contains("data-label=\"Cases\">32<", (await visitor.OpenAsync($"/teams/{team.Id}?count=true")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task People_are_listed_and_it_is_said_who_adds_them()
    {
        using var visitor = new Visitor(portal.Address);
        var page = await visitor.SignInAsync("supervisor@swift.example", "/people");
        Assert.Contains("Swift Collections collector", page.Html, StringComparison.Ordinal);
        Assert.Contains("The operator adds people", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("handler=Create", (await visitor.OpenAsync("/teams")).Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/assignments/received")]
    [InlineData("/teams")]
    [InlineData("/people")]
    [InlineData("/cases/distribution")]
    [InlineData("/tenants")]
    [InlineData("/webhooks")]
    [InlineData("/audit-log")]
    public async Task A_collector_is_told_that_the_role_does_not_see_it(string address)
    {
        using var visitor = new Visitor(portal.Address);
        Assert.Equal(HttpStatusCode.Forbidden, (await visitor.SignInAsync("collector@swift.example", address)).Status);
    }

    private Side Bank => new(portal.Api.For("harbour"));

    private Side Agency => new(portal.Api.For("swift"));

    /// <summary>A bank hands over accounts of a thousand yuan each; nobody has answered yet.</summary>
    private async Task<Guid> AssignAsync(string name, int accounts = 2)
    {
        var today = DateOnly.FromDateTime(portal.Clock.GetUtcNow().UtcDateTime);
        var agreement = (await Bank.Agreements.ListPageAsync()).Items[0];
        var portfolio = await Bank.Portfolios.CreateAsync(new NewPortfolio { Name = name, Currency = "CNY" });
        var rows = Enumerable.Range(1, accounts).Select(n => $"{name}-{n:D4},D-{name}-{n:D4},Debtor {n},100000,0,0,{today.AddDays(-75):yyyy-MM-dd}");
        await Bank.ImportAsync(portfolio.Id, "account_number,debtor_reference,debtor_name,principal,interest,fees,oldest_due_date\n" + string.Join('\n', rows) + "\n", today);
        return (await Bank.Assignments.CreateAsync(new NewAssignment { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = today, TermEnd = today.AddDays(90) })).Id;
    }
}
