using Agency.Sdk;
using Agency.Tests.Http;
using Agency.Tests.Support;

namespace Agency.Tests.RulePacks;

public sealed class ReadTests
{
    [Fact]
    public async Task Both_sides_read_the_rules_in_force_on_a_day()
    {
        await using var story = await Story.AtTenantsAsync();
        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            var today = await side.RulePacks.GetAsync("cn");
            var before = await side.RulePacks.GetAsync("cn", new DateOnly(2025, 12, 31));

            Assert.Equal((story.Today, new DateOnly(2025, 12, 31)), (today.On, before.On));
            var rule = Assert.Single(today.Rules, rule => rule.RuleId == "CN-TIME-01");
            Assert.Equal((RuleAnswer.Deny, "GB/T 45251-2025", "08:00:00", "22:00:00"), (rule.Answer, rule.Citation, rule.Parameters["from"], rule.Parameters["until"]));
            Assert.Contains(today.Rules, rule => rule.RuleId == "CN-FREQ-02");
            Assert.DoesNotContain(before.Rules, rule => rule.RuleId is "CN-FREQ-02" or "CN-TGT-02");
            Assert.Empty((await side.RulePacks.GetAsync("us", new DateOnly(2019, 12, 31))).Rules);
        }
    }

    [Fact]
    public async Task A_pack_says_how_long_records_are_kept_and_consumer_finance_keeps_the_rules_of_china()
    {
        await using var story = await Story.AtTenantsAsync();

        var packs = (await story.Harbour.RulePacks.ListPageAsync(10, null)).Items.ToDictionary(pack => pack.Code, StringComparer.Ordinal);

        Assert.Equal(
            [("cn", "CN-REC-01", 2), ("cn_consumer_finance", "CN-REC-01", 5), ("us", "US-RET-01", 3)],
            packs.Values.Select(pack => (pack.Code, pack.Retention.RuleId, pack.Retention.Years)).Order());
        Assert.Equal(packs["cn"].Rules.Select(rule => rule.RuleId), packs["cn_consumer_finance"].Rules.Select(rule => rule.RuleId));
    }

    [Fact]
    public async Task The_packs_are_listed_page_by_page_and_one_that_is_not_there_is_404()
    {
        await using var story = await Story.AtTenantsAsync();

        var all = await story.Swift.RulePacks.ListAsync(pageSize: 1).ToListAsync();

        Assert.Equal(["cn", "cn_consumer_finance", "us"], all.Select(pack => pack.Code));
        (await story.Swift.Http.CallAsync("GET", "/v1/rule-packs/xx")).IsProblem(404, "rule_pack.not_found");
        (await story.Swift.Http.CallAsync("GET", "/v1/rule-packs/cn?on=tomorrow")).IsProblem(400, "request.malformed");
    }
}
