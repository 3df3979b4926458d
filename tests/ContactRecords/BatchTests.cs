using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.ContactRecords;

public sealed class BatchTests
{
    [Fact]
    public async Task Each_contact_gets_the_answer_that_it_would_have_got_alone()
    {
        await using var story = await Story.AtCasesAsync();
        var corrected = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call());
        await story.RecallAsync(story.Cases["A-3"]);
        story.Service.Clock.Advance(TimeSpan.FromMinutes(1));
        ContactRecordBatchItem[] items =
        [
            Item(story, "A-1"),
            Item(story, "A-2", item => item.Outcome = Outcome.Met),
            Item(story, "A-2"),
            Item(story, "A-1", item => item.CaseId = Guid.Parse("0197f0e0-0000-7000-8000-000000000000")),
            Item(story, "A-1", item => item.DurationSeconds = -1),
            Item(story, "A-3", item => item.OccurredAt = TestDatabase.Start),
            Item(story, "A-1", item => item.Supersedes = corrected.Id),
            Item(story, "A-1", item => item.Supersedes = corrected.Id),
        ];

        var answers = (await story.Swift.ContactRecords.CreateBatchAsync(new ContactRecordBatch { Items = items })).Items;

        Assert.Equal(Enumerable.Range(0, items.Length), answers.Select(answer => answer.Index));
        Assert.Equal([201, 422, 201, 404, 422, 201, 201, 409], answers.Select(answer => answer.Status));
        Assert.Equal(
            [null, "contact_record.outcome_of_visit", null, "case.not_found", "request.invalid", null, null, "contact_record.is_superseded"],
            answers.Select(answer => answer.Problem?.Code));
        Assert.Equal("/durationSeconds", Assert.Single(answers[4].Problem!.Errors!).Pointer);
        foreach (var answer in answers)
        {
            Assert.Equal(answer.Status == 201, answer.Id is not null);
            if (answer.Id is { } id)
            {
                Assert.Equal((items[answer.Index].CaseId, "In a batch"), await ReadAsync(id));
            }
        }

        Assert.Equal("5", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_contact_record"));
        Assert.Equal("5", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_event WHERE type = 'contact_record.reported'"));
        Assert.Equal("5", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action = 'contact_record.reported'"));

        async Task<(Guid, string?)> ReadAsync(Guid id)
        {
            var record = await story.Harbour.ContactRecords.GetAsync(id);
            return (record.CaseId, record.Note);
        }
    }

    [Fact]
    public async Task A_thousand_take_no_more_than_moments()
    {
        await using var story = await Story.AtCasesAsync(100);
        var point = (await story.Swift.ContactPoints.ListAsync(story.Case.Id)).Items.First(p => p.Kind == ContactPointKind.Phone);
        await story.Swift.ContactRecords.CreateBatchAsync(new ContactRecordBatch { Items = [Item(story, "A-1")] });
        var items = Enumerable.Range(0, 1000).Select(i => Item(story, $"A-{(i % 100) + 1}", item =>
        {
            item.Note = new string('备', 400);
            (item.Outcome, item.ContactPointId) = i % 100 == 0 ? (Outcome.WrongNumber, point.Id) : (Outcome.Promise, (Guid?)null);
        })).ToList();

        var watch = Stopwatch.StartNew();
        var answers = (await story.Swift.ContactRecords.CreateBatchAsync(new ContactRecordBatch { Items = items })).Items;

        TestContext.Current.TestOutputHelper?.WriteLine($"1,000 contacts in {watch.ElapsedMilliseconds} ms.");
        Assert.All(answers, answer => Assert.Equal(201, answer.Status));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
        Assert.Equal("1001", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_contact_record"));
        Assert.Equal(ContactPointStatus.Invalid, (await story.Harbour.ContactPoints.GetAsync(point.Id)).Status);
    }

    [Fact]
    public async Task A_stranger_named_as_collector_is_refused_item_by_item()
    {
        await using var story = await Story.AtCasesAsync();
        var (ours, theirs) = (await story.Swift.PersonAsync("collector"), await story.Lantern.PersonAsync("collector"));

        var answers = (await story.Swift.ContactRecords.CreateBatchAsync(new ContactRecordBatch
        {
            Items = [Item(story, "A-1", item => item.CollectorId = ours), Item(story, "A-1", item => item.CollectorId = theirs), Item(story, "A-2")],
        })).Items;

        Assert.Equal([(201, null), (422, "contact_record.collector_unknown"), (201, (string?)null)], answers.Select(answer => (answer.Status, answer.Problem?.Code)));
        Assert.Equal("/collectorId", Assert.Single(answers[1].Problem!.Errors!).Pointer);
        Assert.Equal("2", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_contact_record"));
    }

    [Fact]
    public async Task What_is_another_s_does_not_exist_in_a_batch_either()
    {
        await using var story = await Story.AtCasesAsync();
        var before = StoredRows.Digest(story.Service.Database);

        var answers = (await story.Lantern.ContactRecords.CreateBatchAsync(new ContactRecordBatch { Items = [Item(story, "A-1"), Item(story, "A-1", item => item.CaseId = Guid.Parse("0197f0e0-0000-7000-8000-000000000000"))] })).Items;

        Assert.All(answers, answer => Assert.Equal((404, "case.not_found", null), (answer.Status, answer.Problem!.Code, answer.Problem.Detail)));
        Assert.Equal(before, StoredRows.Digest(story.Service.Database));
    }

    [Fact]
    public async Task The_same_key_reports_the_batch_once()
    {
        await using var story = await Story.AtCasesAsync();
        var batch = new ContactRecordBatch { Items = [Item(story, "A-1"), Item(story, "A-2"), Item(story, "A-2", item => item.Outcome = Outcome.Met)] };

        await story.ActsOnceAsync(key => story.Swift.ContactRecords.CreateBatchAsync(batch, CallOptions.WithKey(key)));

        Assert.Equal("2", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_contact_record"));
    }

    [Fact]
    public async Task A_refusal_of_the_whole_leaves_no_trace()
    {
        await using var story = await Story.AtCasesAsync();
        var item = Item(story, "A-1");

        await story.RefusesAsync(422, "request.invalid", () => story.Swift.ContactRecords.CreateBatchAsync(new ContactRecordBatch { Items = [] }, CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "request.invalid", () => story.Swift.ContactRecords.CreateBatchAsync(new ContactRecordBatch { Items = [.. Enumerable.Repeat(item, 1001)] }, CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Harbour.ContactRecords.CreateBatchAsync(new ContactRecordBatch { Items = [item] }, CallOptions.WithKey("key")));
        Assert.Equal(413, (int)await PostAsync(9 * 1024 * 1024));
        Assert.Equal(400, (int)await PostAsync(7 * 1024 * 1024));

        async Task<System.Net.HttpStatusCode> PostAsync(int bytes)
        {
            using var body = new ByteArrayContent(Enumerable.Repeat((byte)'[', bytes).ToArray());
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/contact-records/batch") { Content = body };

            // Else the connection may break before the refusal of what is still being sent is read.
            request.Headers.ExpectContinue = true;
            using var answer = await story.Swift.Http.SendAsync(request);
            Assert.StartsWith("request.", JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString(), StringComparison.Ordinal);
            return answer.StatusCode;
        }
    }

    private static ContactRecordBatchItem Item(Story story, string account, Action<ContactRecordBatchItem>? change = null)
    {
        var item = new ContactRecordBatchItem
        {
            CaseId = story.Cases[account].Id,
            Channel = Channel.Call,
            Direction = Direction.Outbound,
            Party = Party.Debtor,
            Outcome = Outcome.Promise,
            OccurredAt = story.Service.Clock.GetUtcNow(),
            Note = "In a batch",
        };
        change?.Invoke(item);
        return item;
    }
}
