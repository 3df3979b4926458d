using Agency.Sdk;
using Agency.Tests.Http;
using Agency.Tests.Support;

namespace Agency.Tests.Events;

public sealed class EventTests
{
    [Fact]
    public async Task Both_sides_read_the_same_story_in_the_same_order()
    {
        await using var story = await Story.AtCasesAsync(1);
        var repayment = await story.PayAsync(100);

        var harbour = (await story.Harbour.Events.ListPageAsync(1000)).Items;
        var swift = (await story.Swift.Events.ListPageAsync(1000)).Items;

        Assert.Equal(
            "agreement.created assignment.submitted assignment.acknowledged case.opened assignment.activated repayment.reported ledger_entry.posted repayment.confirmed",
            string.Join(' ', harbour.Select(e => e.Type)));
        Assert.EquivalentWithExclusions(harbour, swift, strict: true, "RawAnswer", "ETag");
        var confirmed = harbour[^1];
        Assert.Equal(("repayment", repayment.Id, story.Case.Id, story.Case.Account.Id), (confirmed.Subject.Kind, confirmed.Subject.Id, confirmed.CaseId, confirmed.AccountId));
        Assert.Equal(TestDatabase.Start, confirmed.OccurredAt);
        Assert.Empty((await story.Summit.Events.ListPageAsync()).Items);
        Assert.Empty((await story.Lantern.Events.ListPageAsync()).Items);
    }

    [Fact]
    public async Task A_subject_narrows_the_stream_and_an_unknown_one_is_refused()
    {
        await using var story = await Story.AtCasesAsync(2);
        await story.PayAsync(100);

        Assert.Equal(["repayment.reported", "repayment.confirmed"], (await story.Swift.Events.ListPageAsync(subject: "repayment")).Items.Select(e => e.Type), StringComparer.Ordinal);
        Assert.Equal(2, (await new Following(story.Harbour.Http, "/v1/events?subject=case", limit: 1).ReadAsync()).Count);
        Assert.Equal("?subject", Assert.Single((await story.Swift.Http.CallAsync("GET", "/v1/events?subject=planet")).IsProblem(400, "request.malformed").Pointers));
    }

    [Fact]
    public async Task Pages_follow_each_other_by_cursor_and_the_last_gives_the_place_to_go_on_from()
    {
        await using var story = await Story.AtCasesAsync(3);
        var all = (await story.Swift.Events.ListPageAsync(1000)).Items.Select(e => e.Id).ToList();
        List<Guid> walked = [];
        PublishedEventPage page;
        string? cursor = null;
        do
        {
            page = await story.Swift.Events.ListPageAsync(2, cursor);
            walked.AddRange(page.Items.Select(e => e.Id));
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.Equal(all, walked);

        await story.ReportAsync(1);

        Assert.Equal("repayment.reported", Assert.Single((await story.Swift.Events.ListPageAsync(changedAfter: page.ChangedAfter)).Items).Type);
        (await story.Swift.Http.CallAsync("GET", "/v1/events?cursor=start")).IsProblem(400, "query.cursor_invalid");
    }
}
