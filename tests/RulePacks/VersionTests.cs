using System.Text.Json.Nodes;
using Agency.Api.ContactRecords;
using Agency.Api.RulePacks;
using static Agency.Tests.RulePacks.Judged;

namespace Agency.Tests.RulePacks;

/// <summary>Rules are data with days of effect: a contact is judged by the version that was in force where and when it was made.</summary>
public sealed class VersionTests
{
    private const string TwoVersions = """
        {
          "code": "test", "title": "Test", "titleZh": "测试", "timeZone": "Asia/Shanghai",
          "retention": { "ruleId": "T-2", "years": 1, "title": "Kept.", "titleZh": "保存。", "citation": "3", "source": "S" },
          "rules": [
            { "ruleId": "T-1", "kind": "hours", "answer": "deny", "title": "Old", "titleZh": "旧", "citation": "1", "source": "S", "effectiveFrom": "2025-01-01", "effectiveTo": "2026-03-04",
              "parameters": { "from": "08:00:00", "until": "22:00:00", "consentLifts": false } },
            { "ruleId": "T-1", "kind": "hours", "answer": "warn", "title": "New", "titleZh": "新", "citation": "2", "source": "S", "effectiveFrom": "2026-03-05",
              "parameters": { "from": "09:00:00", "until": "20:00:00", "consentLifts": false } }
          ]
        }
        """;

    [Theory]
    [InlineData("2026-03-04T13:59:59Z", "", null)]
    [InlineData("2026-03-04T14:00:00Z", "Old", "2026-03-05T01:00:00Z")]
    [InlineData("2026-03-04T15:59:59Z", "Old", "2026-03-05T01:00:00Z")]
    [InlineData("2026-03-04T16:00:00Z", "New", "2026-03-05T01:00:00Z")]
    [InlineData("2026-03-05T00:30:00Z", "New", "2026-03-05T01:00:00Z")]
    [InlineData("2026-03-05T12:00:00Z", "New", "2026-03-06T01:00:00Z")]
    [InlineData("2024-12-31T15:00:00Z", "", null)]
    public void A_contact_before_the_day_is_judged_by_the_older_version(string instant, string title, string? allowedFrom)
    {
        var judgement = Judgement.Of(RuleBookFile.Read(TwoVersions), Call(Shanghai, instant));

        Assert.Equal(title, judgement.Findings is [var finding] ? finding.Rule.Title : "");
        Assert.Equal(allowedFrom is null ? null : Utc(allowedFrom), judgement.AllowedFrom());
        Assert.Equal(title switch { "Old" => RuleAnswer.Deny, "New" => RuleAnswer.Warn, _ => RuleAnswer.Allow }, judgement.Answer);
    }

    // CN-TGT-01 and CN-TGT-02: related contacts may be asked from 2026 on, where the debtor can't be reached.
    [Theory]
    [InlineData("2025-12-31T13:00:00Z", true, false, "CN-TGT-01")]
    [InlineData("2026-01-01T01:00:00Z", true, false, "")]
    [InlineData("2026-01-01T01:00:00Z", false, false, "CN-TGT-01 CN-TGT-02")]
    [InlineData("2026-01-01T01:00:00Z", true, true, "CN-TGT-02")]
    public void The_year_begins_where_the_debtor_lives(string instant, bool unreachable, bool refused, string broken)
    {
        var contact = Call(Shanghai, instant) with { Party = Party.RelatedContact, IsUnreachable = unreachable, HasRefused = refused };

        Assert.Equal((broken, null), contact.By(Cn));
        Assert.Equal("", (contact with { Party = Party.LiableParty }).BrokenBy(Cn));
        Assert.Equal("", (contact with { Party = Party.Debtor }).BrokenBy(Cn));
        Assert.Equal("", (contact with { Direction = Direction.Inbound }).BrokenBy(Cn));
    }

    [Fact]
    public void What_is_no_matter_of_time_has_no_time_at_which_it_is_allowed()
    {
        var contact = Call(Shanghai, "2026-03-02T14:00:00Z");

        Assert.Equal(("CN-TIME-01 CN-OPT-01", null), (contact with { IsOptedOut = true }).By(Cn));
        Assert.Equal(("CN-TIME-01 CASE-RECALL", null), (contact with { IsRecallPending = true }).By(Cn));
        Assert.Equal(("CN-TIME-01 CASE-HOLD", null), (contact with { IsHeld = true }).By(Cn));
        Assert.Equal(("CN-TIME-01 CASE-CHANNEL", null), (contact with { AgreedChannels = [Channel.Sms] }).By(Cn));
        Assert.Equal("US-OPT-01", (Call(NewYork, "2026-03-02T16:00:00Z") with { IsOptedOut = true }).BrokenBy(Us));
        Assert.Equal("", (contact with { IsOptedOut = true, IsRecallPending = true, IsHeld = true, Direction = Direction.Inbound }).BrokenBy(Cn));
    }

    [Fact]
    public void Every_rule_that_is_asked_for_stands_in_its_pack_with_its_source_and_both_titles()
    {
        Assert.Equal(
            ["CASE-CHANNEL", "CASE-HOLD", "CASE-RECALL", "CN-FREQ-01", "CN-FREQ-02", "CN-OPT-01", "CN-TGT-01", "CN-TGT-02", "CN-TIME-01"],
            Cn.On(new DateOnly(2026, 3, 2)).Select(version => version.Rule.RuleId).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["CASE-CHANNEL", "CASE-HOLD", "CASE-RECALL", "US-FREQ-01", "US-FREQ-02", "US-OPT-01", "US-TIME-01"],
            Us.On(new DateOnly(2026, 3, 2)).Select(version => version.Rule.RuleId).Order(StringComparer.Ordinal));
        Assert.All(RuleBook.All.Values.SelectMany(book => book.Versions), version => Assert.True(
            version.Rule is { Source.Length: > 3, Citation.Length: > 3 } && version.Rule.Title.EndsWith('.') && version.Rule.TitleZh.EndsWith('。'), version.Rule.RuleId));
        Assert.All(RuleBook.All.Values, book => Assert.True(TimeZoneInfo.TryFindSystemTimeZoneById(book.TimeZone, out _)));
    }

    [Theory]
    [InlineData("kind", "\"hour\"")]
    [InlineData("answer", "\"allow\"")]
    [InlineData("answer", "\"perhaps\"")]
    [InlineData("effectiveTo", "\"2024-12-31\"")]
    [InlineData("effectiveTo", "\"2026-03-05\"")]
    [InlineData("effectiveTo", "null")]
    [InlineData("parameters", "{}")]
    [InlineData("parameters", """{ "from": "22:00:00", "until": "08:00:00", "consentLifts": false }""")]
    [InlineData("parameters", """{ "from": "08:00:00", "until": "22:00:00", "consentLifts": false, "more": 1 }""")]
    public void A_pack_that_says_what_cannot_be_is_refused_when_it_is_read(string member, string value)
    {
        var pack = JsonNode.Parse(TwoVersions)!;
        _ = RuleBookFile.Read(pack.ToJsonString());
        pack["rules"]![0]![member] = JsonNode.Parse(value);

        Assert.Throws<InvalidDataException>(() => RuleBookFile.Read(pack.ToJsonString()));
    }
}
