using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Webhooks;

/// <summary>A tenant's subscriptions, which no other tenant sees.</summary>
public sealed class SubscriptionTests
{
    private static readonly NewWebhookSubscription Wanted = new() { Url = "https://hooks.example.com/agency", Types = ["repayment.*", "case.ended"] };

    [Fact]
    public async Task A_subscription_is_made_changed_and_removed()
    {
        await using var story = await Story.AtTenantsAsync();
        var made = await story.ActsOnceAsync(async key =>
        {
            var answer = await story.Harbour.Webhooks.CreateAsync(Wanted, CallOptions.WithKey(key));

            // Shown once: the replay lacks it.
            answer.Secret = null;
            return answer;
        });
        var id = made.Subscription.Id;
        Assert.Equal((Wanted.Url, WebhookState.Enabled), (made.Subscription.Url, made.Subscription.State));
        Assert.Equal(Wanted.Types, made.Subscription.Types);
        Assert.Equal(id, Assert.Single((await story.Harbour.Webhooks.ListPageAsync()).Items).Id);

        var off = await story.Harbour.Webhooks.UpdateAsync(id, ETag.Any, new WebhookSubscriptionChange { Enabled = false });
        Assert.Equal((WebhookState.Disabled, WebhookDisabledReason.ByOwner), (off.State, off.DisabledReason!.Value));
        Assert.Equal(Wanted.Types, off.Types);

        await story.Harbour.Webhooks.DeleteAsync(id, ETag.Any);
        Assert.Empty((await story.Harbour.Webhooks.ListPageAsync()).Items);
        await story.RefusesAsync(404, "webhook_subscription.not_found", () => story.Harbour.Webhooks.GetAsync(id));
    }

    [Fact]
    public async Task The_secret_is_shown_once_and_stored_encrypted()
    {
        await using var story = await Story.AtTenantsAsync();
        var first = await story.Swift.Webhooks.CreateAsync(Wanted, CallOptions.WithKey("a key"));
        var replay = await story.Swift.Webhooks.CreateAsync(Wanted, CallOptions.WithKey("a key"));

        Assert.StartsWith("whsec_", first.Secret, StringComparison.Ordinal);
        Assert.Null(replay.Secret);
        var secret = Convert.FromBase64String(first.Secret!["whsec_".Length..]);
        var stored = Convert.FromHexString(story.Service.Database.Scalar("SELECT hex(secret_cipher) FROM base_webhook_subscription")!);
        Assert.Equal(-1, stored.AsSpan().IndexOf(secret));
        Assert.Equal(-1, stored.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(first.Secret!)));
    }

    [Fact]
    public async Task Another_tenant_sees_none_of_it()
    {
        await using var story = await Story.AtTenantsAsync();
        var id = (await story.Harbour.Webhooks.CreateAsync(Wanted)).Subscription.Id;
        foreach (var other in new[] { story.Summit, story.Swift })
        {
            Assert.Empty((await other.Webhooks.ListPageAsync()).Items);
            await story.HidesAsync("webhook_subscription.not_found", id, row => other.Webhooks.GetAsync(row));
            await story.HidesAsync("webhook_subscription.not_found", id, row => other.Webhooks.TestAsync(row));
            await story.HidesAsync("webhook_subscription.not_found", id, row => other.Webhooks.RotateSecretAsync(row));
            await story.HidesAsync("webhook_subscription.not_found", id, row => other.Webhooks.DeleteAsync(row, ETag.Any));
        }
    }

    [Theory]
    [InlineData("http://hooks.example.com/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("no address")]
    public async Task An_address_that_could_not_be_called_is_refused(string url)
    {
        await using var story = await Story.AtTenantsAsync();
        var refusal = await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Webhooks.CreateAsync(new NewWebhookSubscription { Url = url, Types = ["*"] }));
        Assert.Equal("/url", Assert.Single(refusal.Errors!).Pointer);
    }

    [Theory]
    [InlineData("everything")]
    [InlineData("*.confirmed")]
    [InlineData("repayment.confirmed.twice")]
    public async Task A_type_that_cannot_be_is_refused(string type)
    {
        await using var story = await Story.AtTenantsAsync();
        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Webhooks.CreateAsync(new NewWebhookSubscription { Url = Wanted.Url, Types = [type] }));
    }

    [Fact]
    public async Task A_tenant_can_have_twenty()
    {
        await using var story = await Story.AtTenantsAsync();
        for (var i = 0; i < 20; i++)
        {
            await story.Harbour.Webhooks.CreateAsync(Wanted);
        }

        await story.RefusesAsync(409, "webhook_subscription.too_many", () => story.Harbour.Webhooks.CreateAsync(Wanted));
    }
}
