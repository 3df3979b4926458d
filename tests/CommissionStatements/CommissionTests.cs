using Agency.Sdk;
using Agency.Tests.Support;
using static Agency.Tests.CommissionStatements.StatementDeeds;

namespace Agency.Tests.CommissionStatements;

/// <summary>What confirmed money earns: by the cycle at assignment, in tiers, under caps, to the minor unit.</summary>
public sealed class CommissionTests
{
    [Fact]
    public async Task The_rate_is_that_of_the_cycle_in_which_the_account_was_assigned()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 1_000), Rate("M2", 2_000), Rate("M3", 3_000)));
        await story.EarnAsync("A-1", 10_000);
        await story.EndMonthAsync();

        // By now the account is in M2, and by summer the rates of M3 would be its.
        Assert.Equal("M2", (await story.CaseAsync("A-1")).Account.Cycle);
        await story.EarnAsync("A-1", 10_000);
        await story.EarnAsync("A-2", 10_000);
        await story.EndMonthAsync();

        Assert.Equal([(10_000, 1_000)], await story.FeesAsync(3));
        Assert.Equal([(10_000, 1_000), (10_000, 2_000)], await story.FeesAsync(4));
        Assert.All(await story.LinesAsync(await story.StatementAsync(4)), line => Assert.Equal(line.Cycle == "M1" ? 1_000 : 2_000, line.BasisPoints));
    }

    [Fact]
    public async Task The_rate_is_that_of_the_version_that_the_assignment_keeps()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 1_000)));
        var agreement = (await story.Harbour.Agreements.ListPageAsync(1000)).Items.Single();
        await story.Harbour.Agreements.ChangeAsync(agreement.Id, ETag.Any, new AgreementChange { Title = "Better", ValidFrom = agreement.ValidFrom, Terms = Terms(Rate("M1", 5_000)) });
        await story.EarnAsync("A-1", 10_000);
        await story.EndMonthAsync();

        Assert.Equal([(10_000, 1_000)], await story.FeesAsync(3));
    }

    [Fact]
    public async Task A_cycle_that_is_not_listed_earns_nothing_and_its_money_is_there_all_the_same()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M2", 2_000)));
        await story.EarnAsync("A-1", 10_000);
        await story.EndMonthAsync();

        var line = Assert.Single(await story.LinesAsync(await story.StatementAsync(3)));
        Assert.Equal((10_000, 0, null, "The agreement has no rate for M1."), (line.Amount.Amount, line.Commission.Amount, line.BasisPoints, line.Explanation));
        Assert.Empty(line.Pieces);
    }

    // 2.5% of 19, 20, 21, 59, 60 and 61 fen: 0.475, 0.5, 0.525, 1.475, 1.5, 1.525.
    [Theory]
    [InlineData(19, 0)]
    [InlineData(20, 1)]
    [InlineData(21, 1)]
    [InlineData(59, 1)]
    [InlineData(60, 2)]
    [InlineData(61, 2)]
    public async Task A_line_is_rounded_half_away_from_zero_and_taken_back_to_the_minor_unit(long amount, long commission)
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 250)));
        var paid = await story.EarnAsync("A-1", amount);
        await story.EndMonthAsync();
        await story.ReverseAsync(paid);
        await story.EndMonthAsync();

        Assert.Equal([(amount, commission)], await story.FeesAsync(3));
        Assert.Equal([(-amount, -commission)], await story.FeesAsync(4));
    }

    [Fact]
    public async Task Tiers_are_marginal_a_line_that_crosses_one_is_cut_there()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 1_000, (20_000, 500), (10_000, 2_000)), Rate("M2", 100)));
        await story.EarnAsync("A-1", 6_000);
        await story.EarnAsync("A-2", 50_000);
        await story.EarnAsync("A-1", 20_000);
        await story.EarnAsync("A-1", 1_000);
        await story.EndMonthAsync();
        await story.EarnAsync("A-1", 1_000);
        await story.EndMonthAsync();

        // 6,000 at 10%; then 4,000 at 10%, 10,000 at 20%, 6,000 at 5%; then at 5%. Another cycle counts for itself, a month begins anew.
        Assert.Equal([(6_000, 600), (50_000, 500), (20_000, 2_700), (1_000, 50)], await story.FeesAsync(3));
        Assert.Equal([(1_000, 100)], await story.FeesAsync(4));
        var crossing = (await story.LinesAsync(await story.StatementAsync(3)))[2];
        Assert.Equal([(0, 1_000, 4_000), (1, 2_000, 10_000), (2, 500, 6_000)], crossing.Pieces.Select(piece => (piece.Tier, piece.BasisPoints, piece.Amount.Amount)));
        Assert.Equal("M1 when assigned: 40.00 × 10% + 100.00 × 20% (tier 1) + 60.00 × 5% (tier 2) = 27.00.", crossing.Explanation);
    }

    [Fact]
    public async Task Tiers_and_caps_in_another_currency_are_not_for_this_money()
    {
        var terms = Terms(new CommissionRate { Cycle = "M1", BasisPoints = 1_000, Tiers = [new CommissionTier { Above = new Money { Amount = 1, Currency = "USD" }, BasisPoints = 1 }] });
        terms.CommissionCaps = [Cap(CommissionCapKind.Account, 1, "USD"), Cap(CommissionCapKind.Statement, 1, "USD")];
        await using var story = await AtCasesAsync(terms);
        await story.EarnAsync("A-1", 10_000);
        await story.EndMonthAsync();

        Assert.Equal([(10_000, 1_000)], await story.FeesAsync(3));
    }

    [Fact]
    public async Task An_account_earns_no_more_than_its_cap_in_all_its_statements_together()
    {
        var terms = Terms(Rate("M1", 1_000), Rate("M2", 1_000));
        terms.CommissionCaps = [Cap(CommissionCapKind.Account, 1_500)];
        await using var story = await AtCasesAsync(terms);
        await story.EarnAsync("A-1", 10_000);
        await story.EndMonthAsync();
        var late = await story.EarnAsync("A-1", 10_000);
        await story.EarnAsync("A-2", 10_000);
        await story.EndMonthAsync();
        await story.EarnAsync("A-1", 10_000);
        await story.EndMonthAsync();
        await story.ReverseAsync(late);
        await story.EarnAsync("A-1", 10_000);
        await story.EndMonthAsync();

        Assert.Equal([(10_000, 1_000)], await story.FeesAsync(3));
        Assert.Equal([(10_000, 500), (10_000, 1_000)], await story.FeesAsync(4));
        Assert.Equal([(10_000, 0)], await story.FeesAsync(5));

        // What is taken back makes room under the cap again.
        Assert.Equal([(-10_000, -500), (10_000, 500)], await story.FeesAsync(6));
        var capped = (await story.LinesAsync(await story.StatementAsync(4)))[0];
        Assert.Equal((1_000, 500, 0), (capped.Earned.Amount, capped.AccountCapTaken.Amount, capped.StatementCapTaken.Amount));
        Assert.Equal("M1 when assigned: 100.00 × 10% = 10.00. The account's cap takes off 5.00.", capped.Explanation);
    }

    [Fact]
    public async Task A_statement_pays_no_more_than_its_cap_under_each_agreement()
    {
        var capped = Terms(Rate("M1", 1_000), Rate("M2", 1_000));
        capped.CommissionCaps = [Cap(CommissionCapKind.Account, 1_200), Cap(CommissionCapKind.Statement, 1_700)];
        await using var story = await AtCasesAsync(capped);
        await story.PlaceAsync(Terms(Rate("M1", 5_000)), Csv(("B-1", 100_000)));
        await story.EarnAsync("A-1", 15_000);
        await story.EarnAsync("B-1", 10_000);
        await story.EarnAsync("A-2", 10_000);
        await story.EarnAsync("A-2", 10_000);
        await story.EndMonthAsync();

        Assert.Equal([(15_000, 1_200), (10_000, 5_000), (10_000, 500), (10_000, 0)], await story.FeesAsync(3));
        var lines = await story.LinesAsync(await story.StatementAsync(3));
        Assert.Equal([(300, 0), (0, 0), (0, 500), (300, 700)], lines.Select(line => (line.AccountCapTaken.Amount, line.StatementCapTaken.Amount)));
        Assert.Equal("M2 when assigned: 100.00 × 10% = 10.00. The statement's cap takes off 5.00.", lines[2].Explanation);
    }

    [Fact]
    public async Task Overpaid_money_earns_nothing()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 1_000)));
        await story.EarnAsync("A-1", 105_500 + 10_000, acceptOverpayment: true);
        await story.EndMonthAsync();

        var line = Assert.Single(await story.LinesAsync(await story.StatementAsync(3)));
        Assert.Equal((105_500, 10_000, 10_550), (line.Amount.Amount, line.Overpaid.Amount, line.Commission.Amount));
        Assert.Equal("M1 when assigned: 1,055.00 × 10% = 105.50. 100.00 was paid beyond the balance and earns nothing.", line.Explanation);

        // The account is paid and its case closed: to the agency the number is gone, to the bank it is not.
        Assert.Equal("A-1", line.AccountNumber);
        Assert.Null((await story.Swift.Statements.ListLinesPageAsync((await story.StatementAsync(3)).Id)).Items.Single().AccountNumber);
    }

    [Fact]
    public async Task What_is_confirmed_and_reversed_within_a_month_earns_nothing_and_takes_no_room()
    {
        var terms = Terms(Rate("M1", 1_000, (10_000, 5_000)));
        terms.CommissionCaps = [Cap(CommissionCapKind.Account, 1_000)];
        await using var story = await AtCasesAsync(terms);
        await story.ReverseAsync(await story.EarnAsync("A-1", 10_000));
        await story.EarnAsync("A-1", 9_000);
        await story.EndMonthAsync();

        Assert.Equal([(10_000, 0), (-10_000, 0), (9_000, 900)], await story.FeesAsync(3));
        var statement = await story.StatementAsync(3);
        Assert.Equal((9_000, 900), (statement.Amount.Amount, statement.Total.Amount));
        var back = (await story.LinesAsync(statement))[1];
        Assert.Equal((StatementLineKind.Reversal, statement.Id, 1, "Confirmed and reversed within this statement: it earns nothing."), (back.Kind, back.Original!.StatementId, back.Original.Number, back.Explanation));
    }

    [Fact]
    public async Task A_later_reversal_takes_back_what_its_line_earned_and_names_it()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 1_000, (10_000, 5_000))));
        await story.EarnAsync("A-1", 8_000);
        var crossing = await story.EarnAsync("A-1", 4_000);
        await story.EndMonthAsync();
        await story.ReverseAsync(crossing);
        await story.EndMonthAsync();

        Assert.Equal([(8_000, 800), (4_000, 1_200)], await story.FeesAsync(3));
        var (march, april) = (await story.StatementAsync(3), await story.StatementAsync(4));
        Assert.Equal((-4_000, -1_200), (april.Amount.Amount, april.Total.Amount));
        var back = Assert.Single(await story.LinesAsync(april));
        Assert.Equal((march.Id, 2, crossing.Id), (back.Original!.StatementId, back.Original.Number, back.RepaymentId!.Value));
        Assert.Equal("The money went back: what line 2 of March 2026 earned is taken back.", back.Explanation);
        Assert.Equal(-1_200, back.Earned.Amount);
    }

    [Fact]
    public async Task The_explanation_is_in_the_caller_s_language()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 1_250)));
        var paid = await story.EarnAsync("A-1", 10_000);
        await story.EndMonthAsync();
        await story.ReverseAsync(paid);
        await story.EndMonthAsync();
        var chinese = story.Service.For("harbour");
        chinese.DefaultRequestHeaders.Add("Accept-Language", "zh-CN");

        Assert.Equal("委案时 M1：100.00 × 12.5% = 12.50。", await ExplainAsync(3));
        Assert.Equal("款项已冲正：扣回 2026 年 3 月对账单第 1 行的佣金。", await ExplainAsync(4));

        async Task<string> ExplainAsync(int month) =>
            Assert.Single((await new AgencyClient(chinese).Statements.ListLinesPageAsync((await story.StatementAsync(month)).Id)).Items).Explanation;
    }

    [Fact]
    public async Task Each_currency_has_a_statement_of_its_own_in_its_own_minor_units()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 1_000)));
        await story.PlaceAsync(Terms(Rate("M1", 333)), Csv(("J-1", 100_000)), "JPY");
        await story.PlaceAsync(Terms(Rate("M1", 333)), Csv(("K-1", 100_000)), "KWD");
        await story.EarnAsync("A-1", 10_000);
        await story.EarnAsync("J-1", 1_000);
        await story.EarnAsync("K-1", 1_005);
        await story.EndMonthAsync();

        Assert.Equal(1_000, (await story.StatementAsync(3)).Total.Amount);
        var (yen, dinar) = (await story.StatementAsync(3, "JPY"), await story.StatementAsync(3, "KWD"));
        Assert.Equal((33, 33), (yen.Total.Amount, dinar.Total.Amount));
        Assert.Equal("M1 when assigned: 1,000 × 3.33% = 33.", Assert.Single(await story.LinesAsync(yen)).Explanation);
        Assert.Equal("M1 when assigned: 1.005 × 3.33% = 0.033.", Assert.Single(await story.LinesAsync(dinar)).Explanation);
    }
}
