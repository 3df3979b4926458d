using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.ContactRecords;

public sealed class ReportTests
{
    [Fact]
    public async Task Both_sides_read_what_was_reported()
    {
        await using var story = await Story.AtCasesAsync();
        story.Service.Clock.Advance(TimeSpan.FromMinutes(5));
        var contact = story.Call("约定周五还款", "+8610000000001");
        (contact.OccurredAt, contact.DurationSeconds, contact.AgencyReference) = (DateTimeOffset.Parse("2026-03-02T10:04:00+08:00", System.Globalization.CultureInfo.InvariantCulture), 61, "S-1");

        var made = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact);

        Assert.Equal((TestDatabase.Start.AddMinutes(4), TestDatabase.Start.AddMinutes(5)), (made.OccurredAt, made.ReceivedAt));
        Assert.Equal(TimeSpan.Zero, made.OccurredAt.Offset);
        Assert.Equal(("约定周五还款", 61, "S-1", null), (made.Note, made.DurationSeconds, made.AgencyReference, made.CollectorId));
        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.EquivalentWithExclusions(made, await side.ContactRecords.GetAsync(made.Id), strict: true, "RawAnswer", "ETag");
            Assert.EquivalentWithExclusions(made, Assert.Single((await side.ContactRecords.ListOfCasePageAsync(story.Case.Id)).Items), strict: true, "RawAnswer", "ETag");
        }
    }

    [Fact]
    public async Task A_person_who_reports_is_named()
    {
        await using var story = await Story.AtCasesAsync();
        var manager = new Side(story.Service.ForPerson("manager@swift.example"));

        var made = await manager.ContactRecords.CreateAsync(story.Case.Id, story.Call());

        Assert.NotNull(made.CollectorId);
        Assert.Equal(made.CollectorId, (await story.Harbour.ContactRecords.GetAsync(made.Id)).CollectorId);
    }

    [Fact]
    public async Task To_others_neither_the_case_nor_the_record_exists()
    {
        await using var story = await Story.AtCasesAsync();
        var made = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call());

        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Lantern.ContactRecords.CreateAsync(id, story.Call(), CallOptions.WithKey("key")));
        foreach (var other in new[] { story.Summit, story.Lantern })
        {
            await story.HidesAsync("contact_record.not_found", made.Id, id => other.ContactRecords.GetAsync(id));
            await story.HidesAsync("case.not_found", story.Case.Id, id => other.ContactRecords.ListOfCasePageAsync(id));
        }
    }

    [Fact]
    public async Task The_same_key_records_once()
    {
        await using var story = await Story.AtCasesAsync();
        var contact = story.Call("Will pay on Friday", "+8610000000001");

        await story.ActsOnceAsync(key => story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact, CallOptions.WithKey(key)));

        Assert.Single((await story.Swift.ContactRecords.ListOfCasePageAsync(story.Case.Id)).Items);
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtCasesAsync();

        await story.RefusesAsync(422, "contact_record.in_future", () => PostAsync(c => c.OccurredAt += TimeSpan.FromMinutes(6)));
        await story.RefusesAsync(422, "contact_record.before_tenure", () => PostAsync(c => c.OccurredAt -= TimeSpan.FromMinutes(6)));
        await story.RefusesAsync(422, "contact_record.in_future", () => PostAsync(c => c.OccurredAt = DateTimeOffset.MaxValue));
        await story.RefusesAsync(422, "contact_record.before_tenure", () => PostAsync(c => c.OccurredAt = DateTimeOffset.MinValue));
        await story.RefusesAsync(422, "contact_record.outcome_of_visit", () => PostAsync(c => c.Outcome = Outcome.NotHome));
        await story.RefusesAsync(422, "request.invalid", () => PostAsync(c => c.DurationSeconds = -1));
        await story.RefusesAsync(422, "request.invalid", () => PostAsync(c => c.Note = new string('x', 4001)));
        await story.RefusesAsync(422, "request.invalid", () => PostAsync(c => c.AgencyReference = new string('x', 65)));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Harbour.ContactRecords.CreateAsync(story.Case.Id, story.Call(), CallOptions.WithKey("key")));

        Task PostAsync(Action<NewContactRecord> spoil)
        {
            var contact = story.Call();
            spoil(contact);
            return story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact, CallOptions.WithKey("key"));
        }
    }

    [Fact]
    public async Task What_is_new_in_a_report_is_shown_to_both_sides()
    {
        await using var story = await Story.AtCasesAsync();
        var point = (await story.Swift.ContactPoints.ListAsync(story.Case.Id)).Items.First(p => p.Kind == ContactPointKind.Phone);
        var contact = story.Call();
        contact.CollectorId = await story.Swift.PersonAsync("collector");
        (contact.ContactPointId, contact.RecordingReference, contact.RecordingSha256) = (point.Id, "archive/2026/03/1.opus", new string('A', 64));

        var made = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact);

        Assert.Equal((contact.CollectorId, point.Id, "archive/2026/03/1.opus", new string('a', 64)), (made.CollectorId, made.ContactPointId, made.RecordingReference, made.RecordingSha256));
        Assert.Equal(("Asia/Shanghai", "2026-03-02T10:00:00.000+08:00", false), (made.TimeZone, made.LocalTime, made.Late));
        Assert.Empty(made.Breaches);
        Assert.EquivalentWithExclusions(made, await story.Harbour.ContactRecords.GetAsync(made.Id), strict: true, "RawAnswer", "ETag");
        Assert.Equal("contact_record.reported", story.Service.Database.Scalar("SELECT type FROM base_event ORDER BY position DESC LIMIT 1"));
    }

    [Fact]
    public async Task Who_made_the_contact_is_someone_of_the_agency_s()
    {
        await using var story = await Story.AtCasesAsync();
        var contact = story.Call();

        foreach (var stranger in new[] { Guid.Parse("0197f0e0-0000-7000-8000-0000000000aa"), await story.Lantern.PersonAsync("collector") })
        {
            contact.CollectorId = stranger;
            await story.RefusesAsync(422, "contact_record.collector_unknown", () => story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact, CallOptions.WithKey("key")));
        }

        contact.CollectorId = await story.Swift.PersonAsync("manager");
        Assert.Equal(contact.CollectorId, (await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact)).CollectorId);
    }

    [Fact]
    public async Task It_is_late_when_more_than_a_day_passed()
    {
        await using var story = await Story.AtCasesAsync();
        story.Service.Clock.Advance(TimeSpan.FromDays(3));
        var contact = story.Call();

        contact.OccurredAt = story.Service.Clock.GetUtcNow() - TimeSpan.FromHours(24);
        Assert.False((await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact)).Late);
        contact.OccurredAt -= TimeSpan.FromMilliseconds(1);
        Assert.True((await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact)).Late);
    }

    [Fact]
    public async Task A_number_that_proved_wrong_is_marked_invalid()
    {
        await using var story = await Story.AtCasesAsync();
        var point = (await story.Swift.ContactPoints.ListAsync(story.Case.Id)).Items.First(p => p.Kind == ContactPointKind.Phone);
        var contact = story.Call();
        (contact.ContactPointId, contact.Outcome) = (point.Id, Outcome.WrongNumber);

        await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact);

        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.Equal(ContactPointStatus.Invalid, (await side.ContactPoints.GetAsync(point.Id)).Status);
        }
    }

    [Fact]
    public async Task A_point_of_another_debtor_or_of_nobody_is_refused()
    {
        await using var story = await Story.AtCasesAsync();
        var other = (await story.Swift.ContactPoints.ListAsync(story.Cases["A-2"].Id)).Items[0];
        var contact = story.Call();

        foreach (var point in new[] { other.Id, Guid.Parse("0197f0e0-0000-7000-8000-000000000000") })
        {
            contact.ContactPointId = point;
            await story.RefusesAsync(422, "contact_record.contact_point_unknown", () => story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact));
        }
    }

    [Fact]
    public async Task A_recording_goes_with_its_digest()
    {
        await using var story = await Story.AtCasesAsync();
        foreach (var (reference, digest) in new (string?, string?)[] { ("archive/1", null), (null, new string('a', 64)), ("archive/1", new string('a', 63)), ("archive/1", new string('g', 64)), (new string('x', 201), new string('a', 64)) })
        {
            var contact = story.Call();
            (contact.RecordingReference, contact.RecordingSha256) = (reference, digest);
            await story.RefusesAsync(422, "request.invalid", () => story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact));
        }
    }

    [Fact]
    public async Task An_outcome_is_taken_from_the_channels_that_it_can_come_of_and_no_others()
    {
        await using var story = await Story.AtCasesAsync();
        var contacts = (from channel in Channel.Known from outcome in Outcome.Known select (channel, outcome)).ToList();
        var items = contacts.ConvertAll(pair => new ContactRecordBatchItem
        {
            CaseId = story.Case.Id,
            Channel = pair.channel,
            Direction = Direction.Outbound,
            Party = Party.Debtor,
            Outcome = pair.outcome,
            OccurredAt = story.Service.Clock.GetUtcNow(),
        });

        var answers = (await story.Swift.ContactRecords.CreateBatchAsync(new ContactRecordBatch { Items = items })).Items;

        var taken = contacts.Where((_, i) => answers[i].Status == 201).ToHashSet();
        Assert.All(Outcome.Known, outcome => Assert.Contains(taken, pair => pair.outcome == outcome));
        Assert.All(Outcome.Known.SkipWhile(o => o != Outcome.Promise).TakeWhile(o => o != Outcome.Met), outcome =>
            Assert.Equal(Channel.Known.Count, taken.Count(pair => pair.outcome == outcome)));
        Assert.All(taken.Where(pair => Outcome.Known.SkipWhile(o => o != Outcome.Met).Contains(pair.outcome)), pair => Assert.Equal(Channel.Visit, pair.channel));
        Assert.DoesNotContain((Channel.Sms, Outcome.Busy), taken);
        Assert.DoesNotContain((Channel.Letter, Outcome.SwitchedOff), taken);
        Assert.Contains((Channel.Email, Outcome.Bounced), taken);
        Assert.DoesNotContain((Channel.Call, Outcome.Bounced), taken);
        var refused = answers[contacts.IndexOf((Channel.Call, Outcome.Bounced))];
        Assert.Equal((422, "contact_record.outcome_of_other_channel"), (refused.Status, refused.Problem!.Code));
        Assert.Contains("bounced comes of: sms, email, letter, fax, legal.", Assert.Single(refused.Problem.Errors!).Message, StringComparison.Ordinal);
        Assert.Equal(taken.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), story.Service.Database.Scalar("SELECT COUNT(*) FROM base_contact_record"));
    }
}
