using System.Diagnostics;
using System.Globalization;
using Agency.Sdk;
using Agency.Tests.Assignments;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using WebhookWorker = Agency.Api.Webhooks.WebhookWorker;

namespace Agency.Tests.Webhooks;

/// <summary>What is to be sent stands with the deed itself, in its transaction, for every subscriber on either side.</summary>
public sealed class FanOutTests : IAsyncLifetime
{
    private Story story = null!;

    public async ValueTask InitializeAsync() => story = await Story.AtCasesAsync(configure: builder => builder.Configuration["Webhooks:Background"] = "false");

    public ValueTask DisposeAsync() => story.DisposeAsync();

    [Fact]
    public async Task A_delivery_stands_the_moment_the_deed_is_answered()
    {
        var bank = await SubscribeAsync(story.Harbour);
        var agency = await SubscribeAsync(story.Swift, "repayment.reported");
        Assert.Equal(0, Deliveries());

        await story.ReportAsync(100);

        Assert.Equal((1, 1), (Of(bank), Of(agency)));
        Assert.Equal("2", story.Service.Database.Scalar("""
            SELECT count(*)
            FROM base_webhook_delivery d
            INNER JOIN base_event e ON e.position = d.position AND e.id = d.message_id AND e.type = d.type AND e.account_id = d.order_key AND d.tenant_id IN (e.bank_id, e.agency_id)
            WHERE d.state = 'pending' AND d.attempts = 0 AND d.next_attempt_at = e.occurred_at AND d.created_at = e.occurred_at AND length(d.id) = 16 AND substr(d.id, 1, 8) = substr(e.id, 1, 8)
            """));
    }

    [Fact]
    public async Task A_refused_deed_leaves_none()
    {
        var subscription = await SubscribeAsync(story.Harbour);
        await SubscribeAsync(story.Swift);
        var repayment = await story.ReportAsync(100);
        await story.ConfirmAsync(repayment);
        var before = (Of(subscription), Deliveries());

        await story.RefusesAsync(409, "repayment.is_confirmed", () => story.ConfirmAsync(repayment));

        Assert.Equal(before, (Of(subscription), Deliveries()));
    }

    [Fact]
    public async Task Every_subscriber_has_its_own_other_tenants_and_other_types_have_none()
    {
        Guid[] wanting = [await SubscribeAsync(story.Harbour), await SubscribeAsync(story.Harbour, "repayment.*", "case.ended"), await SubscribeAsync(story.Swift, "hold.raised", "repayment.reported"), await SubscribeAsync(story.Swift)];
        Guid[] others = [await SubscribeAsync(story.Harbour, "repayment.confirmed", "case.*"), await SubscribeAsync(story.Swift, "repayment.rejected"), await SubscribeAsync(story.Summit), await SubscribeAsync(story.Lantern)];
        var removed = await SubscribeAsync(story.Harbour);
        await story.Harbour.Webhooks.DeleteAsync(removed, ETag.Any);

        await story.ReportAsync(100);

        Assert.All(wanting, subscription => Assert.Equal(1, Of(subscription)));
        Assert.All([.. others, removed], subscription => Assert.Equal(0, Of(subscription)));
        Assert.Equal(4, Deliveries());
    }

    [Fact]
    public async Task What_happens_while_a_subscription_is_disabled_waits_for_it()
    {
        var subscription = await SubscribeAsync(story.Harbour);
        await story.Harbour.Webhooks.UpdateAsync(subscription, ETag.Any, new WebhookSubscriptionChange { Enabled = false });
        await story.ReportAsync(100);
        Assert.Equal(1, Of(subscription));
        Assert.Equal(WebhookDeliveryState.Pending, Assert.Single((await story.Harbour.Webhooks.ListDeliveriesPageAsync(subscription)).Items).State);
    }

    [Fact]
    public async Task Nothing_is_asked_of_the_writer_while_nothing_is_due()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var sending = await Story.AtCasesAsync(configure: receiver.Allow);
        var subscription = await sending.Harbour.Webhooks.CreateAsync(new NewWebhookSubscription { Url = receiver.Url, Types = ["*"] });
        var worker = sending.Service.Services.GetRequiredService<WebhookWorker>();
        receiver.FailsOn = "repayment";
        await sending.ReportAsync(100);
        await sending.ReportAsync(200);
        await worker.RunAsync(TestContext.Current.CancellationToken);
        await sending.ReportAsync(300);

        // The first waits to be sent again, two wait behind it, and what a disabled subscription gathers is not due either.
        var off = await sending.Harbour.Webhooks.CreateAsync(new NewWebhookSubscription { Url = receiver.Url, Types = ["*"] });
        await sending.Harbour.Webhooks.UpdateAsync(off.Subscription.Id, ETag.Any, new WebhookSubscriptionChange { Enabled = false });
        await sending.Swift.ContactRecords.CreateAsync(sending.Cases["A-3"].Id, sending.Call());
        await worker.RunAsync(TestContext.Current.CancellationToken);
        var sent = receiver.Messages.Count;
        await using (await sending.HoldTheWriterAsync())
        {
            var watch = Stopwatch.StartNew();
            await worker.RunAsync(TestContext.Current.CancellationToken);
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed}");
        }

        Assert.Equal(sent, receiver.Messages.Count);
        var waiting = (await sending.Harbour.Webhooks.ListDeliveriesPageAsync(subscription.Subscription.Id)).Items.Where(d => d.Type == "repayment.reported").ToList();
        Assert.Equal([1, 0, 0], waiting.Select(d => d.Attempts));
        Assert.Equal(waiting[0].NextAttemptAt, waiting[1].NextAttemptAt);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    public async Task A_thousand_events_of_one_deed_make_a_thousand_deliveries_a_subscriber(int subscriptions)
    {
        await using var crowded = await Story.AtAssignmentAsync(1_000, builder => builder.Configuration["Webhooks:Background"] = "false");
        for (var i = 0; i < subscriptions; i++)
        {
            await SubscribeAsync(crowded.Harbour, "case.opened", "contact_record.reported");
        }

        var watch = Stopwatch.StartNew();
        await crowded.Swift.Assignments.AcknowledgeAsync(crowded.Assignment.Id);
        var activation = watch.ElapsedMilliseconds;
        Assert.Equal($"{1_000 * subscriptions}", crowded.Service.Database.Scalar("SELECT count(*) FROM base_webhook_delivery WHERE type = 'case.opened'"));

        var cases = await crowded.Swift.AllCasesAsync(crowded.Assignment.Id);
        var batch = new ContactRecordBatch
        {
            Items = [.. cases.Select(c => new ContactRecordBatchItem { CaseId = c.Id, Channel = Channel.Call, Direction = Direction.Outbound, Party = Party.Debtor, Outcome = Outcome.Promise, OccurredAt = crowded.Service.Clock.GetUtcNow() })],
        };
        watch.Restart();
        var answers = (await crowded.Swift.ContactRecords.CreateBatchAsync(batch)).Items;
        TestContext.Current.TestOutputHelper?.WriteLine($"{subscriptions} subscriptions: activation {activation} ms, 1,000 contacts {watch.ElapsedMilliseconds} ms.");
        Assert.All(answers, answer => Assert.Equal(201, answer.Status));
        Assert.Equal($"{1_000 * subscriptions}", crowded.Service.Database.Scalar("SELECT count(*) FROM base_webhook_delivery WHERE type = 'contact_record.reported'"));
    }

    private static async Task<Guid> SubscribeAsync(Side side, params string[] types) =>
        (await side.Webhooks.CreateAsync(new NewWebhookSubscription { Url = "https://hooks.example.com/", Types = types is [] ? ["*"] : types })).Subscription.Id;

    private int Deliveries() => int.Parse(story.Service.Database.Scalar("SELECT count(*) FROM base_webhook_delivery")!, CultureInfo.InvariantCulture);

    private int Of(Guid subscription) => int.Parse(
        story.Service.Database.Scalar($"SELECT count(*) FROM base_webhook_delivery WHERE subscription_id = X'{Convert.ToHexString(subscription.ToByteArray(bigEndian: true))}'")!, CultureInfo.InvariantCulture);
}
