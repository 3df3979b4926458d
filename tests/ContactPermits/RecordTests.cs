using Agency.Sdk;
using Agency.Tests.Support;
using static Agency.Tests.ContactPermits.Checks;

namespace Agency.Tests.ContactPermits;

/// <summary>What happened is recorded, with the rules that it broke.</summary>
public sealed class RecordTests
{
    [Fact]
    public async Task A_contact_that_broke_rules_is_recorded_and_says_which_to_both_sides()
    {
        await using var story = await Story.AtCasesAsync();
        story.ClockAt("2026-03-02T14:00:00Z");

        var before = await story.CalledAsync(Outcome.Promise, c => c.OccurredAt = Utc("2026-03-02T13:59:59Z"));
        await story.CalledAsync(2, Outcome.Promise, c => c.OccurredAt = Utc("2026-03-02T13:59:59Z"));
        var night = await story.CalledAsync(Outcome.Promise);
        var text = await story.CalledAsync(Outcome.LeftMessage, c => c.Channel = Channel.Sms);
        var related = await story.CalledAsync(Outcome.NoAnswer, c => (c.Party, c.OccurredAt) = (Party.RelatedContact, Utc("2026-03-02T13:59:59Z")));
        var inbound = await story.CalledAsync(Outcome.Promise, c => c.Direction = Direction.Inbound);

        Assert.Equal(("", "CN-TIME-01 CN-FREQ-01", "CN-TIME-01", "CN-TGT-01 CN-TGT-02", ""), (before.BreachesOf(), night.BreachesOf(), text.BreachesOf(), related.BreachesOf(), inbound.BreachesOf()));
        Assert.Equal(["CN-TIME-01", "CN-FREQ-01"], (await story.Harbour.ContactRecords.GetAsync(night.Id)).Breaches);
        Assert.Equal(7, (await story.Swift.ContactRecords.ListOfCasePageAsync(story.Case.Id)).Items.Count);
    }

    // A late report is judged by the counts of when it happened, not of when it came in.
    [Fact]
    public async Task A_contact_is_judged_by_what_went_before_it()
    {
        await using var story = await Story.AtCasesAsync();
        story.ClockAt("2026-03-02T08:00:00Z");
        await story.CalledAsync(3, Outcome.Promise);

        Assert.Equal("", (await story.CalledAsync(Outcome.Promise, c => c.OccurredAt = Utc("2026-03-02T07:59:59Z"))).BreachesOf());
        Assert.Equal("CN-FREQ-01", (await story.CalledAsync(Outcome.Promise)).BreachesOf());
        Assert.Equal("", (await story.CalledAsync(Outcome.NoAnswer)).BreachesOf());
    }

    [Fact]
    public async Task A_contact_before_the_notice_or_the_hold_breaks_nothing_and_one_after_does()
    {
        await using var story = await Story.AtCasesAsync();
        story.ClockAt("2026-03-02T08:00:00Z");
        story.Set($"UPDATE base_case SET state = 'recall_pending', recall_on = '2026-03-09' WHERE id = {story.Case.Id.Hex()}");
        story.Set($"""
            INSERT INTO base_event (id, bank_id, agency_id, type, subject, subject_id, case_id, account_id, occurred_at)
            SELECT x'0197F0E0000070008000000000000002', bank_id, agency_id, 'case.recall_pending', 'case', id, id, account_id, '2026-03-02 04:00:00.000' FROM base_case WHERE id = {story.Case.Id.Hex()}
            """);
        story.Set($"""
            INSERT INTO base_hold (bank_id, id, account_id, kind, raised_at, lifted_at)
            SELECT bank_id, x'0197F0E0000070008000000000000001', account_id, 'dispute', '2026-03-02 05:00:00.000', '2026-03-02 06:00:00.000' FROM base_case WHERE id = {story.Case.Id.Hex()}
            """);

        foreach (var (at, broken) in ((string, string)[])
        [
            ("2026-03-02T03:59:59Z", ""), ("2026-03-02T04:00:00Z", "CASE-RECALL"), ("2026-03-02T05:00:00Z", "CASE-RECALL CASE-HOLD"), ("2026-03-02T06:00:00Z", "CASE-RECALL"),
        ])
        {
            Assert.Equal(broken, (await story.CalledAsync(Outcome.NoAnswer, c => c.OccurredAt = Utc(at))).BreachesOf());
        }
    }

    [Fact]
    public async Task A_number_dialled_in_words_is_known_for_its_opt_out_and_its_consent()
    {
        await using var story = await Story.AtCasesAsync();
        await story.PointAsync("status = 'opted_out'");
        Assert.Equal("CN-OPT-01", (await story.CalledAsync(Outcome.NoAnswer, c => c.Point = "+86 1000-0000-001")).BreachesOf());
        Assert.Equal("", (await story.CalledAsync(Outcome.NoAnswer, c => c.Point = "+8610000000002")).BreachesOf());

        await story.PointAsync("status = 'valid', consent = 'given'");
        story.ClockAt("2026-03-02T15:00:00Z");
        Assert.Equal("", (await story.CalledAsync(Outcome.NoAnswer, c => c.Point = "+8610000000001")).BreachesOf());
    }

    // The debtor opts out in a call, which is reported after the opt-out is marked.
    [Fact]
    public async Task A_call_before_the_opt_out_breaks_nothing()
    {
        await using var story = await Story.AtCasesAsync();
        await story.PointAsync("status = 'opted_out', changed_at = '2026-03-02 03:00:00.000'");
        story.ClockAt("2026-03-02T04:00:00Z");

        Assert.Equal("", (await CallAsync("2026-03-02T02:59:59Z")).BreachesOf());
        Assert.Equal("CN-OPT-01", (await CallAsync("2026-03-02T03:00:00Z")).BreachesOf());

        Task<ContactRecord> CallAsync(string at) => story.CalledAsync(Outcome.CeaseRequested, c => (c.Point, c.OccurredAt) = ("+8610000000001", Utc(at)));
    }

    [Fact]
    public async Task A_record_names_its_permit_and_a_warning_with_a_reason_is_no_breach()
    {
        await using var story = await Story.AtCasesAsync();
        await story.CalledAsync(6, Outcome.NoAnswer);
        Assert.Equal("CN-FREQ-02", (await story.CalledAsync(Outcome.NoAnswer)).BreachesOf());
        var permit = await story.CheckAsync(c => c.OverrideReason = "Asked to be called back today");

        var named = await story.CalledAsync(Outcome.NoAnswer, c => c.PermitId = permit.PermitId);
        var explained = await story.CalledAsync(Outcome.NoAnswer, c => c.OverrideReason = "The line was bad");

        Assert.Equal(("", permit.PermitId, "Asked to be called back today"), (named.BreachesOf(), named.PermitId, named.OverrideReason));
        Assert.Equal(("", null, "The line was bad"), (explained.BreachesOf(), explained.PermitId, explained.OverrideReason));
        Assert.EquivalentWithExclusions(named, await story.Harbour.ContactRecords.GetAsync(named.Id), strict: true, "RawAnswer", "ETag");
    }

    [Fact]
    public async Task No_reason_lifts_what_is_denied()
    {
        await using var story = await Story.AtCasesAsync();
        var permit = await story.CheckAsync(c => c.OverrideReason = "Urgent");
        await story.CalledAsync(3, Outcome.Promise);

        Assert.Equal("CN-FREQ-01", (await story.CalledAsync(Outcome.Promise, c => (c.PermitId, c.OverrideReason) = (permit.PermitId, "Urgent"))).BreachesOf());
        var denied = await story.CheckAsync(c => c.OverrideReason = "Urgent");
        Assert.Equal((RuleAnswer.Deny, false), (denied.Answer, denied.Usable));
    }

    [Fact]
    public async Task A_permit_holds_for_fifteen_minutes_from_the_time_it_is_for()
    {
        await using var story = await Story.AtCasesAsync();
        var now = await story.CheckAsync();
        var later = await story.CheckAsync(c => c.At = TestDatabase.Start.AddHours(1));
        await story.RefusesAsync(422, "contact_permit.is_expired", () => story.CalledAsync(Outcome.Promise, c => c.PermitId = later.PermitId, "key"));
        story.Service.Clock.Advance(TimeSpan.FromHours(2));

        await story.CalledAsync(Outcome.NoAnswer, c => (c.PermitId, c.OccurredAt) = (now.PermitId, TestDatabase.Start.AddMinutes(15).AddSeconds(-1)));
        await story.CalledAsync(Outcome.NoAnswer, c => (c.PermitId, c.OccurredAt) = (later.PermitId, TestDatabase.Start.AddHours(1)));
        await story.RefusesAsync(422, "contact_permit.is_expired", () => story.CalledAsync(
            Outcome.NoAnswer, c => (c.PermitId, c.OccurredAt) = (now.PermitId, TestDatabase.Start.AddMinutes(15)), "key"));
    }

    [Fact]
    public async Task A_permit_that_is_not_for_the_contact_is_refused_and_leaves_no_trace()
    {
        await using var story = await Story.AtCasesAsync();
        var good = (await story.CheckAsync()).PermitId;
        var elsewhere = (await story.CheckAsync(on: story.Cases["A-2"])).PermitId;
        var denied = (await story.CheckAsync(c => c.Party = Party.RelatedContact)).PermitId;
        await story.CalledAsync(6, Outcome.NoAnswer);
        var warned = (await story.CheckAsync()).PermitId;

        await RefusedAsync("contact_permit.unknown", c => c.PermitId = elsewhere);
        await RefusedAsync("contact_permit.unknown", c => c.PermitId = Guid.CreateVersion7());
        await RefusedAsync("contact_permit.is_denied", c => (c.PermitId, c.Party) = (denied, Party.RelatedContact));
        await RefusedAsync("contact_permit.needs_reason", c => c.PermitId = warned);
        await RefusedAsync("contact_permit.differs", c => (c.PermitId, c.Channel) = (good, Channel.Sms));
        await RefusedAsync("contact_permit.differs", c => (c.PermitId, c.Party) = (good, Party.LiableParty));
        await RefusedAsync("contact_permit.differs", c => (c.PermitId, c.Direction) = (good, Direction.Inbound));
        await RefusedAsync("request.invalid", c => c.OverrideReason = "");
        await RefusedAsync("request.invalid", c => c.OverrideReason = new string('x', 401));

        Task RefusedAsync(string code, Action<NewContactRecord> how) => story.RefusesAsync(422, code, () => story.CalledAsync(Outcome.Promise, how, "key"));
    }
}
