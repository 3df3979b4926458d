using Agency.Sdk;
using Agency.Tests.ContactPoints;
using Agency.Tests.Support;

namespace Agency.Tests.ContactRecords;

/// <summary>Contacts with one debtor are counted and recorded one after the other, also when two agencies report them at the same moment.</summary>
public sealed class OneAfterTheOtherTests
{
    // CN-FREQ-01: at most 3 effective voice conversations a day per debtor.
    private const int Allowed = 3;
    private const int Each = 8;

    // SQLite has one writer. It fails as soon as the count is taken before the turn to write: then several find the same number.
    [Fact]
    public async Task Of_reports_at_the_same_moment_no_more_than_the_rule_allows_are_without_a_breach()
    {
        await using var debtor = await OneDebtor.WithTwoAgenciesAsync();
        var story = debtor.Story;

        var records = await Task.WhenAll(Enumerable.Range(0, Each).SelectMany(_ => new[]
        {
            story.Swift.ContactRecords.CreateAsync(debtor.Swifts.Id, story.Call()),
            story.Lantern.ContactRecords.CreateAsync(debtor.Lanterns.Id, story.Call()),
        }));

        Assert.Equal(Allowed, records.Count(record => record.Breaches.Count == 0));
        Assert.Equal((2 * Each) - Allowed, records.Count(record => record.Breaches.Contains("CN-FREQ-01")));
    }

    [Fact]
    public async Task A_batch_beside_single_reports_counts_the_same_way()
    {
        await using var debtor = await OneDebtor.WithTwoAgenciesAsync();
        var story = debtor.Story;
        var call = story.Call();
        var item = new ContactRecordBatchItem
        {
            CaseId = debtor.Swifts.Id,
            Channel = call.Channel,
            Direction = call.Direction,
            Party = call.Party,
            Outcome = call.Outcome,
            OccurredAt = call.OccurredAt,
        };

        await Task.WhenAll(
            Task.WhenAll(Enumerable.Range(0, 4).Select(_ => story.Swift.ContactRecords.CreateBatchAsync(new ContactRecordBatch { Items = [item, item] }))),
            Task.WhenAll(Enumerable.Range(0, Each).Select(_ => story.Lantern.ContactRecords.CreateAsync(debtor.Lanterns.Id, story.Call()))));

        Assert.Equal($"{Allowed}", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_contact_record WHERE breaches IS NULL"));
        Assert.Equal("16", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_contact_record"));
    }
}
