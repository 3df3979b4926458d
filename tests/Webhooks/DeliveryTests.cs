using System.Text.Json;
using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Signature = Agency.Api.Webhooks.Signature;
using WebhookWorker = Agency.Api.Webhooks.WebhookWorker;

namespace Agency.Tests.Webhooks;

/// <summary>Events on their way to a subscriber's server, under a clock that is set.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private Story story = null!;
    private Receiver receiver = null!;

    public async ValueTask InitializeAsync()
    {
        receiver = await Receiver.StartAsync();
        story = await Story.AtCasesAsync(configure: receiver.Allow);
    }

    public async ValueTask DisposeAsync()
    {
        await story.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task Both_sides_are_sent_what_happens_from_now_on_signed_and_with_ids_alone()
    {
        await story.ReportAsync(100);
        var harbour = await SubscribeAsync(story.Harbour);
        var repayment = await story.ReportAsync(200);
        await SendAsync();

        var message = Assert.Single(receiver.Messages);
        Assert.Equal(Signature.Of([harbour.Secret!], message.Id, message.Timestamp, message.Body), message.Signature);
        Assert.Equal(story.Service.Clock.GetUtcNow().ToUnixTimeSeconds(), message.Timestamp.ToUnixTimeSeconds());
        using var body = JsonDocument.Parse(message.Body);
        Assert.Equal("repayment.reported", body.RootElement.GetProperty("type").GetString());
        var data = body.RootElement.GetProperty("data");
        Assert.Equal(repayment.Id, data.GetProperty("id").GetGuid());
        Assert.Equal(story.Case.Id, data.GetProperty("caseId").GetGuid());
        Assert.Equal(["eventId", "kind", "id", "caseId", "accountId"], data.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task A_subscriber_is_sent_the_types_it_asked_for_and_nothing_of_other_tenants()
    {
        await SubscribeAsync(story.Swift, "repayment.*");
        await SubscribeAsync(story.Summit, "*");
        await SubscribeAsync(story.Lantern, "*");
        await story.PayAsync(100);
        await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call());
        await SendAsync();

        Assert.Equal(["repayment.reported", "repayment.confirmed"], receiver.Messages.Select(TypeOf));
    }

    [Fact]
    public async Task Of_an_ended_case_the_agency_is_told_the_id_alone()
    {
        await SubscribeAsync(story.Swift, "case.ended");
        await story.RecallAsync();
        await SendAsync();

        using var body = JsonDocument.Parse(Assert.Single(receiver.Messages).Body);
        var data = body.RootElement.GetProperty("data");
        Assert.Equal(story.Case.Id, data.GetProperty("id").GetGuid());
        Assert.Equal(["eventId", "kind", "id"], data.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task A_message_that_fails_is_sent_again_by_the_table_and_given_up_after_the_tenth_time()
    {
        TimeSpan[] waits =
        [
            TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10),
            TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
        ];
        var subscription = (await SubscribeAsync(story.Harbour)).Subscription;
        receiver.FailsOn = "repayment";
        await story.ReportAsync(100);
        await SendAsync();
        Assert.Single(receiver.Messages);
        foreach (var (wait, sent) in waits.Select((wait, index) => (wait, index + 1)))
        {
            story.Service.Clock.Advance(wait - TimeSpan.FromMilliseconds(1));
            await SendAsync();
            Assert.Equal(sent, receiver.Messages.Count);
            story.Service.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await SendAsync();
            Assert.Equal(sent + 1, receiver.Messages.Count);
        }

        story.Service.Clock.Advance(TimeSpan.FromDays(30));
        await SendAsync();
        Assert.Equal(10, receiver.Messages.Count);
        Assert.Single(receiver.Messages.Select(message => message.Id).Distinct(StringComparer.Ordinal));
        var delivery = Assert.Single((await story.Harbour.Webhooks.ListDeliveriesPageAsync(subscription.Id)).Items);
        Assert.Equal((WebhookDeliveryState.Failed, 10), (delivery.State, delivery.Attempts));
        var log = await story.Harbour.Webhooks.GetDeliveryAsync(delivery.Id);
        Assert.Equal(Enumerable.Repeat((int?)500, 10), log.Attempts.Select(attempt => attempt.Status));
        Assert.Equal(waits, log.Attempts.Zip(log.Attempts.Skip(1), (before, after) => after.AttemptedAt - before.AttemptedAt));
    }

    [Fact]
    public async Task What_happens_to_one_account_arrives_in_order_and_holds_up_no_other()
    {
        await SubscribeAsync(story.Harbour, "repayment.*");
        receiver.FailsOn = story.Case.Id.ToString();
        var first = await story.ReportAsync(100);
        var second = await story.ReportAsync(200);
        var other = await story.ReportAsync(300, on: story.Cases["A-2"]);
        await SendAsync();
        Assert.Equal([first.Id, other.Id], receiver.Messages.Select(SubjectOf).Order());

        receiver.FailsOn = null;
        story.Service.Clock.Advance(TimeSpan.FromSeconds(5));
        await SendAsync();
        Assert.Equal([first.Id, second.Id], receiver.Messages.Skip(2).Select(SubjectOf));
    }

    [Fact]
    public async Task The_order_is_that_of_the_events_whatever_their_ids()
    {
        await SubscribeAsync(story.Harbour, "repayment.*");
        var first = await story.ReportAsync(100);
        var second = await story.ReportAsync(200);

        // Ids are drawn before a deed waits for its turn: the one that happened first may carry the larger.
        using (var raw = story.Service.Database.OpenRaw())
        {
            using var larger = raw.CreateCommand();
            larger.CommandText = "UPDATE base_webhook_delivery SET id = X'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF' WHERE position = (SELECT min(position) FROM base_webhook_delivery)";
            Assert.Equal(1, larger.ExecuteNonQuery());
        }

        await SendAsync();
        Assert.Equal([first.Id, second.Id], receiver.Messages.Select(SubjectOf));
    }

    [Fact]
    public async Task What_is_replayed_goes_in_the_order_it_happened_and_a_message_shows_the_same_as_was_sent()
    {
        var subscription = (await SubscribeAsync(story.Swift)).Subscription;
        story.Service.Clock.Advance(TimeSpan.FromMinutes(1));
        var from = story.Service.Clock.GetUtcNow();
        await story.PayAsync(100);
        await story.RecallAsync();
        await story.Swift.Webhooks.TestAsync(subscription.Id);
        await story.Swift.Webhooks.ReplayAsync(subscription.Id, new WebhookReplay { From = from, To = from.AddMinutes(1) });
        await SendAsync();

        var ofAccount = receiver.Messages.Where(m => TypeOf(m) != "webhook.test").Select(TypeOf).ToList();
        Assert.Equal(ofAccount.Count, ofAccount.Distinct(StringComparer.Ordinal).Count() * 2);
        Assert.Equal(ofAccount.Where((_, index) => index % 2 == 0), ofAccount.Where((_, index) => index % 2 == 1));
        foreach (var delivery in (await story.Swift.Webhooks.ListDeliveriesPageAsync(subscription.Id)).Items)
        {
            var shown = await story.Swift.Webhooks.GetDeliveryAsync(delivery.Id);
            Assert.Contains(receiver.Messages, message => message.Id == delivery.MessageId.ToString() && message.Body == shown.Body);
        }
    }

    [Fact]
    public async Task A_receiver_that_is_gone_is_sent_nothing_more_until_it_is_enabled_again()
    {
        var subscription = (await SubscribeAsync(story.Harbour)).Subscription;
        receiver.Answers.Enqueue(410);
        await story.ReportAsync(100);
        await SendAsync();
        await story.ReportAsync(200);
        await SendAsync();
        Assert.Single(receiver.Messages);
        var gone = await story.Harbour.Webhooks.GetAsync(subscription.Id);
        Assert.Equal((WebhookState.Disabled, WebhookDisabledReason.Gone), (gone.State, gone.DisabledReason!.Value));
        await story.RefusesAsync(409, "webhook_subscription.is_disabled", () => story.Harbour.Webhooks.TestAsync(subscription.Id));

        await story.Harbour.Webhooks.UpdateAsync(subscription.Id, ETag.Any, new WebhookSubscriptionChange { Enabled = true });
        await SendAsync();
        Assert.Equal(2, receiver.Messages.Count);
    }

    [Fact]
    public async Task One_that_is_gone_for_many_at_once_is_disabled_once_and_what_happened_since_waits()
    {
        var subscription = (await SubscribeAsync(story.Harbour, "repayment.*")).Subscription;
        receiver.Answers.Enqueue(410);
        receiver.Answers.Enqueue(410);
        await story.ReportAsync(100);
        await story.ReportAsync(200, on: story.Cases["A-2"]);
        await SendAsync();
        var last = await story.ReportAsync(300, on: story.Cases["A-3"]);
        await SendAsync();
        Assert.Equal("1", story.Service.Database.Scalar("SELECT count(*) FROM base_audit_entry WHERE action = 'webhook_subscription.gone'"));
        Assert.Equal(2, receiver.Messages.Count);

        await story.Harbour.Webhooks.UpdateAsync(subscription.Id, ETag.Any, new WebhookSubscriptionChange { Enabled = true });
        await SendAsync();
        Assert.Equal(last.Id, SubjectOf(receiver.Messages.Last()));
        Assert.Equal(3, receiver.Messages.Count);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var subscription = (await SubscribeAsync(story.Harbour)).Subscription;
        receiver.Answers.Enqueue(302);
        await story.ReportAsync(100);
        await SendAsync();
        var delivery = Assert.Single((await story.Harbour.Webhooks.ListDeliveriesPageAsync(subscription.Id)).Items);
        Assert.Equal(WebhookDeliveryState.Pending, delivery.State);
        Assert.Equal(302, Assert.Single((await story.Harbour.Webhooks.GetDeliveryAsync(delivery.Id)).Attempts).Status);
    }

    [Fact]
    public async Task While_a_secret_is_rotated_both_sign_for_a_day()
    {
        var made = await SubscribeAsync(story.Harbour);
        var rotated = await story.Harbour.Webhooks.RotateSecretAsync(made.Subscription.Id);
        await story.ReportAsync(100);
        await SendAsync();
        story.Service.Clock.Advance(TimeSpan.FromHours(24));
        await story.ReportAsync(200);
        await SendAsync();

        var (during, after) = (receiver.Messages.First(), receiver.Messages.Last());
        Assert.NotEqual(made.Secret, rotated.Secret);
        Assert.Equal(Signature.Of([rotated.Secret!, made.Secret!], during.Id, during.Timestamp, during.Body), during.Signature);
        Assert.Equal(Signature.Of([rotated.Secret!], after.Id, after.Timestamp, after.Body), after.Signature);
    }

    [Fact]
    public async Task A_time_can_be_replayed_under_the_same_message_ids()
    {
        var subscription = (await SubscribeAsync(story.Harbour, "repayment.*")).Subscription;
        var from = story.Service.Clock.GetUtcNow();
        await story.PayAsync(100);
        story.Service.Clock.Advance(TimeSpan.FromHours(1));
        await story.ReportAsync(200);
        await SendAsync();
        var sent = receiver.Messages.Select(message => message.Id).ToList();
        Assert.Equal(3, sent.Count);

        var replayed = await story.Harbour.Webhooks.ReplayAsync(subscription.Id, new WebhookReplay { From = from, To = from.AddMinutes(30) });
        await SendAsync();

        Assert.Equal(2, replayed.Deliveries);
        Assert.Equal([.. sent, .. sent.Take(2)], receiver.Messages.Select(message => message.Id));
    }

    [Fact]
    public async Task A_test_event_arrives()
    {
        var subscription = (await SubscribeAsync(story.Swift, "case.ended")).Subscription;
        await story.Swift.Webhooks.TestAsync(subscription.Id);
        await SendAsync();
        Assert.Equal("webhook.test", TypeOf(Assert.Single(receiver.Messages)));
    }

    [Fact]
    public async Task A_refused_deed_sends_nothing()
    {
        await SubscribeAsync(story.Harbour);
        await Assert.ThrowsAnyAsync<AgencyException>(() => story.ReportAsync(100, story.Today.AddDays(2)));
        await SendAsync();
        Assert.Empty(receiver.Messages);
    }

    private Task<WebhookSecret> SubscribeAsync(Side side, string types = "*") =>
        side.Webhooks.CreateAsync(new NewWebhookSubscription { Url = receiver.Url, Types = [types] });

    private Task SendAsync() => story.Service.Services.GetRequiredService<WebhookWorker>().RunAsync(CancellationToken.None);

    private static string TypeOf(Received message) => JsonDocument.Parse(message.Body).RootElement.GetProperty("type").GetString()!;

    private static Guid SubjectOf(Received message) => JsonDocument.Parse(message.Body).RootElement.GetProperty("data").GetProperty("id").GetGuid();
}
