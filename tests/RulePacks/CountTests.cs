using Agency.Api.ContactRecords;
using static Agency.Tests.RulePacks.Judged;

namespace Agency.Tests.RulePacks;

/// <summary>The rules that count: the last that is allowed, the first that is not, and when it is again.</summary>
public sealed class CountTests
{
    private const string Morning = "2026-03-10T02:00:00Z";
    private const string Noon = "2026-03-10T16:00:00Z";

    // CN-FREQ-01.
    [Theory]
    [InlineData(2, "")]
    [InlineData(3, "CN-FREQ-01")]
    [InlineData(4, "CN-FREQ-01")]
    public void Three_conversations_a_day(int before, string broken)
    {
        var contact = Call(Shanghai, Morning).AfterToday(conversations: before);

        Assert.Equal(broken, contact.BrokenBy(Cn));
        Assert.Equal("", (contact with { Channel = Channel.Sms }).BrokenBy(Cn));
        Assert.Equal("", (contact with { Direction = Direction.Inbound }).BrokenBy(Cn));
        Assert.Equal(broken, (contact with { Outcome = Outcome.Promise }).BrokenBy(Cn));
        Assert.Equal("", (contact with { Outcome = Outcome.NoAnswer }).BrokenBy(Cn));
        Assert.Equal("", (contact with { Outcome = Outcome.Voicemail }).BrokenBy(Cn));
    }

    // CN-FREQ-02.
    [Theory]
    [InlineData(5, "")]
    [InlineData(6, "CN-FREQ-02")]
    public void Six_unanswered_dials_a_day_to_one_number(int before, string broken)
    {
        var contact = Call(Shanghai, Morning).AfterToday(unanswered: before);

        Assert.Equal(broken, contact.BrokenBy(Cn));
        Assert.Equal(broken, (contact with { Outcome = Outcome.Busy }).BrokenBy(Cn));
        Assert.Equal("", (contact with { Outcome = Outcome.Promise }).BrokenBy(Cn));
    }

    [Fact]
    public void A_new_day_begins_at_midnight_but_nobody_is_called_before_eight()
    {
        var (broken, allowedFrom) = Call(Shanghai, Morning).AfterToday(conversations: 3, unanswered: 6).By(Cn);

        Assert.Equal(("CN-FREQ-01 CN-FREQ-02", Utc("2026-03-11T00:00:00Z")), (broken, allowedFrom));
        Assert.Equal("CN-TIME-01 CN-FREQ-01", Call(Shanghai, "2026-03-10T15:59:59Z").AfterToday(conversations: 3).BrokenBy(Cn));
    }

    // US-FREQ-01: a rolling week of the consumer's days, the call's own among them.
    [Theory]
    [InlineData(new[] { 6 }, "", null)]
    [InlineData(new[] { 7 }, "US-FREQ-01", "2026-03-17T12:00:00Z")]
    [InlineData(new[] { 0, 0, 0, 0, 0, 0, 7 }, "US-FREQ-01", "2026-03-11T12:00:00Z")]
    [InlineData(new[] { 0, 0, 0, 0, 0, 0, 0, 7 }, "", null)]
    [InlineData(new[] { 4, 0, 0, 0, 0, 0, 3 }, "US-FREQ-01", "2026-03-11T12:00:00Z")]
    [InlineData(new[] { 0, 7, 0, 0, 0, 0, 2 }, "US-FREQ-01", "2026-03-16T12:00:00Z")]
    [InlineData(new[] { 1, 1, 1, 1, 1, 1, 1 }, "US-FREQ-01", "2026-03-11T12:00:00Z")]
    public void Seven_calls_in_seven_days(int[] calls, string broken, string? allowedFrom)
    {
        var contact = Call(NewYork, Noon).After(calls: [.. calls.Take(7)]);

        Assert.Equal((broken, allowedFrom is null ? null : Utc(allowedFrom)), contact.By(Us));
        Assert.Equal("", (contact with { Outcome = Outcome.OutOfService }).BrokenBy(Us));
        Assert.Equal(broken, (contact with { Outcome = Outcome.NoAnswer }).BrokenBy(Us));
        Assert.Equal("", (contact with { Channel = Channel.Email }).BrokenBy(Us));
    }

    // US-FREQ-02: the conversation's day is day 1, so the seventh day after it is free.
    [Theory]
    [InlineData(0, "US-FREQ-02", "2026-03-17T12:00:00Z")]
    [InlineData(5, "US-FREQ-02", "2026-03-12T12:00:00Z")]
    [InlineData(6, "US-FREQ-02", "2026-03-11T12:00:00Z")]
    public void Seven_days_after_a_conversation(int daysAgo, string broken, string allowedFrom)
    {
        var talks = new int[7];
        talks[daysAgo] = 1;

        var contact = Call(NewYork, Noon).After(talks: talks);

        Assert.Equal((broken, Utc(allowedFrom)), contact.By(Us));
        Assert.Equal("", (contact with { At = Utc(allowedFrom) }).BrokenBy(Us));
        Assert.Equal("US-TIME-01", (contact with { At = Utc(allowedFrom).AddHours(-8) }).BrokenBy(Us));
        Assert.Equal("US-TIME-01 US-FREQ-02", (contact with { At = Utc(allowedFrom).AddHours(-8).AddMilliseconds(-1) }).BrokenBy(Us));
    }

    [Fact]
    public void A_week_that_spans_a_change_of_summer_time_still_has_seven_days()
    {
        // Talked on 3 March, Eastern Standard Time; 10 March begins at 04:00 UTC, not at 05:00.
        var (broken, allowedFrom) = Call(NewYork, "2026-03-09T16:00:00Z").After(talks: [0, 0, 0, 0, 0, 0, 1]).By(Us);

        Assert.Equal(("US-FREQ-02", Utc("2026-03-10T12:00:00Z")), (broken, allowedFrom));
    }
}
