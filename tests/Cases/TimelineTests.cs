using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Cases;

public sealed class TimelineTests
{
    [Fact]
    public async Task It_merges_all_of_a_case_with_each_thing_as_it_is_now()
    {
        await using var story = await Story.AtCasesAsync(2);
        var record = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call("She will pay"));
        var repayment = await story.PayAsync(700);
        var proposal = await story.ProposeAsync(50_000);
        await story.ReportAsync(5, on: story.Cases["A-2"]);

        foreach (var side in (Side[])[story.Swift, story.Harbour])
        {
            var timeline = (await side.Cases.ListTimelinePageAsync(story.Case.Id)).Items;

            Assert.Equal(
                "case.opened contact_record.reported repayment.reported ledger_entry.posted ledger_entry.posted repayment.confirmed settlement_proposal.submitted",
                string.Join(' ', timeline.Select(entry => entry.Type)));
            Assert.EquivalentWithExclusions(record, timeline[1].ContactRecord, strict: true, "RawAnswer", "ETag");
            Assert.Equal((repayment.Id, RepaymentState.Confirmed), (timeline[2].Repayment!.Id, timeline[2].Repayment!.State));
            Assert.EquivalentWithExclusions(repayment, timeline[5].Repayment, strict: true, "RawAnswer", "ETag");
            Assert.Equal([-500, -200], timeline.Skip(3).Take(2).Select(entry => entry.LedgerEntry!.Amount.Amount));
            Assert.EquivalentWithExclusions(proposal, timeline[6].SettlementProposal, strict: true, "RawAnswer", "ETag");
            Assert.All(timeline, entry => Assert.InRange(Things(entry), entry.Subject.Kind == "case" ? 0 : 1, entry.Subject.Kind == "case" ? 0 : 1));
            Assert.EquivalentWithExclusions(timeline, await side.Cases.ListTimelineAsync(story.Case.Id, pageSize: 2).ToListAsync(), strict: true, "RawAnswer", "ETag");
        }
    }

    [Fact]
    public async Task It_is_there_for_the_agency_while_the_case_is_open_and_for_nobody_else()
    {
        await using var story = await Story.AtCasesAsync(1);
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Summit.Cases.ListTimelinePageAsync(id));
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Lantern.Cases.ListTimelinePageAsync(id));

        await story.RecallAsync();

        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.Cases.ListTimelinePageAsync(id));
        Assert.Equal("case.ended", (await story.Harbour.Cases.ListTimelinePageAsync(story.Case.Id)).Items[^1].Type);
    }

    [Fact]
    public async Task A_token_sees_no_more_of_things_here_than_in_their_own_lists()
    {
        await using var story = await Story.AtCasesAsync(1);
        await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call());
        await story.PayAsync(100);
        var token = await Connect.ClientCredentialsAsync(story.Service.Anonymous, "swift-api", TestDatabase.SecretOf("swift-api"), "cases:read repayments:read");
        var narrow = new Side(story.Service.With(token.GetProperty("access_token").GetString()!));

        var timeline = (await narrow.Cases.ListTimelinePageAsync(story.Case.Id)).Items;

        Assert.Equal(["repayment", "repayment"], timeline.Where(entry => Things(entry) > 0).Select(entry => entry.Subject.Kind), StringComparer.Ordinal);
        Assert.Equal(5, timeline.Count);
    }

    private static int Things(TimelineEntry entry) =>
        ((object?[])[entry.ContactRecord, entry.Repayment, entry.SettlementProposal, entry.LedgerEntry]).Count(thing => thing is not null);
}
