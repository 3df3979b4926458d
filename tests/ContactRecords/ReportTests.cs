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
            Assert.Equivalent(made, await side.ContactRecords.GetAsync(made.Id), strict: true);
            Assert.Equivalent(made, Assert.Single((await side.ContactRecords.ListOfCaseAsync(story.Case.Id)).Items), strict: true);
        }
    }

    [Fact]
    public async Task A_person_who_reports_is_named()
    {
        await using var story = await Story.AtCasesAsync();
        var collector = new Side(story.Service.ForPerson("collector@swift.example"));

        var made = await collector.ContactRecords.CreateAsync(story.Case.Id, story.Call());

        Assert.NotNull(made.CollectorId);
        Assert.Equal(made.CollectorId, (await story.Harbour.ContactRecords.GetAsync(made.Id)).CollectorId);
    }

    [Fact]
    public async Task To_others_neither_the_case_nor_the_record_exists()
    {
        await using var story = await Story.AtCasesAsync();
        var made = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call());

        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Lantern.ContactRecords.CreateAsync(id, story.Call(), "key"));
        foreach (var other in new[] { story.Summit, story.Lantern })
        {
            await story.HidesAsync("contact_record.not_found", made.Id, id => other.ContactRecords.GetAsync(id));
            await story.HidesAsync("case.not_found", story.Case.Id, id => other.ContactRecords.ListOfCaseAsync(id));
        }
    }

    [Fact]
    public async Task The_same_key_records_once()
    {
        await using var story = await Story.AtCasesAsync();
        var contact = story.Call("Will pay on Friday", "+8610000000001");

        await story.ActsOnceAsync(key => story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact, key));

        Assert.Single((await story.Swift.ContactRecords.ListOfCaseAsync(story.Case.Id)).Items);
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtCasesAsync();

        await story.RefusesAsync(422, "contact_record.in_future", () => PostAsync(c => c.OccurredAt += TimeSpan.FromMinutes(6)));
        await story.RefusesAsync(422, "contact_record.before_tenure", () => PostAsync(c => c.OccurredAt -= TimeSpan.FromMinutes(6)));
        await story.RefusesAsync(422, "contact_record.in_future", () => PostAsync(c => c.OccurredAt = DateTimeOffset.MaxValue));
        await story.RefusesAsync(422, "contact_record.before_tenure", () => PostAsync(c => c.OccurredAt = DateTimeOffset.MinValue));
        await story.RefusesAsync(422, "contact_record.outcome_of_visit", () => PostAsync(c => c.Outcome = Outcome.Not_home));
        await story.RefusesAsync(422, "request.invalid", () => PostAsync(c => c.DurationSeconds = -1));
        await story.RefusesAsync(422, "request.invalid", () => PostAsync(c => c.Note = new string('x', 4001)));
        await story.RefusesAsync(422, "request.invalid", () => PostAsync(c => c.AgencyReference = new string('x', 65)));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Harbour.ContactRecords.CreateAsync(story.Case.Id, story.Call(), "key"));

        Task PostAsync(Action<NewContactRecord> spoil)
        {
            var contact = story.Call();
            spoil(contact);
            return story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact, "key");
        }
    }

    [Fact]
    public async Task Every_outcome_of_every_channel_that_fits_it_is_taken()
    {
        await using var story = await Story.AtCasesAsync();
        var contact = story.Call();

        foreach (var outcome in Enum.GetValues<Outcome>())
        {
            (contact.Outcome, contact.Channel) = (outcome, Channel.Visit);
            Assert.Equal(outcome, (await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact)).Outcome);
        }

        Assert.Equal(Enum.GetValues<Outcome>().Length, (await story.Harbour.ContactRecords.ListOfCaseAsync(story.Case.Id)).Items.Count);
    }
}
