using System.Collections.Concurrent;
using Agency.Tests.Support;

namespace Agency.Tests.Events;

/// <summary>Whoever keeps a place in a feed misses nothing, however transactions overlap.</summary>
public sealed class NothingSkippedTests
{
    private const int Writers = 8;
    private const int Rounds = 12;

    [Fact]
    public async Task Readers_that_poll_while_both_sides_write_have_seen_everything_in_the_end()
    {
        await using var story = await Story.AtCasesAsync(Writers);
        var (records, repayments) = (new ConcurrentBag<Guid>(), new ConcurrentBag<Guid>());
        var cases = story.Cases.Values.ToList();
        (Following Feed, ConcurrentBag<Guid> Written, HashSet<Guid> Seen)[] readers =
        [
            .. from side in (Side[])[story.Harbour, story.Swift]
               from list in (string[])["/v1/contact-records", "/v1/repayments"]
               from limit in (int[])[3, 1000]
               select (new Following(side.Http, list, limit), list == "/v1/repayments" ? repayments : records, new HashSet<Guid>()),
        ];
        var events = new Following(story.Harbour.Http, "/v1/events", 7);
        List<Guid> told = [];

        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                records.Add((await story.Swift.ContactRecords.CreateAsync(cases[writer].Id, story.Call())).Id);
                var repayment = await story.ReportAsync(10, on: cases[writer]);
                repayments.Add((await story.ConfirmAsync(repayment)).Id);
            }
        })));
        var reading = readers.Select(reader => Task.Run(async () =>
        {
            while (!writing.IsCompleted)
            {
                reader.Seen.UnionWith((await reader.Feed.PageAsync()).Select(item => item.GetProperty("id").GetGuid()));
            }
        })).Append(Task.Run(async () =>
        {
            while (!writing.IsCompleted)
            {
                told.AddRange((await events.PageAsync()).Select(item => item.GetProperty("id").GetGuid()));
            }
        }));
        await Task.WhenAll([.. reading, writing]);

        foreach (var (feed, written, seen) in readers)
        {
            seen.UnionWith(await feed.IdsAsync());
            Assert.Equal(Writers * Rounds, written.Count);
            Assert.Equal(written.Order(), seen.Order());
        }

        told.AddRange(await events.IdsAsync());
        Assert.Equal(story.Service.Database.Scalar("SELECT COUNT(*) FROM base_event"), $"{told.Count}");
        Assert.Equal(told.Count, told.Distinct().Count());
    }

    // Ids are drawn by each process for itself: they sort by time of making, which is not the order in which rows appear.
    [Fact]
    public async Task Who_remembered_the_last_id_would_miss_what_another_instance_wrote_since_and_who_keeps_a_place_does_not()
    {
        await using var story = await Story.AtCasesAsync(1);
        await using var other = await TestService.StartAsync(database: story.Service.Database, clock: story.Service.Clock);
        var feed = new Following(story.Harbour.Http, "/v1/contact-records");
        var first = (await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call())).Id;
        Assert.Equal([first], await feed.IdsAsync());

        var second = (await new Side(other.For("swift")).ContactRecords.CreateAsync(story.Case.Id, story.Call())).Id;

        Assert.True(string.CompareOrdinal(second.ToString(), first.ToString()) < 0, "The later record has the smaller id.");
        Assert.Equal([second], await feed.IdsAsync());
    }
}
