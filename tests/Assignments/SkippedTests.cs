using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Assignments;

/// <summary>Accounts that match an assignment's filter and can't be assigned: A-1 has a case, A-2 is resolved, A-3 reserved, A-4 held; are free.</summary>
public sealed class SkippedTests
{
    private static readonly (string Number, SkipReason Reason)[] LeftOut =
        [("A-1", SkipReason.OpenCase), ("A-2", SkipReason.Resolved), ("A-3", SkipReason.Reserved), ("A-4", SkipReason.Hold)];

    [Fact]
    public async Task What_cannot_be_assigned_is_left_out_and_listed_with_the_reason()
    {
        await using var story = await OneOfEachAsync();
        var assignment = await story.Harbour.Assignments.CreateAsync(story.WholePortfolio());

        Assert.Equal((2, 4, (5 + 6) * 105_500L), (assignment.Accounts, assignment.SkippedCount, assignment.Balance.Total.Amount));
        Assert.Equal(LeftOut, (await ListAsync(story.Harbour, assignment.Id)).Select(skipped => (skipped.AccountNumber, skipped.Reason)).Order());
        await story.Swift.Assignments.AcknowledgeAsync(assignment.Id);
        Assert.Equal(["A-5", "A-6"], (await story.Swift.AllCasesAsync(assignment.Id)).Select(c => c.Account.AccountNumber).Order());
        Assert.Null((await story.Swift.Assignments.GetAsync(assignment.Id)).SkippedCount);
    }

    [Fact]
    public async Task Only_what_matches_the_filter_counts_as_left_out()
    {
        await using var story = await OneOfEachAsync();
        var slice = story.WholePortfolio();
        slice.Filter = new AssignmentFilter { MinBalance = 4 * 105_500L };

        var assignment = await story.Harbour.Assignments.CreateAsync(slice);

        Assert.Equal((2, 1), (assignment.Accounts, assignment.SkippedCount));
        Assert.Equal("A-4", Assert.Single(await ListAsync(story.Harbour, assignment.Id)).AccountNumber);
    }

    [Fact]
    public async Task To_the_other_bank_the_list_does_not_exist_and_it_is_not_the_agencys()
    {
        await using var story = await Story.AtAssignmentAsync();

        await story.HidesAsync("assignment.not_found", story.Assignment.Id, id => story.Summit.Assignments.ListSkippedAccountsPageAsync(id));
        await story.RefusesAsync(403, "auth.wrong_tenant_kind", () => story.Swift.Assignments.ListSkippedAccountsPageAsync(story.Assignment.Id));
    }

    [Fact]
    public async Task A_dry_run_says_the_same_and_stores_nothing()
    {
        await using var story = await OneOfEachAsync();
        var before = StoredRows.Digest(story.Service.Database);

        var tried = await story.Harbour.Assignments.DryRunAsync(story.WholePortfolio());

        Assert.Equal(before, StoredRows.Digest(story.Service.Database));
        Assert.Equal((2, 4), (tried.Accounts, tried.SkippedCount));
        Assert.Equal(LeftOut, tried.Skipped.SelectMany(share => share.Examples).Select(skipped => (skipped.AccountNumber, skipped.Reason)).Order());
        Assert.All(tried.Skipped, share => Assert.Equal((1, share.Reason), (share.Accounts, Assert.Single(share.Examples).Reason)));
        var made = await story.Harbour.Assignments.CreateAsync(story.WholePortfolio());
        Assert.EquivalentWithExclusions((made.Balance, made.DaysPastDueMix), (tried.Balance, tried.DaysPastDueMix), strict: true, "RawAnswer", "ETag");
    }

    [Fact]
    public async Task A_dry_run_is_refused_like_the_assignment()
    {
        await using var story = await Story.AtAccountsAsync();
        var own = await story.Summit.MandateAsync("swift");

        await story.HidesAsync("agreement.not_found", story.Agreement.Id, id => story.Summit.Assignments.DryRunAsync(With(a => a.AgreementId = id)));
        await story.HidesAsync("portfolio.not_found", story.Portfolio.Id, id => story.Summit.Assignments.DryRunAsync(With(a => (a.AgreementId, a.PortfolioId) = (own.Id, id))));
        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Assignments.DryRunAsync(With(a => a.TermEnd = a.TermStart.AddDays(-1))));
        await story.RefusesAsync(422, "assignment.term_past", () => story.Harbour.Assignments.DryRunAsync(With(a => (a.TermStart, a.TermEnd) = (story.Today.AddDays(-2), story.Today.AddDays(-1)))));
        var nothing = await story.Harbour.Assignments.DryRunAsync(With(a => a.Filter = new AssignmentFilter { Product = "car" }));
        Assert.Equal((0, 0, 0L), (nothing.Accounts, nothing.SkippedCount, nothing.Balance.Total.Amount));

        NewAssignment With(Action<NewAssignment> change)
        {
            var assignment = story.WholePortfolio();
            change(assignment);
            return assignment;
        }
    }

    [Fact]
    public async Task A_dry_run_counts_past_its_examples()
    {
        await using var story = await Story.AtAssignmentAsync(120);

        var tried = await story.Harbour.Assignments.DryRunAsync(story.WholePortfolio());

        var reserved = Assert.Single(tried.Skipped);
        Assert.Equal((0, 120, SkipReason.Reserved, 120, 100), (tried.Accounts, tried.SkippedCount, reserved.Reason, reserved.Accounts, reserved.Examples.Count));
    }

    internal static Task<List<SkippedAccount>> ListAsync(Side bank, Guid assignment) =>
        bank.Assignments.ListSkippedAccountsAsync(assignment, pageSize: 1000).ToListAsync().AsTask();

    private static async Task<Story> OneOfEachAsync()
    {
        var story = await Story.AtAccountsAsync(6);
        await story.AssignAsync(1, 2);
        await story.AssignAsync(3, 3, acknowledge: false);
        var cases = (await story.Swift.AllCasesAsync()).ToDictionary(c => c.Account.AccountNumber, StringComparer.Ordinal);
        await story.ConfirmAsync(await story.ReportAsync(2 * 105_500L, on: cases["A-2"]));
        await story.HoldAsync((await story.Harbour.AllAccountsAsync()).Single(account => account.AccountNumber == "A-4").Id);
        return story;
    }
}
