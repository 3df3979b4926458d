using Agency.Api.ContactRecords;
using Agency.Api.RulePacks;
using static Agency.Tests.RulePacks.Judged;

namespace Agency.Tests.RulePacks;

/// <summary>The hours of contact, to the second, where the debtor lives.</summary>
public sealed class HoursTests
{
    // CN-TIME-01: from 08:00:00 to 21:59:59.
    [Theory]
    [InlineData("Asia/Shanghai", "2026-03-02T13:59:59.999Z", "")]
    [InlineData("Asia/Shanghai", "2026-03-02T14:00:00Z", "CN-TIME-01")]
    [InlineData("Asia/Shanghai", "2026-03-01T23:59:59.999Z", "CN-TIME-01")]
    [InlineData("Asia/Shanghai", "2026-03-02T00:00:00Z", "")]
    [InlineData("Asia/Shanghai", "2026-03-02T16:00:00Z", "CN-TIME-01")]
    [InlineData("Asia/Urumqi", "2026-03-02T15:59:59Z", "")]
    [InlineData("Asia/Urumqi", "2026-03-02T16:00:00Z", "CN-TIME-01")]
    [InlineData("Asia/Urumqi", "2026-03-02T01:59:59Z", "CN-TIME-01")]
    [InlineData("Asia/Urumqi", "2026-03-02T02:00:00Z", "")]
    [InlineData("Asia/Kolkata", "2026-03-02T16:29:59Z", "")]
    [InlineData("Asia/Kolkata", "2026-03-02T16:30:00Z", "CN-TIME-01")]
    [InlineData("Asia/Kolkata", "2026-03-02T02:29:59Z", "CN-TIME-01")]
    [InlineData("Asia/Kolkata", "2026-03-02T02:30:00Z", "")]
    [InlineData("Asia/Kathmandu", "2026-03-02T16:14:59Z", "")]
    [InlineData("Asia/Kathmandu", "2026-03-02T16:15:00Z", "CN-TIME-01")]
    [InlineData("Europe/Berlin", "2026-03-28T20:59:59Z", "")]
    [InlineData("Europe/Berlin", "2026-03-28T21:00:00Z", "CN-TIME-01")]
    [InlineData("Europe/Berlin", "2026-03-29T05:59:59Z", "CN-TIME-01")]
    [InlineData("Europe/Berlin", "2026-03-29T06:00:00Z", "")]
    [InlineData("Europe/Berlin", "2026-03-29T19:59:59Z", "")]
    [InlineData("Europe/Berlin", "2026-03-29T20:00:00Z", "CN-TIME-01")]
    [InlineData("Europe/Berlin", "2026-10-24T19:59:59Z", "")]
    [InlineData("Europe/Berlin", "2026-10-24T20:00:00Z", "CN-TIME-01")]
    [InlineData("Europe/Berlin", "2026-10-25T06:59:59Z", "CN-TIME-01")]
    [InlineData("Europe/Berlin", "2026-10-25T07:00:00Z", "")]
    [InlineData("Europe/Berlin", "2026-10-25T20:59:59Z", "")]
    [InlineData("Europe/Berlin", "2026-10-25T21:00:00Z", "CN-TIME-01")]
    public void In_China_from_eight_to_ten_at_night(string zone, string instant, string broken) => Assert.Equal(broken, Call(zone, instant).BrokenBy(Cn));

    // US-TIME-01: from 08:00:00 to 20:59:59. The clocks go forward on 8 March and back on 1 November.
    [Theory]
    [InlineData("2026-03-07T12:59:59Z", "US-TIME-01")]
    [InlineData("2026-03-07T13:00:00Z", "")]
    [InlineData("2026-03-08T01:59:59Z", "")]
    [InlineData("2026-03-08T02:00:00Z", "US-TIME-01")]
    [InlineData("2026-03-08T06:59:59Z", "US-TIME-01")]
    [InlineData("2026-03-08T07:00:00Z", "US-TIME-01")]
    [InlineData("2026-03-08T11:59:59.999Z", "US-TIME-01")]
    [InlineData("2026-03-08T12:00:00Z", "")]
    [InlineData("2026-03-09T00:59:59Z", "")]
    [InlineData("2026-03-09T01:00:00Z", "US-TIME-01")]
    [InlineData("2026-10-31T12:00:00Z", "")]
    [InlineData("2026-11-01T00:59:59Z", "")]
    [InlineData("2026-11-01T01:00:00Z", "US-TIME-01")]
    [InlineData("2026-11-01T05:30:00Z", "US-TIME-01")]
    [InlineData("2026-11-01T06:30:00Z", "US-TIME-01")]
    [InlineData("2026-11-01T12:59:59.999Z", "US-TIME-01")]
    [InlineData("2026-11-01T13:00:00Z", "")]
    [InlineData("2026-11-02T01:59:59Z", "")]
    [InlineData("2026-11-02T02:00:00Z", "US-TIME-01")]
    public void In_New_York_from_eight_to_nine_at_night_through_both_changes_of_summer_time(string instant, string broken) =>
        Assert.Equal(broken, Call(NewYork, instant).BrokenBy(Us));

    [Theory]
    [InlineData("cn", "Asia/Shanghai", "2026-03-02T14:00:00Z", "2026-03-03T00:00:00Z")]
    [InlineData("cn", "Asia/Shanghai", "2026-03-02T15:59:59Z", "2026-03-03T00:00:00Z")]
    [InlineData("cn", "Asia/Shanghai", "2026-03-02T16:00:00Z", "2026-03-03T00:00:00Z")]
    [InlineData("cn", "Asia/Shanghai", "2026-03-02T23:59:59Z", "2026-03-03T00:00:00Z")]
    [InlineData("cn", "Asia/Kolkata", "2026-03-02T16:30:00Z", "2026-03-03T02:30:00Z")]
    [InlineData("cn", "Asia/Shanghai", "2026-12-31T14:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("us", "America/New_York", "2026-03-08T02:00:00Z", "2026-03-08T12:00:00Z")]
    [InlineData("us", "America/New_York", "2026-03-08T06:30:00Z", "2026-03-08T12:00:00Z")]
    [InlineData("us", "America/New_York", "2026-11-01T01:00:00Z", "2026-11-01T13:00:00Z")]
    [InlineData("us", "America/New_York", "2026-11-01T05:30:00Z", "2026-11-01T13:00:00Z")]
    [InlineData("us", "America/New_York", "2026-11-01T06:30:00Z", "2026-11-01T13:00:00Z")]
    public void It_becomes_allowed_at_eight_in_the_morning(string pack, string zone, string instant, string allowedFrom)
    {
        var contact = Call(zone, instant);

        var from = contact.By(RuleBook.Of(pack)).AllowedFrom;

        Assert.Equal(Utc(allowedFrom), from);
        Assert.Equal("", (contact with { At = from!.Value }).BrokenBy(RuleBook.Of(pack)));
        Assert.NotEqual("", (contact with { At = from.Value.AddMilliseconds(-1) }).BrokenBy(RuleBook.Of(pack)));
    }

    [Theory]
    [InlineData(Channel.Sms)]
    [InlineData(Channel.Email)]
    [InlineData(Channel.Letter)]
    [InlineData(Channel.Visit)]
    public void The_hours_hold_for_every_channel(Channel channel)
    {
        Assert.Equal("CN-TIME-01", (Call(Shanghai, "2026-03-02T14:00:00Z") with { Channel = channel }).BrokenBy(Cn));
        Assert.Equal("US-TIME-01", (Call(NewYork, "2026-03-02T02:00:00Z") with { Channel = channel }).BrokenBy(Us));
    }

    [Fact]
    public void In_China_consent_lifts_the_hours_and_whoever_calls_in_may_at_any_hour()
    {
        Assert.Equal("", (Call(Shanghai, "2026-03-02T14:00:00Z") with { IsConsented = true }).BrokenBy(Cn));
        Assert.Equal("US-TIME-01", (Call(NewYork, "2026-03-02T02:00:00Z") with { IsConsented = true }).BrokenBy(Us));
        Assert.Equal("", (Call(Shanghai, "2026-03-02T14:00:00Z") with { Direction = Direction.Inbound }).BrokenBy(Cn));
        Assert.Equal("", (Call(NewYork, "2026-03-02T02:00:00Z") with { Direction = Direction.Inbound }).BrokenBy(Us));
    }

    // 02:30 does not exist on 8 March, 01:30 exists twice on 1 November; in Cairo 24 April begins at 01:00.
    [Theory]
    [InlineData("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:00:00Z")]
    [InlineData("America/New_York", "2026-03-08", "03:00", "2026-03-08T07:00:00Z")]
    [InlineData("America/New_York", "2026-03-08", "01:59", "2026-03-08T06:59:00Z")]
    [InlineData("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30:00Z")]
    [InlineData("America/New_York", "2026-11-01", "02:00", "2026-11-01T07:00:00Z")]
    [InlineData("Africa/Cairo", "2026-04-24", "00:00", "2026-04-23T22:00:00Z")]
    [InlineData("Asia/Kolkata", "2026-03-02", "00:00", "2026-03-01T18:30:00Z")]
    public void A_clock_shows_a_time_from_an_instant_on(string zone, string day, string time, string instant) => Assert.Equal(
        Utc(instant), LocalClock.Of(zone, zone).From(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), TimeOnly.Parse(time, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void A_zone_that_is_not_known_is_told_by_the_packs_own_clock_or_else_by_UTC()
    {
        Assert.Equal(Shanghai, LocalClock.Of("Mars/Olympus", Shanghai).Zone);
        Assert.Equal(Shanghai, LocalClock.Of(null, Shanghai).Zone);
        Assert.Equal("UTC", LocalClock.Of("", "Mars/Olympus").Zone);
    }
}
