using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.ContactRecords;

public sealed class CorrectionTests
{
    [Fact]
    public async Task A_correction_stands_beside_what_it_corrects()
    {
        await using var story = await Story.AtCasesAsync();
        var wrong = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call("Will pay on Friday"));
        story.Service.Clock.Advance(TimeSpan.FromMinutes(10));

        var right = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, Correction(story, wrong.Id));

        Assert.Equal((wrong.Id, null), (right.Supersedes, right.SupersededBy));
        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            var list = (await side.ContactRecords.ListOfCasePageAsync(story.Case.Id)).Items;
            Assert.Equal([(wrong.Id, right.Id), (right.Id, (Guid?)null)], list.Select(record => (record.Id, record.SupersededBy)));
            Assert.Equal(right.Id, (await side.ContactRecords.GetAsync(wrong.Id)).SupersededBy);
        }
    }

    [Fact]
    public async Task The_last_contact_is_that_of_the_records_that_stand()
    {
        await using var story = await Story.AtCasesAsync();
        story.Service.Clock.Advance(TimeSpan.FromHours(5));
        var wrong = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call());
        Assert.Equal("2026-03-02 07:00:00.000", LastContact(story));
        var correction = Correction(story, wrong.Id);
        correction.OccurredAt = TestDatabase.Start.AddHours(1);

        await story.Swift.ContactRecords.CreateAsync(story.Case.Id, correction);

        Assert.Equal("2026-03-02 03:00:00.000", LastContact(story));
    }

    [Fact]
    public async Task What_is_corrected_already_is_not_corrected_again()
    {
        await using var story = await Story.AtCasesAsync();
        var wrong = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call());
        var right = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, Correction(story, wrong.Id));

        await story.RefusesAsync(409, "contact_record.is_superseded", () => story.Swift.ContactRecords.CreateAsync(story.Case.Id, Correction(story, wrong.Id), CallOptions.WithKey("key")));

        Assert.Equal(right.Id, (await story.Swift.ContactRecords.CreateAsync(story.Case.Id, Correction(story, right.Id))).Supersedes);
    }

    [Fact]
    public async Task Only_a_record_of_the_same_case_is_corrected()
    {
        await using var story = await Story.AtCasesAsync();
        var other = await story.Swift.ContactRecords.CreateAsync(story.Cases["A-2"].Id, story.Call());

        await story.RefusesAsync(422, "contact_record.supersedes_unknown", () => story.Swift.ContactRecords.CreateAsync(story.Case.Id, Correction(story, other.Id)));
        await story.RefusesAsync(422, "contact_record.supersedes_unknown", () => story.Swift.ContactRecords.CreateAsync(story.Case.Id, Correction(story, Guid.Parse("0197f0e0-0000-7000-8000-000000000000"))));
    }

    [Fact]
    public async Task The_same_key_corrects_once()
    {
        await using var story = await Story.AtCasesAsync();
        var wrong = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call());
        var correction = Correction(story, wrong.Id);

        await story.ActsOnceAsync(key => story.Swift.ContactRecords.CreateAsync(story.Case.Id, correction, CallOptions.WithKey(key)));
    }

    private static NewContactRecord Correction(Story story, Guid of)
    {
        var contact = story.Call("It was Thursday");
        (contact.Supersedes, contact.Outcome) = (of, Outcome.Refused);
        return contact;
    }

    private static string? LastContact(Story story) =>
        story.Service.Database.Scalar($"SELECT last_contact_at FROM base_case_order WHERE case_id = X'{Convert.ToHexString(story.Case.Id.ToByteArray(bigEndian: true))}'");
}
