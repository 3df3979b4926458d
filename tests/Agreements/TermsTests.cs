using System.Text.Json;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Agreements;

/// <summary>What can be agreed on, and what is agreed on where nothing is said.</summary>
public sealed class TermsTests
{
    [Fact]
    public async Task Where_nothing_is_said_the_defaults_hold()
    {
        await using var story = await Story.AtTenantsAsync();

        var terms = (await story.Harbour.MandateAsync("swift")).Terms;

        Assert.Equal((RulePackCode.Cn, 5, 7, 3, 60, 10), (terms.RulePack, terms.NoticeDays, terms.LateReportDays, terms.PromiseGraceDays, terms.MaxInstalments, terms.InstalmentGraceDays));
        Assert.Equal(Channel.Known, terms.AllowedChannels);
        Assert.Empty(terms.RepaymentChannels);
        Assert.Empty(terms.CommissionRates);
        Assert.Empty(terms.CommissionCaps);
        Assert.Empty(terms.DiscountLimits);
        Assert.Null(terms.SecondApprovalAbove);
        Assert.Equal([Bucket.Fees, Bucket.Interest, Bucket.Principal], terms.AllocationOrder);
        Assert.Equal(Attribution.PaidInTenure, terms.Attribution);
    }

    [Fact]
    public async Task Both_sides_read_what_was_agreed_on()
    {
        await using var story = await Story.AtTenantsAsync();
        var whole = Whole();

        var made = await CreateAsync(story, whole);

        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            var read = (await side.Agreements.GetAsync(made.Id)).Terms;
            Assert.Equal(JsonSerializer.Serialize(whole), JsonSerializer.Serialize(read));
        }
    }

    [Fact]
    public async Task Terms_of_an_older_and_of_a_newer_version_of_the_service_can_be_read()
    {
        await using var story = await Story.AtTenantsAsync();
        var made = await story.Harbour.MandateAsync("swift");
        using (var raw = story.Service.Database.OpenRaw())
        using (var update = raw.CreateCommand())
        {
            update.CommandText = """UPDATE base_agreement_version SET terms = '{"rulePack":"us","lateReportDays":9,"notThereYet":{"a":1}}'""";
            Assert.Equal(1, update.ExecuteNonQuery());
        }

        var terms = (await story.Swift.Agreements.GetAsync(made.Id)).Terms;

        Assert.Equal((RulePackCode.Us, 5, 9, 60), (terms.RulePack, terms.NoticeDays, terms.LateReportDays, terms.MaxInstalments));
        Assert.Equal(8, terms.AllowedChannels.Count);
    }

    [Fact]
    public async Task The_ends_of_each_range_are_taken()
    {
        await using var story = await Story.AtTenantsAsync();

        await CreateAsync(story, new() { NoticeDays = 0, LateReportDays = 0, PromiseGraceDays = 0, MaxInstalments = 1 });
        await CreateAsync(story, new() { NoticeDays = 90, LateReportDays = 90, PromiseGraceDays = 30, MaxInstalments = 60, CommissionRates = [Rate("M1", 0), Rate("M7+", 10_000)] });
    }

    [Fact]
    public async Task What_is_out_of_range_or_there_twice_is_refused_and_leaves_no_trace()
    {
        await using var story = await Story.AtTenantsAsync();

        await RefusesAsync("/terms/noticeDays", t => t.NoticeDays = -1);
        await RefusesAsync("/terms/noticeDays", t => t.NoticeDays = 91);
        await RefusesAsync("/terms/lateReportDays", t => t.LateReportDays = 91);
        await RefusesAsync("/terms/promiseGraceDays", t => t.PromiseGraceDays = 31);
        await RefusesAsync("/terms/maxInstalments", t => t.MaxInstalments = 0);

        // CN-PLAN-01: instalments at most 60 months.
        await RefusesAsync("/terms/maxInstalments", t => t.MaxInstalments = 61);
        await RefusesAsync("/terms/instalmentGraceDays", t => t.InstalmentGraceDays = 91);
        await RefusesAsync("/terms/leastAmount/amount", t => t.LeastAmount = Story.Cny(0));
        await RefusesAsync("/terms/allowedChannels", t => t.AllowedChannels = []);
        await RefusesAsync("/terms/allowedChannels", t => t.AllowedChannels = [Channel.Call, Channel.Sms, Channel.Call]);
        await RefusesAsync("/terms/commissionRates", t => t.CommissionRates = [Rate("M1", 1), Rate("M1", 2)]);
        await RefusesAsync("/terms/commissionRates/0/cycle", t => t.CommissionRates = [Rate("M0", 1)]);
        await RefusesAsync("/terms/commissionRates/0/cycle", t => t.CommissionRates = [Rate("M7", 1)]);
        await RefusesAsync("/terms/commissionRates/0/basisPoints", t => t.CommissionRates = [Rate("M2", 10_001)]);
        await RefusesAsync("/terms/commissionRates/0/basisPoints", t => t.CommissionRates = [Rate("M2", -1)]);
        await RefusesAsync("/terms/commissionRates/0", t => t.CommissionRates = [null!]);
        await RefusesAsync("/terms/commissionRates/0/tiers", t => t.CommissionRates = [Rate("M1", 1, Tier(5, 1), Tier(5, 2))]);
        await RefusesAsync("/terms/commissionRates/0/tiers", t => t.CommissionRates = [Rate("M1", 1, [.. Enumerable.Range(1, 21).Select(n => Tier(n, n))])]);
        await RefusesAsync("/terms/commissionRates/0/tiers/0", t => t.CommissionRates = [Rate("M1", 1, [null!])]);
        await RefusesAsync("/terms/commissionRates/0/tiers/0/above/amount", t => t.CommissionRates = [Rate("M1", 1, Tier(0, 1))]);
        await RefusesAsync("/terms/commissionRates/0/tiers/0/basisPoints", t => t.CommissionRates = [Rate("M1", 1, Tier(1, 10_001))]);
        await RefusesAsync("/terms/commissionCaps", t => t.CommissionCaps = [Cap(CommissionCapKind.Account, 1), Cap(CommissionCapKind.Account, 2)]);
        await RefusesAsync("/terms/commissionCaps/0", t => t.CommissionCaps = [null!]);
        await RefusesAsync("/terms/commissionCaps/0/amount/amount", t => t.CommissionCaps = [Cap(CommissionCapKind.Statement, 0)]);
        await RefusesAsync("/terms/discountLimits", t => t.DiscountLimits = [Limit(1), Limit(2)]);
        await RefusesAsync("/terms/discountLimits/0/basisPoints", t => t.DiscountLimits = [Limit(10_001)]);
        await RefusesAsync("/terms/repaymentChannels", t => t.RepaymentChannels = [Pay("counter", "1"), Pay("counter", "2")]);
        await RefusesAsync("/terms/repaymentChannels", t => t.RepaymentChannels = [Pay("counter", "1"), Pay("online", "1")]);
        await RefusesAsync("/terms/repaymentChannels", t => t.RepaymentChannels = [.. Enumerable.Range(0, 51).Select(n => Pay($"c{n}", $"{n}"))]);
        await RefusesAsync("/terms/repaymentChannels/0/code", t => t.RepaymentChannels = [Pay("Not stable", "1")]);
        await RefusesAsync("/terms/repaymentChannels/0/account", t => t.RepaymentChannels = [Pay("counter", " ")]);
        await RefusesAsync("/terms/allocationOrder", t => t.AllocationOrder = []);
        await RefusesAsync("/terms/allocationOrder", t => t.AllocationOrder = [Bucket.Fees, Bucket.Principal]);
        await RefusesAsync("/terms/allocationOrder", t => t.AllocationOrder = [Bucket.Fees, Bucket.Principal, Bucket.Fees]);
        await RefusesAsync("/terms/allocationOrder", t => t.AllocationOrder = [Bucket.Fees, Bucket.Interest, Bucket.Principal, Bucket.Fees]);
        await RefusesAsync("/terms/secondApprovalAbove/amount", t => t.SecondApprovalAbove = Story.Cny(0));
        await RefusesAsync("/terms/secondApprovalAbove/currency", t => t.SecondApprovalAbove = new Money { Amount = 1, Currency = "yuan" });

        async Task RefusesAsync(string pointer, Action<NewAgreementTerms> spoil)
        {
            var terms = new NewAgreementTerms();
            spoil(terms);
            var problem = await story.RefusesAsync(422, "request.invalid", () => CreateAsync(story, terms));
            Assert.Equal(pointer, Assert.Single(problem.Errors!).Pointer);
        }
    }

    private static async Task<Agreement> CreateAsync(Story story, NewAgreementTerms terms) => await story.Harbour.Agreements.CreateAsync(
        new NewAgreement { AgencyId = await story.Harbour.AgencyIdAsync("swift"), Title = "Cards", ValidFrom = new DateOnly(2026, 1, 1), Terms = terms });

    private static NewAgreementTerms Whole() => new()
    {
        RulePack = RulePackCode.Us,
        NoticeDays = 10,
        LateReportDays = 14,
        PromiseGraceDays = 1,
        AllowedChannels = [Channel.Call, Channel.Letter],
        RepaymentChannels = [Pay("counter", "6200-0000-0000-0000"), Pay("online", "https://pay.harbour.example")],
        CommissionRates = [Rate("M1", 500), Rate("M7+", 3_000, Tier(1_000_000, 3_500), Tier(5_000_000, 2_000))],
        CommissionCaps = [Cap(CommissionCapKind.Account, 50_000), Cap(CommissionCapKind.Statement, 10_000_000)],
        DiscountLimits = [Limit(4_000)],
        MaxInstalments = 36,
        LeastAmount = Story.Cny(1_000),
        InstalmentGraceDays = 7,
        SecondApprovalAbove = Story.Cny(5_000_000),
        AllocationOrder = [Bucket.Principal, Bucket.Fees, Bucket.Interest],
        Attribution = Attribution.ReportedInWindow,
    };

    private static CommissionRate Rate(string cycle, int basisPoints, params CommissionTier[] tiers) =>
        new() { Cycle = cycle, BasisPoints = basisPoints, Tiers = tiers.Length == 0 ? null : tiers };

    private static CommissionTier Tier(long above, int basisPoints) => new() { Above = Story.Cny(above), BasisPoints = basisPoints };

    private static CommissionCap Cap(CommissionCapKind per, long amount) => new() { Per = per, Amount = Story.Cny(amount) };

    private static DiscountLimit Limit(int basisPoints) => new() { Kind = SettlementKind.LumpSum, BasisPoints = basisPoints };

    private static RepaymentChannel Pay(string code, string account) => new() { Code = code, Name = "Harbour Bank", Account = account };
}
