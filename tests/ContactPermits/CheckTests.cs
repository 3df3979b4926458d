using Agency.Sdk;
using Agency.Tests.Http;
using Agency.Tests.Support;
using static Agency.Tests.ContactPermits.Checks;

namespace Agency.Tests.ContactPermits;

/// <summary>"May I contact now?", asked over HTTP. The boundaries themselves are the rule packs' tests. Raw once, for the language.</summary>
public sealed class CheckTests
{
    [Fact]
    public async Task A_contact_that_may_be_made_gets_a_permit_which_both_sides_read()
    {
        await using var story = await Story.AtCasesAsync();
        var point = await story.PointAsync("status = 'valid'");

        var permit = await story.CheckAsync(c => c.ContactPointId = point);

        Assert.Equal((RuleAnswer.Allow, true, 0, null), (permit.Answer, permit.Usable, permit.Findings.Count, permit.AllowedFrom));
        Assert.Equal((story.Case.Id, Channel.Call, Party.Debtor, (Guid?)point, "cn", "Asia/Shanghai"), (permit.CaseId, permit.Channel, permit.Party, permit.ContactPointId, permit.RulePack, permit.TimeZone));
        Assert.Equal((TestDatabase.Start, TestDatabase.Start, TestDatabase.Start.AddMinutes(15)), (permit.At, permit.CheckedAt, permit.ExpiresAt));
        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.EquivalentWithExclusions(permit, await side.ContactPermits.GetAsync(permit.PermitId), strict: true, "RawAnswer", "ETag");
        }

        Assert.Equal("1", story.Service.Database.Scalar($"SELECT COUNT(*) FROM base_event WHERE type = 'contact_permit.checked' AND subject = 'contact_permit' AND subject_id = {permit.PermitId.Hex()} AND case_id = {story.Case.Id.Hex()}"));
        Assert.Equal("1", story.Service.Database.Scalar($"SELECT COUNT(*) FROM base_audit_entry WHERE action = 'contact_permit.checked' AND subject_id = {permit.PermitId.Hex()}"));
    }

    // CN-TIME-01, to the second; a denial is kept as well.
    [Fact]
    public async Task At_ten_at_night_it_is_denied_until_eight_in_the_morning()
    {
        await using var story = await Story.AtCasesAsync();

        Assert.Equal(RuleAnswer.Allow, (await story.CheckAsync(c => c.At = Utc("2026-03-02T13:59:59Z"))).Answer);
        var denied = await story.CheckAsync(c => c.At = Utc("2026-03-02T14:00:00Z"));

        Assert.Equal((RuleAnswer.Deny, false, "CN-TIME-01", Utc("2026-03-03T00:00:00Z")), (denied.Answer, denied.Usable, denied.Broken(), denied.AllowedFrom));
        var finding = Assert.Single(denied.Findings);
        Assert.Equal((RuleAnswer.Deny, "GB/T 45251-2025", Utc("2026-03-03T00:00:00Z")), (finding.Answer, finding.Citation, finding.AllowedFrom));
        Assert.StartsWith("No contact from 22:00", finding.Title, StringComparison.Ordinal);
        Assert.EquivalentWithExclusions(denied, await story.Harbour.ContactPermits.GetAsync(denied.PermitId), strict: true, "RawAnswer", "ETag");
        var zh = await story.Swift.Http.CallAsync("GET", $"/v1/contact-permits/{denied.PermitId}", (string?)null, ("Accept-Language", "zh-CN"));
        Assert.Contains("债务人所在地每日22:00", zh.Is(200).Text, StringComparison.Ordinal);
    }

    // US-TIME-01 on the Sunday on which the clocks go forward: eight o'clock comes an hour earlier than the day before.
    [Fact]
    public async Task Summer_time_begins_where_the_debtor_lives()
    {
        await using var story = await Story.AtCasesAsync();
        story.MoveToNewYork();

        foreach (var (at, broken, from) in ((string, string, string?)[])
        [
            ("2026-03-07T12:59:59Z", "US-TIME-01", "2026-03-07T13:00:00Z"),
            ("2026-03-07T13:00:00Z", "", null),
            ("2026-03-08T06:59:59Z", "US-TIME-01", "2026-03-08T12:00:00Z"),
            ("2026-03-08T11:59:59Z", "US-TIME-01", "2026-03-08T12:00:00Z"),
            ("2026-03-08T12:00:00Z", "", null),
            ("2026-03-09T00:59:59Z", "", null),
            ("2026-03-09T01:00:00Z", "US-TIME-01", "2026-03-09T12:00:00Z"),
        ])
        {
            var permit = await story.CheckAsync(c => c.At = Utc(at));
            Assert.Equal((broken, from is null ? null : Utc(from), "America/New_York", "us"), (permit.Broken(), permit.AllowedFrom, permit.TimeZone, permit.RulePack));
        }
    }

    [Fact]
    public async Task Summer_time_ends_where_the_debtor_lives()
    {
        await using var story = await Story.AtCasesAsync();
        story.MoveToNewYork();
        story.Set("UPDATE base_assignment SET term_end = '2026-12-31'");
        story.ClockAt("2026-10-31T16:00:00Z");

        foreach (var (at, broken, from) in ((string, string, string?)[])
        [
            ("2026-11-01T00:59:59Z", "", null),
            ("2026-11-01T01:00:00Z", "US-TIME-01", "2026-11-01T13:00:00Z"),
            ("2026-11-01T05:30:00Z", "US-TIME-01", "2026-11-01T13:00:00Z"),
            ("2026-11-01T06:30:00Z", "US-TIME-01", "2026-11-01T13:00:00Z"),
            ("2026-11-01T12:59:59Z", "US-TIME-01", "2026-11-01T13:00:00Z"),
            ("2026-11-01T13:00:00Z", "", null),
        ])
        {
            var permit = await story.CheckAsync(c => c.At = Utc(at));
            Assert.Equal((broken, from is null ? null : Utc(from)), (permit.Broken(), permit.AllowedFrom));
        }
    }

    // CN-FREQ-01.
    [Fact]
    public async Task After_three_conversations_a_call_is_denied_until_the_next_morning_but_no_other_channel()
    {
        await using var story = await Story.AtCasesAsync();
        await story.CalledAsync(2, Outcome.Promise);
        await story.CalledAsync(Outcome.Voicemail);
        await story.CalledAsync(Outcome.Promise, c => c.Direction = Direction.Inbound);
        Assert.Equal(RuleAnswer.Allow, (await story.CheckAsync()).Answer);
        await story.CalledAsync(Outcome.ThirdPartySpoke);

        var denied = await story.CheckAsync();

        Assert.Equal((RuleAnswer.Deny, "CN-FREQ-01", Utc("2026-03-03T00:00:00Z")), (denied.Answer, denied.Broken(), denied.AllowedFrom));
        Assert.Equal("", await story.BrokenAsync(c => c.Channel = Channel.Sms));
        Assert.Equal("", await story.BrokenAsync(c => c.At = Utc("2026-03-03T00:00:00Z")));
        Assert.Equal("", (await story.CheckAsync(on: story.Cases["A-2"])).Broken());
    }

    // CN-FREQ-02: the number is known by the words that were dialled.
    [Fact]
    public async Task After_six_unanswered_dials_the_next_to_that_number_is_warned_of_and_needs_a_reason()
    {
        await using var story = await Story.AtCasesAsync();
        var phone = await story.PointAsync("status = 'valid'");
        await story.CalledAsync(6, Outcome.NoAnswer, c => c.Point = "+8610000000001");

        var warned = await story.CheckAsync(c => c.ContactPointId = phone);
        var overridden = await story.CheckAsync(c => (c.ContactPointId, c.OverrideReason) = (phone, "Asked to be called back today"));

        Assert.Equal((RuleAnswer.Warn, false, "CN-FREQ-02", Utc("2026-03-03T00:00:00Z")), (warned.Answer, warned.Usable, warned.Broken(), warned.AllowedFrom));
        Assert.Equal((RuleAnswer.Warn, true, "Asked to be called back today"), (overridden.Answer, overridden.Usable, overridden.OverrideReason));
        Assert.Equal("", await story.BrokenAsync());
        await story.CalledAsync(5, Outcome.Busy);
        Assert.Equal("", await story.BrokenAsync());
        await story.CalledAsync(Outcome.SwitchedOff);
        Assert.Equal("CN-FREQ-02", await story.BrokenAsync());
    }

    [Fact]
    public async Task A_number_whose_holder_opted_out_is_denied_for_good_and_another_is_not()
    {
        await using var story = await Story.AtCasesAsync();
        var phone = await story.PointAsync("status = 'opted_out'");
        var email = await story.PointAsync("status = 'valid'", ContactPointKind.Email);

        var denied = await story.CheckAsync(c => c.ContactPointId = phone);

        Assert.Equal((RuleAnswer.Deny, "CN-OPT-01", null), (denied.Answer, denied.Broken(), denied.AllowedFrom));
        Assert.Equal("", await story.BrokenAsync(c => (c.ContactPointId, c.Channel) = (email, Channel.Email)));
        story.MoveToNewYork();
        Assert.Equal("US-OPT-01", await story.BrokenAsync(c => (c.ContactPointId, c.At) = (phone, Utc("2026-03-02T16:00:00Z"))));
    }

    [Fact]
    public async Task Consent_for_a_number_lifts_the_night_for_that_number()
    {
        await using var story = await Story.AtCasesAsync();
        var phone = await story.PointAsync("consent = 'given'");

        Assert.Equal("", await story.BrokenAsync(c => (c.ContactPointId, c.At) = (phone, Utc("2026-03-02T14:00:00Z"))));
        Assert.Equal("CN-TIME-01", await story.BrokenAsync(c => c.At = Utc("2026-03-02T14:00:00Z")));
        await story.PointAsync("consent = 'withdrawn'");
        Assert.Equal("CN-TIME-01", await story.BrokenAsync(c => (c.ContactPointId, c.At) = (phone, Utc("2026-03-02T14:00:00Z"))));
    }

    // CN-TGT-01, CN-TGT-02.
    [Fact]
    public async Task A_related_contact_may_be_asked_once_three_attempts_at_the_debtor_failed_in_a_row_until_it_refuses()
    {
        await using var story = await Story.AtCasesAsync();
        await story.CalledAsync(2, Outcome.NoAnswer);
        await story.CalledAsync(Outcome.Voicemail, c => c.OccurredAt += TimeSpan.FromSeconds(1));
        await story.CalledAsync(2, Outcome.Rejected, c => c.OccurredAt += TimeSpan.FromSeconds(2));
        Assert.Equal("CN-TGT-01 CN-TGT-02", await story.BrokenAsync(ToRelated));
        Assert.Equal("", await story.BrokenAsync(c => c.Party = Party.LiableParty));

        await story.CalledAsync(Outcome.WrongNumber, c => c.OccurredAt += TimeSpan.FromSeconds(3));
        story.Service.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("", await story.BrokenAsync(ToRelated));
        Assert.Equal("", (await story.CalledAsync(Outcome.ThirdPartySpoke, c => c.Party = Party.RelatedContact)).BreachesOf());

        await story.CalledAsync(Outcome.ThirdPartyRefused, c => c.Party = Party.RelatedContact);
        Assert.Equal("CN-TGT-02", await story.BrokenAsync(ToRelated));
        Assert.Equal("CN-TGT-02", (await story.CalledAsync(Outcome.ThirdPartySpoke, c => c.Party = Party.RelatedContact)).BreachesOf());

        static void ToRelated(ContactCheck check) => check.Party = Party.RelatedContact;
    }

    [Fact]
    public async Task A_related_contact_may_be_asked_while_no_phone_of_the_debtors_works_and_is_known_by_its_number()
    {
        await using var story = await Story.AtCasesAsync();
        await story.PointAsync("status = 'invalid'");
        Assert.Equal("", await story.BrokenAsync(c => c.Party = Party.RelatedContact));

        var email = await story.PointAsync("party = 'related_contact'", ContactPointKind.Email);
        await story.PointAsync("status = 'valid'");
        Assert.Equal("CN-TGT-01 CN-TGT-02", await story.BrokenAsync(c => (c.ContactPointId, c.Channel) = (email, Channel.Email)));
    }

    [Fact]
    public async Task Notice_of_recall_and_a_hold_each_deny_new_contact()
    {
        await using var story = await Story.AtCasesAsync();
        await story.RecallAsync(reason: RecallReason.Reallocation);
        var held = story.Cases["A-2"];
        story.Set($"""
            INSERT INTO base_hold (bank_id, id, account_id, kind, raised_at)
            SELECT bank_id, x'0197F0E0000070008000000000000001', account_id, 'dispute', '2026-03-02 02:00:00.000' FROM base_case WHERE id = {held.Id.Hex()}
            """);

        Assert.Equal("CASE-RECALL", await story.BrokenAsync());
        Assert.Equal("CASE-HOLD", (await story.CheckAsync(on: held)).Broken());
        story.Set("UPDATE base_hold SET lifted_at = '2026-03-02 02:00:00.000'");
        Assert.Equal("", (await story.CheckAsync(on: held)).Broken());
    }

    // US-FREQ-01 and US-FREQ-02, over nine days.
    [Fact]
    public async Task In_America_the_week_counts_by_debt_and_person()
    {
        await using var story = await Story.AtCasesAsync();
        story.MoveToNewYork();
        story.ClockAt("2026-03-02T16:00:00Z");
        await story.CalledAsync(6, Outcome.NoAnswer);
        await story.CalledAsync(3, Outcome.OutOfService);
        Assert.Equal("", await story.BrokenAsync());
        Assert.Equal("", (await story.CalledAsync(Outcome.NoAnswer)).BreachesOf());

        var warned = await story.CheckAsync();
        Assert.Equal((RuleAnswer.Warn, "US-FREQ-01", Utc("2026-03-09T12:00:00Z")), (warned.Answer, warned.Broken(), warned.AllowedFrom));
        Assert.Equal("", await story.BrokenAsync(c => c.Party = Party.LiableParty));
        Assert.Equal("US-FREQ-01", (await story.CalledAsync(Outcome.NoAnswer)).BreachesOf());

        story.ClockAt("2026-03-09T12:00:00Z");
        Assert.Equal("", (await story.CalledAsync(Outcome.Promise)).BreachesOf());
        warned = await story.CheckAsync();
        Assert.Equal((RuleAnswer.Warn, "US-FREQ-02", Utc("2026-03-16T12:00:00Z")), (warned.Answer, warned.Broken(), warned.AllowedFrom));
        Assert.Equal("US-FREQ-02", await story.BrokenAsync(c => c.At = Utc("2026-03-15T23:00:00Z")));
        Assert.Equal("", await story.BrokenAsync(c => c.At = Utc("2026-03-16T12:00:00Z")));
    }

    [Fact]
    public async Task A_debtor_whose_zone_this_machine_does_not_know_is_judged_by_the_packs_clock()
    {
        await using var story = await Story.AtCasesAsync();
        story.Set("UPDATE base_debtor SET time_zone = 'Mars/Olympus'");

        var permit = await story.CheckAsync(c => c.At = Utc("2026-03-02T14:00:00Z"));

        Assert.Equal(("CN-TIME-01", "Asia/Shanghai"), (permit.Broken(), permit.TimeZone));
    }

    [Fact]
    public async Task To_others_neither_the_case_nor_the_permit_exists()
    {
        await using var story = await Story.AtCasesAsync();
        var permit = await story.CheckAsync();

        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Lantern.ContactPermits.CheckAsync(id, new ContactCheck { Channel = Channel.Call }, CallOptions.WithKey("key")));
        foreach (var other in new[] { story.Summit, story.Lantern })
        {
            await story.HidesAsync("contact_permit.not_found", permit.PermitId, id => other.ContactPermits.GetAsync(id));
        }

        await story.RecallAsync();
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.ContactPermits.CheckAsync(id, new ContactCheck { Channel = Channel.Call }, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task The_same_key_asks_once()
    {
        await using var story = await Story.AtCasesAsync();

        await story.ActsOnceAsync(key => story.CheckAsync(key: key));
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtCasesAsync();
        var foreign = (await story.Swift.ContactPoints.ListAsync(story.Cases["A-2"].Id)).Items[0].Id;

        await story.RefusesAsync(422, "contact_permit.time_out_of_range", () => story.CheckAsync(c => c.At = TestDatabase.Start.AddDays(7).AddSeconds(1), "key"));
        await story.RefusesAsync(422, "contact_permit.time_out_of_range", () => story.CheckAsync(c => c.At = TestDatabase.Start.AddMinutes(-6), "key"));
        await story.RefusesAsync(422, "contact_permit.time_out_of_range", () => story.CheckAsync(c => c.At = DateTimeOffset.MaxValue, "key"));
        await story.RefusesAsync(422, "contact_permit.point_unknown", () => story.CheckAsync(c => c.ContactPointId = foreign, "key"));
        await story.RefusesAsync(422, "request.invalid", () => story.CheckAsync(c => c.OverrideReason = new string('x', 401), "key"));
        await story.RefusesAsync(422, "request.invalid", () => story.CheckAsync(c => c.OverrideReason = " ", "key"));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Harbour.ContactPermits.CheckAsync(story.Case.Id, new ContactCheck { Channel = Channel.Call }, CallOptions.WithKey("key")));
    }
}
