using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Portfolios;

public sealed class CreateTests
{
    private static readonly NewPortfolio Cards = new() { Name = "信用卡 March", Currency = "CNY" };

    [Fact]
    public async Task The_bank_reads_the_portfolio_it_opened()
    {
        await using var story = await Story.AtTenantsAsync();

        var made = await story.Harbour.Portfolios.CreateAsync(Cards);

        Assert.Equal(("信用卡 March", "CNY", TestDatabase.Start), (made.Name, made.Currency, made.CreatedAt));
        Assert.EquivalentWithExclusions(made, await story.Harbour.Portfolios.GetAsync(made.Id), strict: true, "RawAnswer", "ETag");
    }

    [Fact]
    public async Task To_the_other_bank_it_does_not_exist_and_agencies_see_no_portfolio_at_all()
    {
        await using var story = await Story.AtCasesAsync();

        await story.HidesAsync("portfolio.not_found", story.Portfolio.Id, id => story.Summit.Portfolios.GetAsync(id));
        Assert.Empty((await story.Summit.Portfolios.ListPageAsync()).Items);
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Portfolios.GetAsync(story.Portfolio.Id));
        Assert.Empty(await story.Swift.AllAccountsAsync(story.Portfolio.Id));
        Assert.All(await story.Swift.AllCasesAsync(), c => Assert.Null(c.Account.PortfolioId));
    }

    [Fact]
    public async Task The_same_key_gives_one_portfolio()
    {
        await using var story = await Story.AtTenantsAsync();

        await story.ActsOnceAsync(key => story.Harbour.Portfolios.CreateAsync(Cards, CallOptions.WithKey(key)));
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtTenantsAsync();

        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "", Currency = "CNY" }, CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "cny" }, CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY\n" }, CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Portfolios.CreateAsync(Cards, CallOptions.WithKey("key")));
    }
}
