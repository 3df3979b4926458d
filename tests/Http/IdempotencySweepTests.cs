using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Http;

public sealed class IdempotencySweepTests
{
    [Fact]
    public async Task An_answer_is_kept_for_a_week_and_then_removed()
    {
        await using var story = await Story.AtTenantsAsync();
        await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" }, CallOptions.WithKey("one-key"));
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_idempotency_record"));

        story.Service.Clock.Advance(TimeSpan.FromDays(6.9));
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_idempotency_record"));

        story.Service.Clock.Advance(TimeSpan.FromDays(0.2));
        await Eventually.SeeAsync(() => story.Service.Database.Scalar("SELECT COUNT(*) FROM base_idempotency_record") == "0");
    }
}
