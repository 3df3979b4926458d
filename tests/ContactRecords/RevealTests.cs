using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.ContactRecords;

/// <summary>What was said and dialled is the collector's while the case is open, and after it a manager's to reveal, until it is erased.</summary>
public sealed class RevealTests
{
    private const string Note = "Works nights at the lighthouse";
    private const string Point = "+8610000000078";

    private static readonly RevealReason Because = new() { Reason = "A complaint about the call" };

    [Fact]
    public async Task While_the_case_is_open_whoever_sees_it_reveals_the_point_too()
    {
        var (story, record) = await AtRecordAsync();
        await using var _ = story;

        foreach (var side in Everyone(story))
        {
            await ShowsAsync(side, record);
        }
    }

    [Fact]
    public async Task After_the_end_it_is_hidden_from_collectors_and_supervisors_and_a_manager_reveals_it()
    {
        var (story, record) = await AtRecordAsync();
        await using var _ = story;
        await story.RecallAsync();

        Assert.All(
            await Task.WhenAll(Everyone(story).Where(side => side != story.Harbour).Select(side => side.ContactRecords.GetAsync(record))), shown => Assert.Null(shown.Note));
        foreach (var role in (string[])["collector", "supervisor"])
        {
            await story.RefusesAsync(409, "contact_record.note_hidden", () => story.Service.As($"{role}@swift.example").ContactRecords.RevealAsync(record, Because));
        }

        await ShowsAsync(story.Service.As("manager@swift.example"), record);
        await ShowsAsync(story.Swift, record);
        await ShowsAsync(story.Harbour, record);
        Assert.Null((await story.Service.As("manager@swift.example").ContactRecords.GetAsync(record)).Note);
    }

    [Fact]
    public async Task Another_agency_and_another_bank_reveal_nothing_also_where_the_account_is_theirs_now()
    {
        var (story, record) = await AtRecordAsync();
        await using var _ = story;
        await story.RecallAsync();
        await story.HandToAsync(story.Lantern, await story.Harbour.MandateAsync("lantern"));

        await story.HidesAsync("contact_record.not_found", record, id => story.Lantern.ContactRecords.RevealAsync(id, Because));
        await story.HidesAsync("contact_record.not_found", record, id => story.Summit.ContactRecords.RevealAsync(id, Because));
    }

    [Fact]
    public async Task Each_reveal_is_written_down_with_its_reason_and_none_without()
    {
        var (story, record) = await AtRecordAsync();
        await using var _ = story;
        await story.RefusesAsync(422, "request.invalid", () => story.Swift.ContactRecords.RevealAsync(record, new RevealReason { Reason = "" }));

        await story.Swift.ContactRecords.RevealAsync(record, Because);

        var entry = Assert.Single((await story.Swift.AuditEntries.ListPageAsync(action: "contact_record.revealed")).Items);
        Assert.Equal((record, Because.Reason), (entry.SubjectId, entry.Detail));
    }

    [Fact]
    public async Task A_record_without_a_note_or_whose_time_is_over_has_nothing_to_reveal()
    {
        var (story, record) = await AtRecordAsync();
        await using var _ = story;
        var bare = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call());
        await story.RefusesAsync(409, "contact_record.no_note", () => story.Swift.ContactRecords.RevealAsync(bare.Id, Because));
        await story.RecallAsync();
        story.Service.Clock.Advance(TestDatabase.Start.AddDays(7).AddYears(2) - TestDatabase.Start - TimeSpan.FromMinutes(1));
        await ShowsAsync(story.Service.As("manager@swift.example"), record);

        story.Service.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("contact_record.no_note", (await Assert.ThrowsAsync<AgencyConflictException>(() => story.Swift.ContactRecords.RevealAsync(record, new RevealReason { Reason = "Too late" }))).Code);
    }

    private static async Task ShowsAsync(Side side, Guid record)
    {
        var shown = await side.ContactRecords.RevealAsync(record, Because);
        Assert.Equal((Note, Point), (shown.Note, shown.Point));
    }

    private static List<Side> Everyone(Story story) =>
        [story.Swift, story.Harbour, .. ((string[])["collector", "supervisor", "manager"]).Select(role => story.Service.As($"{role}@swift.example"))];

    private static async Task<(Story Story, Guid Record)> AtRecordAsync()
    {
        var story = await Story.AtCasesAsync();
        await story.Swift.StaffAsync();
        return (story, (await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call(Note, Point))).Id);
    }
}
