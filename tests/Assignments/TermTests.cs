using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Assignments;

public sealed class TermTests
{
    [Fact]
    public async Task A_term_that_has_ended_is_refused()
    {
        await using var story = await Story.AtAccountsAsync();
        var past = story.WholePortfolio();
        past.TermStart = story.Today.AddDays(-10);
        past.TermEnd = story.Today.AddDays(-1);
        var refusal = await Assert.ThrowsAnyAsync<AgencyException>(() => story.Harbour.Assignments.CreateAsync(past));
        Assert.Equal((422, "assignment.term_past"), (refusal.StatusCode, refusal.Code));
    }

    [Fact]
    public async Task The_system_writes_down_that_it_made_the_cases()
    {
        await using var story = await Story.AtCasesAsync();
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action = 'assignment.activated' AND person_id IS NULL AND client_id IS NULL"));
    }
}
