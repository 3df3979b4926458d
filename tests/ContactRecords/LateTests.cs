using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.ContactRecords;

public sealed class LateTests
{
    [Fact]
    public async Task What_happened_before_the_end_is_taken_for_a_week_after_it()
    {
        await using var story = await AtEndAsync();
        var contact = Before(story);

        var made = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact);

        Assert.Equal((contact.OccurredAt, true, null), (made.OccurredAt, made.Late, made.Note));
        Assert.Equal("Seen before the end", (await story.Harbour.ContactRecords.GetAsync(made.Id)).Note);
        Assert.Equal((null, null), (made.TimeZone, made.LocalTime));
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.Cases.GetAsync(id));

        story.Service.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromHours(1));
        await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact);

        story.Service.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.ContactRecords.CreateAsync(id, contact));
        await story.RefusesAsync(404, "case.not_found", () => story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact, "key"));
    }

    [Fact]
    public async Task The_time_zone_is_that_of_the_records_of_the_case()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call());
        story.Service.Clock.Advance(TimeSpan.FromHours(2));
        await story.RecallAsync();
        story.Service.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(("Asia/Shanghai", "2026-03-02T11:00:00.000+08:00"), Local(await story.Swift.ContactRecords.CreateAsync(story.Case.Id, Before(story))));

        static (string?, string?) Local(ContactRecord record) => (record.TimeZone, record.LocalTime);
    }

    [Fact]
    public async Task What_happened_outside_the_tenure_is_refused()
    {
        await using var story = await AtEndAsync();
        var contact = Before(story);

        contact.OccurredAt = TestDatabase.Start.AddHours(2).AddMinutes(6);
        await story.RefusesAsync(422, "contact_record.after_tenure", () => story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact));
        contact.OccurredAt = TestDatabase.Start.AddMinutes(-6);
        await story.RefusesAsync(422, "contact_record.before_tenure", () => story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact));
    }

    [Fact]
    public async Task The_same_key_reports_once_also_after_the_end()
    {
        await using var story = await AtEndAsync();
        var contact = Before(story);

        await story.ActsOnceAsync(key => story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact, key));
    }

    [Fact]
    public async Task Others_and_the_agency_s_points_of_the_debtor_are_out_of_reach()
    {
        await using var story = await Story.AtCasesAsync();
        var point = (await story.Swift.ContactPoints.ListAsync(story.Case.Id)).Items[0];
        await story.RecallAsync();
        story.Service.Clock.Advance(TimeSpan.FromHours(1));
        var contact = Before(story);
        contact.OccurredAt = TestDatabase.Start;

        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Lantern.ContactRecords.CreateAsync(id, contact));
        contact.ContactPointId = point.Id;
        await story.RefusesAsync(422, "contact_record.contact_point_unknown", () => story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact));
    }

    [Fact]
    public async Task A_correction_is_taken_late_too()
    {
        await using var story = await Story.AtCasesAsync();
        var wrong = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call());
        await story.RecallAsync();
        story.Service.Clock.Advance(TimeSpan.FromHours(1));
        var contact = Before(story);
        (contact.OccurredAt, contact.Supersedes) = (TestDatabase.Start, wrong.Id);

        var right = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact);

        Assert.Equal(right.Id, (await story.Harbour.ContactRecords.GetAsync(wrong.Id)).SupersededBy);
    }

    // Worked for two hours, recalled, and an hour has passed.
    private static async Task<Story> AtEndAsync()
    {
        var story = await Story.AtCasesAsync();
        story.Service.Clock.Advance(TimeSpan.FromHours(2));
        await story.RecallAsync();
        story.Service.Clock.Advance(TimeSpan.FromHours(1));
        return story;
    }

    private static NewContactRecord Before(Story story)
    {
        var contact = story.Call("Seen before the end");
        contact.OccurredAt = TestDatabase.Start.AddHours(1);
        return contact;
    }
}
