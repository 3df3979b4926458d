using System.Net;
using System.Net.Http.Json;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Portfolios;

public sealed class RenameTests
{
    private static readonly PortfolioChange Change = new() { Name = "Cards of March" };

    [Fact]
    public async Task The_name_changes_and_with_it_the_tag()
    {
        await using var story = await Story.AtAccountsAsync();
        var tag = await TagAsync(story);
        story.Service.Clock.Advance(TimeSpan.FromMinutes(1));

        var renamed = await story.Harbour.Portfolios.UpdateAsync(story.Portfolio.Id, tag, Change);

        Assert.Equal(("Cards of March", story.Portfolio.CreatedAt, TestDatabase.Start.AddMinutes(1)), (renamed.Name, renamed.CreatedAt, renamed.ChangedAt));
        Assert.EquivalentWithExclusions(renamed, await story.Harbour.Portfolios.GetAsync(story.Portfolio.Id), strict: true, "RawAnswer", "ETag");
        Assert.NotEqual(tag, await TagAsync(story));
    }

    [Fact]
    public async Task To_the_other_bank_it_does_not_exist()
    {
        await using var story = await Story.AtAccountsAsync();
        var tag = await TagAsync(story);

        await story.HidesAsync("portfolio.not_found", story.Portfolio.Id, id => story.Summit.Portfolios.UpdateAsync(id, tag, Change, CallOptions.WithKey("key")));
        await story.HidesAsync("portfolio.not_found", story.Portfolio.Id, id => story.Summit.Portfolios.UpdateAsync(id, ETag.Any, Change, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task The_same_key_renames_once_though_the_tag_is_stale_by_then()
    {
        await using var story = await Story.AtAccountsAsync();
        var tag = await TagAsync(story);

        await story.ActsOnceAsync(key => story.Harbour.Portfolios.UpdateAsync(story.Portfolio.Id, tag, Change, CallOptions.WithKey(key)));
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtAccountsAsync();
        var (id, stale) = (story.Portfolio.Id, await TagAsync(story));
        await story.Harbour.Portfolios.UpdateAsync(id, stale, new PortfolioChange { Name = "Somebody else's name" });

        await story.RefusesAsync(412, "precondition.failed", () => story.Harbour.Portfolios.UpdateAsync(id, stale, Change, CallOptions.WithKey("key")));
        await story.RefusesAsync(412, "precondition.failed", () => story.Harbour.Portfolios.UpdateAsync(id, new ETag("not a tag"), Change, CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Portfolios.UpdateAsync(id, ETag.Any, new PortfolioChange { Name = "" }, CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Portfolios.UpdateAsync(id, ETag.Any, Change, CallOptions.WithKey("key")));

        // Raw, since the SDK sends no change without a tag.
        var blind = await story.Harbour.Http.PatchAsJsonAsync($"/v1/portfolios/{id}", new { name = "Cards" });
        Assert.Equal(HttpStatusCode.PreconditionRequired, blind.StatusCode);
        Assert.Equal("Somebody else's name", (await story.Harbour.Portfolios.GetAsync(id)).Name);
    }

    private static async Task<ETag> TagAsync(Story story) => (await story.Harbour.Portfolios.GetAsync(story.Portfolio.Id)).ETag!.Value;
}
