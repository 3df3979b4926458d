using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Assignments;

/// <summary>More accounts than a request deals with at once.</summary>
public sealed class PlacingTests
{
    private const int Many = 2_500;

    [Fact]
    public async Task Above_a_thousand_accounts_are_reserved_and_get_their_cases_in_the_background()
    {
        await using var story = await Story.AtAccountsAsync(Many);
        var tried = await story.Harbour.Assignments.DryRunAsync(story.WholePortfolio());

        var accepted = await story.Harbour.Assignments.CreateAsync(story.WholePortfolio());
        var submitted = await story.Harbour.WaitForAsync(AssignmentState.Submitted, accepted.Id);

        Assert.Equal(AssignmentState.Placing, accepted.State);
        Assert.Equal((Many, 0, Many * (Many + 1L) / 2 * 105_500L), (submitted.Accounts, submitted.SkippedCount, submitted.Balance.Total.Amount));
        Assert.EquivalentWithExclusions((tried.Balance, tried.DaysPastDueMix), (submitted.Balance, submitted.DaysPastDueMix), strict: true, "RawAnswer", "ETag");
        Assert.Equal(Many, submitted.DaysPastDueMix.Sum(share => share.Accounts));
        Assert.Empty(await story.Swift.AllAccountsAsync());

        await story.Swift.Assignments.AcknowledgeAsync(accepted.Id);
        await story.Swift.WaitForAsync(AssignmentState.Active, accepted.Id);

        var cases = await story.Swift.AllCasesAsync(accepted.Id);
        Assert.Equal(Many, cases.Select(c => c.Account.Id).Distinct().Count());
        Assert.Equal((Many, Many), (cases.Count, story.Events("case.opened")));
        Assert.Equal((1, 1), (story.Events("assignment.submitted"), story.Events("assignment.activated")));
    }

    [Fact]
    public async Task Exactly_a_thousand_are_submitted_when_the_answer_is_there()
    {
        await using var story = await Story.AtAssignmentAsync(1_000);
        Assert.Equal((AssignmentState.Submitted, 1_000), (story.Assignment.State, story.Assignment.Accounts));

        await story.Swift.Assignments.AcknowledgeAsync(story.Assignment.Id);

        Assert.Equal(AssignmentState.Active, (await story.Swift.Assignments.GetAsync(story.Assignment.Id)).State);
        Assert.Equal(1_000, (await story.Swift.AllCasesAsync()).Count);
    }

    [Fact]
    public async Task To_the_agency_it_does_not_exist_while_it_is_being_placed()
    {
        await using var story = await Story.AtAccountsAsync(Many);
        Assert.Empty((await story.Swift.Assignments.ListPageAsync()).Items);

        var accepted = await story.Harbour.Assignments.CreateAsync(story.WholePortfolio());
        await using (await story.HoldTheWriterAsync())
        {
            // Nobody can write: the background waits, and what is asked is answered.
            Assert.Equal(AssignmentState.Placing, (await story.Harbour.Assignments.GetAsync(accepted.Id)).State);
            Assert.Empty((await story.Swift.Assignments.ListPageAsync()).Items);
            Assert.Equal(404, (await Assert.ThrowsAnyAsync<AgencyException>(() => story.Swift.Assignments.GetAsync(accepted.Id))).StatusCode);
        }
    }

    [Fact]
    public async Task A_service_that_was_stopped_in_the_middle_goes_on_where_it_was()
    {
        using var database = await TestDatabase.CreateAsync();
        Guid id;
        await using (var story = await Story.AtAccountsAsync(Many, database: database))
        {
            await story.AssignAsync(11, 20, acknowledge: false);
            id = (await story.Harbour.Assignments.CreateAsync(story.WholePortfolio())).Id;
        }

        Assert.Equal("1", database.Scalar("SELECT MAX(placing) FROM base_assignment"));
        await using (var story = await Story.AtTenantsAsync(database: database))
        {
            var submitted = await story.Harbour.WaitForAsync(AssignmentState.Submitted, id);
            Assert.Equal((Many - 10, 10), (submitted.Accounts, submitted.SkippedCount));
            Assert.Equal(((Many * (Many + 1L) / 2) - 155) * 105_500L, submitted.Balance.Total.Amount);
            Assert.Equal(10, (await SkippedTests.ListAsync(story.Harbour, id)).Count(skipped => skipped.Reason == SkipReason.Reserved));
            await story.Swift.Assignments.AcknowledgeAsync(id);
        }

        Assert.NotEqual(Many - 10, int.Parse(database.Scalar("SELECT COUNT(*) FROM base_case")!, System.Globalization.CultureInfo.InvariantCulture));
        await using (var story = await Story.AtTenantsAsync(database: database))
        {
            await story.Swift.WaitForAsync(AssignmentState.Active, id);
            Assert.Equal(Many - 10, (await story.Swift.AllCasesAsync(id)).Select(c => c.Account.Id).Distinct().Count());
            Assert.Equal((Many - 10, 1), (story.Events("case.opened"), story.Events("assignment.activated")));
        }
    }

    [Fact]
    public async Task What_is_all_taken_already_is_refused_however_much_it_is()
    {
        await using var story = await Story.AtAccountsAsync(Many);
        var first = await story.Harbour.Assignments.CreateAsync(story.WholePortfolio());
        await story.Harbour.WaitForAsync(AssignmentState.Submitted, first.Id);

        await story.RefusesAsync(409, "assignment.no_eligible_accounts", () => story.Harbour.Assignments.CreateAsync(story.WholePortfolio(), CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task Two_that_are_placed_at_once_share_the_accounts_and_neither_gets_one_twice()
    {
        await using var story = await Story.AtAccountsAsync(Many);

        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => story.Harbour.Assignments.CreateAsync(story.WholePortfolio())));
        var placed = await Task.WhenAll(both.Select(assignment =>
            Eventually.ReadAsync(() => story.Harbour.Assignments.GetAsync(assignment.Id), now => now.State != AssignmentState.Placing)));

        Assert.Equal(Many, placed.Sum(assignment => assignment.Accounts));
        Assert.All(placed, assignment => Assert.Equal(Many, assignment.Accounts + assignment.SkippedCount));
        Assert.Equal(Many.ToString(System.Globalization.CultureInfo.InvariantCulture), story.Service.Database.Scalar("SELECT COUNT(*) FROM base_assignment_account"));
    }
}
