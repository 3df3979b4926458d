using System.Text;
using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Signature = Agency.Api.Webhooks.Signature;

namespace Agency.Tests.SdkPackage;

/// <summary>The parts of the client that are more than one call: events, webhooks, files.</summary>
public sealed class FollowingTests
{
    private const string Body = """{"type":"repayment.confirmed","timestamp":"2026-03-02T02:00:00Z","data":{"eventId":"01900000-0000-7000-8000-000000000001","kind":"repayment","id":"01900000-0000-7000-8000-000000000002","caseId":"01900000-0000-7000-8000-000000000003","accountId":null}}""";
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 2, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_reader_of_events_goes_on_where_the_last_one_stopped()
    {
        await using var story = await Story.AtCasesAsync();
        using var agency = new AgencyClient(story.Swift.Http);
        var first = await FirstAsync(agency.Events.FollowAsync());
        Assert.Contains(first.Events, e => e.Type == "case.opened");

        var reading = FirstAsync(agency.Events.FollowAsync(first.Position, pause: TimeSpan.FromMilliseconds(5)));
        var repayment = await story.ReportAsync(100);

        var second = await reading;
        Assert.Equal(("repayment.reported", repayment.Id), (second.Events[0].Type, second.Events[0].Subject.Id));
        Assert.DoesNotContain(second.Events, e => first.Events.Any(earlier => earlier.Id == e.Id));
    }

    [Fact]
    public async Task A_file_tells_how_far_it_has_come_until_it_is_loaded()
    {
        await using var story = await Story.AtTenantsAsync();
        using var agency = new AgencyClient(story.Harbour.Http);
        var portfolio = await agency.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(Story.Csv(50)));
        var told = new Told();

        var import = await agency.Portfolios.ImportAsync(portfolio.Id, file, told, new ImportOptions { AsOf = story.Today, Mode = ImportMode.Both });

        Assert.Equal((ImportState.Completed, 50L), (import.State, import.RowsAccepted));
        Assert.Contains(told.All, progress => progress.Import is null && progress.BytesSent == file.Length && progress.BytesInAll == file.Length);
        Assert.Equal(import.RowsRead, told.All[^1].Import!.RowsRead);
        Assert.True(file.CanRead);
    }

    [Fact]
    public void A_signed_message_is_proved_and_read()
    {
        var secret = Signature.NewSecret();
        var message = Verifier(secret).Verify(Encoding.UTF8.GetBytes(Body), "msg_1", Seconds(Now), Signature.Of([secret], "msg_1", Now, Body));
        Assert.Equal(("msg_1", "repayment.confirmed", "repayment", Now), (message.MessageId, message.Type, message.Data.Kind, message.Timestamp));
        Assert.Null(message.Data.AccountId);

        // While the secret is exchanged both sign, and either side may know both.
        var next = Signature.NewSecret();
        Assert.Equal("msg_1", Verifier(secret).Verify(Encoding.UTF8.GetBytes(Body), "msg_1", Seconds(Now), Signature.Of([next, secret], "msg_1", Now, Body)).MessageId);
        Assert.Equal("msg_1", Verifier($"{next} {secret}").Verify(Encoding.UTF8.GetBytes(Body), "msg_1", Seconds(Now), Signature.Of([secret], "msg_1", Now, Body)).MessageId);
    }

    [Fact]
    public void A_message_that_is_altered_old_or_anothers_is_not_taken()
    {
        var secret = Signature.NewSecret();
        var signature = Signature.Of([secret], "msg_1", Now, Body);
        Refuses(Body.Replace("confirmed", "reversed!", StringComparison.Ordinal), "msg_1", Seconds(Now), signature);
        Refuses(Body, "msg_2", Seconds(Now), signature);
        Refuses(Body, "msg_1", Seconds(Now.AddSeconds(1)), signature);
        Refuses(Body, "msg_1", Seconds(Now), Signature.Of([Signature.NewSecret()], "msg_1", Now, Body));
        Refuses(Body, "msg_1", Seconds(Now.AddMinutes(-6)), Signature.Of([secret], "msg_1", Now.AddMinutes(-6), Body));
        Refuses(Body, "msg_1", Seconds(Now.AddMinutes(6)), Signature.Of([secret], "msg_1", Now.AddMinutes(6), Body));
        Refuses(Body, "msg_1", "soon", signature);
        Refuses(Body, "msg_1", "99999999999999999", signature);
        Refuses(Body, "msg_1", null, signature);
        Refuses(Body, null, Seconds(Now), signature);
        Refuses(Body, "msg_1", Seconds(Now), null);
        Refuses(Body, "msg_1", Seconds(Now), "v1,");
        Refuses("not JSON", "msg_1", Seconds(Now), Signature.Of([secret], "msg_1", Now, "not JSON"));

        void Refuses(string body, string? id, string? timestamp, string? given) =>
            Assert.Throws<WebhookVerificationException>(() => Verifier(secret).Verify(Encoding.UTF8.GetBytes(body), id, timestamp, given));
    }

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("whsec_not base64")]
    public void What_is_no_secret_is_refused_at_once(string secret) => Assert.Throws<ArgumentException>(() => new WebhookVerifier(secret));

    private static WebhookVerifier Verifier(string secret) => new(secret, clock: new FakeTimeProvider(Now));

    private static string Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<EventBatch> FirstAsync(IAsyncEnumerable<EventBatch> batches)
    {
        await foreach (var batch in batches)
        {
            return batch;
        }

        throw new InvalidOperationException("The reading ended.");
    }

    private sealed class Told : IProgress<ImportProgress>
    {
        public List<ImportProgress> All { get; } = [];

        public void Report(ImportProgress value) => All.Add(value);
    }
}
