using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.ContactPermits;

/// <summary>A contact is judged by what stood when it was made, though it has changed since or is not shown to the agency any more.</summary>
public sealed class ThenTests
{
    [Fact]
    public async Task A_contact_under_a_notice_says_so_also_when_the_notice_was_taken_back()
    {
        await using var story = await Story.AtCasesAsync();
        await story.RecallAsync(reason: RecallReason.Reallocation);
        var during = AnHourLater(story);
        AnHourLater(story);
        await story.Harbour.Cases.WithdrawRecallAsync(story.Case.Id, new RecallWithdrawal());
        AnHourLater(story);

        Assert.Equal("CASE-RECALL", (await story.CalledAsync(Outcome.NoAnswer, c => c.OccurredAt = during)).BreachesOf());
        Assert.Equal("", (await story.CalledAsync(Outcome.NoAnswer)).BreachesOf());
    }

    [Fact]
    public async Task A_late_report_says_of_notice_hold_and_related_contact_what_the_agency_does_not_see_any_more()
    {
        await using var story = await Story.AtCasesAsync();
        await story.RecallAsync(reason: RecallReason.Reallocation);
        await story.HoldAsync(story.Case.Account.Id);
        var during = AnHourLater(story);
        AnHourLater(story);
        await story.RecallAsync();
        AnHourLater(story);

        Assert.Equal("CASE-RECALL CASE-HOLD", (await story.CalledAsync(Outcome.NoAnswer, c => c.OccurredAt = during)).BreachesOf());
        Assert.Equal(
            "CN-TGT-01 CN-TGT-02 CASE-RECALL CASE-HOLD", (await story.CalledAsync(Outcome.NoAnswer, c => (c.Party, c.OccurredAt) = (Party.RelatedContact, during))).BreachesOf());
    }

    [Fact]
    public async Task What_a_holder_had_asked_for_counts_whoever_noted_it_and_whatever_came_after()
    {
        await using var story = await Story.AtCasesAsync();
        var phone = (await story.Swift.ContactPoints.ListAsync(story.Case.Id)).Items.Single(point => point.Kind == ContactPointKind.Phone).Id;
        await MarkAsync(story, phone, Mark.OptedOut);
        var during = AnHourLater(story);
        AnHourLater(story);
        await MarkAsync(story, phone, Mark.OptedIn);
        AnHourLater(story);
        Assert.Equal("CN-OPT-01", await CalledAsync(story, phone, during));
        Assert.Equal("", await CalledAsync(story, phone, story.Service.Clock.GetUtcNow()));

        await MarkAsync(story, phone, Mark.OptedOut);
        during = AnHourLater(story);
        AnHourLater(story);
        await MarkAsync(story, phone, Mark.Consented);
        AnHourLater(story);
        Assert.Equal("CN-OPT-01", await CalledAsync(story, phone, during));
    }

    [Fact]
    public async Task What_a_batch_tells_first_counts_for_a_related_contact_in_it()
    {
        await using var story = await Story.AtCasesAsync();
        var now = AnHourLater(story);
        ContactRecordBatchItem Item(Party party, Outcome outcome, int minute) => new()
        {
            CaseId = story.Case.Id,
            Channel = Channel.Call,
            Direction = Direction.Outbound,
            Party = party,
            Outcome = outcome,
            OccurredAt = now.AddMinutes(minute - 30),
        };

        await story.Swift.ContactRecords.CreateBatchAsync(new ContactRecordBatch
        {
            Items =
            [
                Item(Party.Debtor, Outcome.NoAnswer, 1), Item(Party.Debtor, Outcome.NoAnswer, 2), Item(Party.RelatedContact, Outcome.NoAnswer, 3),
                Item(Party.Debtor, Outcome.NoAnswer, 4), Item(Party.RelatedContact, Outcome.ThirdPartyRefused, 5), Item(Party.RelatedContact, Outcome.NoAnswer, 6),
                Item(Party.Debtor, Outcome.Promise, 7), Item(Party.RelatedContact, Outcome.NoAnswer, 8),
            ],
        });

        var breaches = (await story.Swift.ContactRecords.ListOfCasePageAsync(story.Case.Id)).Items.OrderBy(record => record.OccurredAt).Select(record => record.BreachesOf());
        Assert.Equal(["", "", "CN-TGT-01 CN-TGT-02", "", "", "CN-TGT-02", "", "CN-TGT-01 CN-TGT-02"], breaches);
    }

    private static DateTimeOffset AnHourLater(Story story)
    {
        story.Service.Clock.Advance(TimeSpan.FromHours(1));
        return story.Service.Clock.GetUtcNow();
    }

    private static Task MarkAsync(Story story, Guid point, Mark mark) => story.Harbour.ContactPoints.MarkAsync(point, new NewContactPointMark { Mark = mark });

    private static async Task<string> CalledAsync(Story story, Guid point, DateTimeOffset at) =>
        (await story.CalledAsync(Outcome.NoAnswer, c => (c.ContactPointId, c.OccurredAt) = (point, at))).BreachesOf();
}
