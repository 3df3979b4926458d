using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Assignments;

public sealed class AcknowledgeTests
{
    [Fact]
    public async Task Each_account_has_its_case_when_the_answer_is_there()
    {
        await using var story = await Story.AtAssignmentAsync();

        var answer = await story.Swift.Assignments.AcknowledgeAsync(story.Assignment.Id);

        Assert.Equal(TestDatabase.Start, answer.AnsweredAt);
        Assert.Null(answer.PortfolioId);
        Assert.Equal(AssignmentState.Active, (await story.Harbour.Assignments.GetAsync(story.Assignment.Id)).State);
        var cases = await story.Swift.AllCasesAsync();
        Assert.Equal(["A-1", "A-2", "A-3"], cases.Select(c => c.Account.AccountNumber).Order());
        Assert.All(cases, c => Assert.Equal((story.Assignment.Id, CaseState.Active, AccountState.Placed), (c.AssignmentId, c.State, c.Account.State)));
        Assert.Equal(cases.Select(c => c.Id).Order(), (await story.Harbour.AllCasesAsync()).Select(c => c.Id).Order());
    }

    [Fact]
    public async Task To_the_other_agency_it_does_not_exist()
    {
        await using var story = await Story.AtAssignmentAsync();

        await story.HidesAsync("assignment.not_found", story.Assignment.Id, id => story.Lantern.Assignments.AcknowledgeAsync(id, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task The_same_key_makes_the_cases_once()
    {
        await using var story = await Story.AtAssignmentAsync();

        await story.ActsOnceAsync(key => story.Swift.Assignments.AcknowledgeAsync(story.Assignment.Id, CallOptions.WithKey(key)));

        Assert.Equal(3, (await story.Swift.AllCasesAsync()).Count);
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtCasesAsync();
        var id = story.Assignment.Id;

        await story.RefusesAsync(409, "assignment.is_active", () => story.Swift.Assignments.AcknowledgeAsync(id, CallOptions.WithKey("key")));
        await story.RefusesAsync(409, "assignment.is_active", () => story.Swift.Assignments.RejectAsync(id, Deeds.Because, CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Harbour.Assignments.AcknowledgeAsync(id, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task A_term_in_the_future_gives_cases_on_its_first_day_and_none_before()
    {
        await using var story = await Story.AtAccountsAsync();
        var later = await SubmitAsync(story.Today.AddDays(2), 105_500);
        var now = await SubmitAsync(story.Today, 211_000);

        // Acknowledging carries an assignment on as far as it is due, so that the first is seen to wait for its day.
        await story.Swift.Assignments.AcknowledgeAsync(later.Id);
        await story.Swift.Assignments.AcknowledgeAsync(now.Id);

        Assert.Equal(AssignmentState.Acknowledged, (await story.Swift.Assignments.GetAsync(later.Id)).State);
        Assert.Equal("A-2", Assert.Single(await story.Swift.AllCasesAsync()).Account.AccountNumber);
        await story.RefusesAsync(409, "assignment.is_acknowledged", () => story.Swift.Assignments.AcknowledgeAsync(later.Id, CallOptions.WithKey("key")));
        await story.RefusesAsync(409, "assignment.is_acknowledged", () => story.Swift.Assignments.RejectAsync(later.Id, Deeds.Because, CallOptions.WithKey("key")));

        story.Service.Clock.Advance(TimeSpan.FromDays(2));
        await story.Swift.WaitForAsync(AssignmentState.Active, later.Id);

        Assert.Equal("A-1", Assert.Single(await story.Swift.AllCasesAsync(later.Id)).Account.AccountNumber);

        async Task<Assignment> SubmitAsync(DateOnly start, long balance)
        {
            var slice = story.WholePortfolio();
            (slice.TermStart, slice.Filter) = (start, new AssignmentFilter { MinBalance = balance, MaxBalance = balance });
            return await story.Harbour.Assignments.CreateAsync(slice);
        }
    }

    [Fact]
    public async Task An_account_that_was_paid_meanwhile_gets_no_case()
    {
        await using var story = await Story.AtCasesAsync();
        var lantern = await story.Harbour.MandateAsync("lantern");
        var paid = await story.ReportAsync(105_500);
        await story.RecallAsync();
        await story.RecallAsync(story.Cases["A-2"]);
        var handed = story.WholePortfolio();
        handed.AgreementId = lantern.Id;
        var offer = await story.Harbour.Assignments.CreateAsync(handed);
        await story.ConfirmAsync(paid);

        await story.Lantern.Assignments.AcknowledgeAsync(offer.Id);

        Assert.Equal("A-2", Assert.Single(await story.Lantern.AllCasesAsync()).Account.AccountNumber);
        Assert.Equal(AccountState.Resolved, (await story.AccountAsync()).State);
    }

    [Fact]
    public async Task An_account_that_was_paid_and_assigned_anew_meanwhile_does_not_hold_up_the_others()
    {
        await using var story = await Story.AtCasesAsync();
        var lantern = await story.Harbour.MandateAsync("lantern");
        var paid = await story.ReportAsync(105_500);
        await story.RecallAsync();
        await story.RecallAsync(story.Cases["A-2"]);
        var handed = story.WholePortfolio();
        handed.AgreementId = lantern.Id;
        var offer = await story.Harbour.Assignments.CreateAsync(handed);
        await story.ReverseAsync(await story.ConfirmAsync(paid));
        var again = Assert.Single(await story.HandToAsync(story.Swift, story.Agreement));

        await story.Lantern.Assignments.AcknowledgeAsync(offer.Id);

        Assert.Equal(AssignmentState.Active, (await story.Lantern.Assignments.GetAsync(offer.Id)).State);
        Assert.Equal("A-2", Assert.Single(await story.Lantern.AllCasesAsync()).Account.AccountNumber);
        Assert.Equal("A-1", (await story.Swift.Cases.GetAsync(again.Id)).Account.AccountNumber);
    }
}
