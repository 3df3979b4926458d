using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Signature = Agency.Api.Webhooks.Signature;
using WebhookWorker = Agency.Api.Webhooks.WebhookWorker;

namespace Agency.Tests.SdkPackage;

/// <summary>The samples, each in a process of its own, against the API.</summary>
public sealed class SamplesTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("agency-samples-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_bank_pushes_a_file_and_may_push_it_again()
    {
        await using var story = await Story.AtTenantsAsync();
        await WriteAsync("accounts.csv", Story.Csv(40));

        var first = await RunAsync("BankPush", story, "harbour", "accounts.csv", "Cards", "CNY");
        var again = await RunAsync("BankPush", story, "harbour", "accounts.csv", "Cards", "CNY");

        Assert.Equal(0, first.ExitCode);
        Assert.Contains("[########################################]", first.Said, StringComparison.Ordinal);
        Assert.Contains("40 rows read", first.Said, StringComparison.Ordinal);
        Assert.Contains("40 new, 0 refreshed, 0 rejected: completed", first.Said, StringComparison.Ordinal);
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("0 new, 40 refreshed, 0 rejected: completed", again.Said, StringComparison.Ordinal);
        var portfolio = Assert.Single((await story.Harbour.Portfolios.ListPageAsync()).Items);
        Assert.Equal(40, (await story.Harbour.AllAccountsAsync(portfolio.Id)).Count);
    }

    [Fact]
    public async Task A_bank_is_told_what_is_wrong_with_its_file()
    {
        await using var story = await Story.AtTenantsAsync();
        await WriteAsync("accounts.csv", Story.Csv(3).Replace(",200000,", ",two thousand,", StringComparison.Ordinal));

        var rejected = await RunAsync("BankPush", story, "harbour", "accounts.csv", "Cards", "CNY");
        Assert.Equal(1, rejected.ExitCode);
        Assert.Contains("accounts.csv(3): principal", rejected.Said, StringComparison.Ordinal);
        Assert.Contains("2 new, 0 refreshed, 1 rejected", rejected.Said, StringComparison.Ordinal);

        Says(2, "There is no file away.csv.", await RunAsync("BankPush", story, "harbour", "away.csv", "Cards", "CNY"));
        Says(2, "Usage: BankPush", await RunAsync("BankPush", story, "harbour"));
        Says(2, "The client's credentials are missing", await RunAsync("BankPush", story.Service.Address, "harbour-api", "", "accounts.csv", "Cards", "CNY"));
        Says(1, "The API does not know these credentials", await RunAsync("BankPush", story.Service.Address, "harbour-api", "wrong", "accounts.csv", "Cards", "CNY"));
        Says(1, "/currency", await RunAsync("BankPush", story, "harbour", "accounts.csv", "Loans", "XXX"));
    }

    [Fact]
    public async Task An_agency_syncs_both_ways_and_may_run_again_whenever_it_likes()
    {
        await using var story = await Story.AtCasesAsync();
        await WriteAsync("contacts.csv", $"reference,case_id,channel,direction,party,outcome,occurred_at,note\nC-1,{story.Case.Id},call,outbound,debtor,plan_requested,{story.Service.Clock.GetUtcNow():O},Asked for a plan, calls back\n");
        await WriteAsync("repayments.csv", $"reference,case_id,paid_on,amount,currency\nR-1,{story.Cases["A-2"].Id},{story.Today:O},5000,CNY\n");

        Says(0, "2 reported, 0 known already, 0 refused, 3 cases changed", await RunAsync("NightlySync", story, "swift", folder.FullName));
        Says(0, "0 reported, 2 known already, 0 refused, 0 cases changed", await RunAsync("NightlySync", story, "swift", folder.FullName));
        Assert.Equal("Asked for a plan, calls back", Assert.Single((await story.Swift.ContactRecords.ListPageAsync(agencyReference: "C-1")).Items).Note);
        var repayment = Assert.Single((await story.Swift.Repayments.ListPageAsync()).Items);
        Assert.Equal(("R-1", 5000L), (repayment.AgencyReference, repayment.Amount.Amount));

        await story.Harbour.Repayments.ConfirmAsync(repayment.Id, new RepaymentConfirmation());
        await story.Harbour.Cases.RecallAsync(story.Cases["A-3"].Id, new CaseRecall { Reason = RecallReason.Complaint });
        Says(0, "0 reported, 2 known already, 0 refused, 2 cases changed", await RunAsync("NightlySync", story, "swift", folder.FullName));
        Assert.Equal(
            [$"{story.Cases["A-1"].Id},A-1,active,30,105500,CNY", $"{story.Cases["A-2"].Id},A-2,active,60,206000,CNY"],
            (await File.ReadAllLinesAsync(Path.Combine(folder.FullName, "cases.csv"))).Skip(1).OrderBy(line => line.Split(',')[1], StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_agency_is_told_what_is_wrong_with_its_files()
    {
        await using var story = await Story.AtCasesAsync();
        await WriteAsync("repayments.csv", $"reference,case_id,paid_on,amount,currency\nR-1,{Guid.Empty},{story.Today:O},5000,CNY\nR-2,{story.Case.Id},{story.Today:O},5000,CNY\n");
        var refused = await RunAsync("NightlySync", story, "swift", folder.FullName);
        Says(1, "1 reported, 0 known already, 1 refused", refused);
        Says(1, "repayments.csv: R-1: ", refused);

        Says(1, "The API does not know these credentials", await RunAsync("NightlySync", story.Service.Address, "swift-api", "wrong", folder.FullName));
        await WriteAsync("contacts.csv", "reference,case_id\nC-1\n");
        Says(2, "contacts.csv: 8 columns are wanted in: C-1", await RunAsync("NightlySync", story, "swift", folder.FullName));
        Says(2, "There is no folder ", await RunAsync("NightlySync", story, "swift", Path.Combine(folder.FullName, "away")));
    }

    [Fact]
    public async Task A_receiver_takes_what_the_service_signed_and_nothing_else()
    {
        // The receiver's clock is the machine's, and it takes what is fresh.
        await using var service = await TestService.StartAsync(
            builder =>
            {
                builder.Configuration["Webhooks:AllowHttp"] = "true";
                builder.Configuration["Webhooks:AllowedNetworks:0"] = "127.0.0.0/8";
                builder.Configuration["Webhooks:Background"] = "false";
            },
            clock: new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        var harbour = new Side(service.For("harbour"));
        var created = await harbour.Webhooks.CreateAsync(new NewWebhookSubscription { Url = "http://127.0.0.1:1/webhooks", Types = ["*"] });
        using var receiver = Start("WebhookReceiver", new() { ["AGENCY_WEBHOOK_SECRET"] = created.Secret! }, "--urls=http://127.0.0.1:0");
        var address = new Uri(new Uri((await receiver.HearAsync("Now listening on: ")).Split("on: ")[1]), "webhooks");
        await harbour.Webhooks.UpdateAsync(created.Subscription.Id, ETag.Any, new WebhookSubscriptionChange { Url = address.ToString() });

        await harbour.Webhooks.TestAsync(created.Subscription.Id);
        await service.Services.GetRequiredService<WebhookWorker>().RunAsync(CancellationToken.None);
        await receiver.HearAsync("webhook.test ");

        using var http = new HttpClient();
        using var forged = new StringContent("{}");
        forged.Headers.Add("webhook-id", "msg_1");
        forged.Headers.Add("webhook-timestamp", service.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
        forged.Headers.Add("webhook-signature", Signature.Of([Signature.NewSecret()], "msg_1", service.Clock.GetUtcNow(), "{}"));
        using var answer = await http.PostAsync(address, forged);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
        await receiver.HearAsync("refused: No signature fits");

        Says(2, "AGENCY_WEBHOOK_SECRET: The secret is not one", await Command.RunAsync(folder.FullName, new Dictionary<string, string>(StringComparer.Ordinal) { ["AGENCY_WEBHOOK_SECRET"] = "secret" }, PathOf("WebhookReceiver")));
    }

    private static void Says(int exitCode, string words, (int ExitCode, string Said) run)
    {
        Assert.Contains(words, run.Said, StringComparison.Ordinal);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.DoesNotContain("Unhandled exception", run.Said, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Said)> RunAsync(string sample, Story story, string tenant, params IEnumerable<string> words) =>
        RunAsync(sample, story.Service.Address, $"{tenant}-api", TestDatabase.SecretOf($"{tenant}-api"), words);

    private Task<(int ExitCode, string Said)> RunAsync(string sample, Uri api, string client, string secret, params IEnumerable<string> words) => Command.RunAsync(
        folder.FullName,
        new Dictionary<string, string>(StringComparer.Ordinal) { ["AGENCY_API"] = api.ToString(), ["AGENCY_CLIENT"] = client, ["AGENCY_SECRET"] = secret },
        [PathOf(sample), .. words]);

    private Command Start(string sample, Dictionary<string, string> environment, params IEnumerable<string> words) => Command.Start(folder.FullName, environment, [PathOf(sample), .. words]);

    private static string PathOf(string sample) => Path.Combine(AppContext.BaseDirectory, $"{sample}.dll");

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(folder.FullName, name), text);
}
