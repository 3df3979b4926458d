using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Assignments;

public sealed class RejectTests
{
    [Fact]
    public async Task The_accounts_can_be_assigned_again_at_once()
    {
        await using var story = await Story.AtAssignmentAsync();
        var lantern = await story.Harbour.MandateAsync("lantern");

        var answer = await story.Swift.Assignments.RejectAsync(story.Assignment.Id, Deeds.Because);

        Assert.Equal((AssignmentState.Rejected, Deeds.Because.Reason), (answer.State, answer.Reason));
        Assert.Equal(Deeds.Because.Reason, (await story.Harbour.Assignments.GetAsync(story.Assignment.Id)).Reason);
        Assert.Empty(await story.Swift.AllCasesAsync());
        Assert.Equal(3, (await story.HandToAsync(story.Lantern, lantern)).Count);
    }

    [Fact]
    public async Task To_the_other_agency_it_does_not_exist()
    {
        await using var story = await Story.AtAssignmentAsync();

        await story.HidesAsync("assignment.not_found", story.Assignment.Id, id => story.Lantern.Assignments.RejectAsync(id, Deeds.Because, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task The_same_key_rejects_once()
    {
        await using var story = await Story.AtAssignmentAsync();

        await story.ActsOnceAsync(key => story.Swift.Assignments.RejectAsync(story.Assignment.Id, Deeds.Because, CallOptions.WithKey(key)));
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtAssignmentAsync();
        var id = story.Assignment.Id;
        await story.RefusesAsync(422, "request.invalid", () => story.Swift.Assignments.RejectAsync(id, new RejectionReason { Reason = "" }, CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Harbour.Assignments.RejectAsync(id, Deeds.Because, CallOptions.WithKey("key")));
        await story.Swift.Assignments.RejectAsync(id, Deeds.Because);

        await story.RefusesAsync(409, "assignment.is_rejected", () => story.Swift.Assignments.RejectAsync(id, Deeds.Because, CallOptions.WithKey("key")));
        await story.RefusesAsync(409, "assignment.is_rejected", () => story.Swift.Assignments.AcknowledgeAsync(id, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task Of_an_acknowledgement_and_a_rejection_at_once_one_counts()
    {
        await using var story = await Story.AtAssignmentAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(async n =>
        {
            try
            {
                _ = await (n % 2 == 0 ? story.Swift.Assignments.AcknowledgeAsync(story.Assignment.Id) : story.Swift.Assignments.RejectAsync(story.Assignment.Id, Deeds.Because));
                return true;
            }
            catch (AgencyException refusal) when (refusal.StatusCode == 409)
            {
                return false;
            }
        }));

        Assert.Single(answers, won => won);
        var rejected = (await story.Harbour.Assignments.GetAsync(story.Assignment.Id)).State == AssignmentState.Rejected;
        Assert.Equal(rejected ? 0 : 3, (await story.Swift.AllCasesAsync()).Count);
        Assert.All(await story.Harbour.AllAccountsAsync(), account => Assert.Equal(rejected ? AccountState.Eligible : AccountState.Placed, account.State));
    }
}
