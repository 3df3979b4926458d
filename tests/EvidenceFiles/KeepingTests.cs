using System.Net;
using System.Text;
using System.Text.Json;
using Agency.Sdk;
using Agency.Tests.SettlementProposals;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using EvidenceSweep = Agency.Api.EvidenceFiles.EvidenceSweep;

namespace Agency.Tests.EvidenceFiles;

/// <summary>The API over each store: sent, kept in no clear word, fetched by a link; refused whole when the store is down; swept without harm to others.</summary>
public sealed class KeepingTests
{
    private const string Secret = "earns 4,500 a month at the Tern boatyard";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreTests.Places), MemberType = typeof(StoreTests))]
    public async Task Evidence_is_kept_in_no_clear_word_and_fetched_by_a_link(string kind)
    {
        await using var place = await StorePlace.OpenAsync(kind);
        await using var story = await place.AtCasesAsync();
        var content = Deeds.Pdf(Secret);

        var sent = await story.SendAsync((await story.ProposeAsync(story.LumpSum())).Id, content, name: "Tern boatyard.pdf");

        var bank = await story.Service.IdOfAsync("harbour");
        var (name, kept) = Assert.Single(place.Kept());
        Assert.Equal($"{bank}/{sent.Id:D}.evidence", name);
        Assert.True(kept.Length > content.Length);
        foreach (var seen in place.Server?.Arrived.Append(kept) ?? [kept])
        {
            Assert.All(["Tern", "boatyard", "4,500", "%PDF", "%%EOF", "Catalog"], clear => Assert.Equal(-1, seen.AsSpan().IndexOf(Encoding.ASCII.GetBytes(clear))));
            Assert.Equal(-1, seen.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Convert.ToBase64String(content)[..40])));
        }

        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            using var answer = await FetchAsync(story, await side.EvidenceFiles.CreateLinkAsync(sent.Id));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(content, await answer.Content.ReadAsByteArrayAsync(Token));
        }
    }

    [Theory]
    [MemberData(nameof(StoreTests.Places), MemberType = typeof(StoreTests))]
    public async Task When_the_store_is_down_nothing_is_written_and_the_same_key_succeeds_later(string kind)
    {
        await using var place = await StorePlace.OpenAsync(kind);
        await using var story = await place.AtCasesAsync();
        var proposal = (await story.ProposeAsync(story.LumpSum())).Id;
        place.Break();

        await story.RefusesAsync(503, "evidence_file.store_unavailable", () => story.SendAsync(proposal, Deeds.Pdf(Secret), key: "one key"));

        using (var answer = await PostAsync(story, proposal))
        {
            Assert.Equal(TimeSpan.FromSeconds(15), answer.Headers.RetryAfter!.Delta);
            Assert.DoesNotContain("Exception", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }

        Assert.Equal("0", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_evidence_file"));
        place.Mend();
        Assert.Empty(place.Kept());
        var sent = await story.SendAsync(proposal, Deeds.Pdf(Secret), key: "one key");
        var again = await story.SendAsync(proposal, Deeds.Pdf(Secret), key: "one key");
        Assert.Equal(JsonSerializer.Serialize(sent), JsonSerializer.Serialize(again));
        await place.EndsWithAsync(1);
        Assert.EndsWith($"/{sent.Id:D}.evidence", Assert.Single(place.Kept()).Key, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3")]
    [InlineData("azure")]
    public async Task A_link_leads_somewhere_again_once_the_store_is_back(string kind)
    {
        await using var place = await StorePlace.OpenAsync(kind);
        await using var story = await place.AtCasesAsync();
        var link = await story.Harbour.EvidenceFiles.CreateLinkAsync((await story.SendAsync((await story.ProposeAsync(story.LumpSum())).Id)).Id);
        place.Break();
        using (var down = await FetchAsync(story, link))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, down.StatusCode);
            Assert.Contains("evidence_file.store_unavailable", await down.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }

        place.Mend();
        using var back = await FetchAsync(story, link);
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
    }

    [Fact]
    public async Task A_refusal_whose_file_cannot_be_removed_any_more_is_still_that_refusal()
    {
        await using var place = await StorePlace.OpenAsync("s3");
        using var log = new Notices();
        await using var story = await place.AtCasesAsync(builder => builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Warning));
        var proposal = (await story.ProposeAsync(story.LumpSum())).Id;
        await story.SendAsync(proposal, Deeds.Pdf(Secret));
        place.Server.FailsOn = "DELETE";

        await story.RefusesAsync(409, "evidence_file.duplicate", () => story.SendAsync(proposal, Deeds.Pdf(Secret)));

        Assert.Equal(2, place.Kept().Count);
        var (level, said) = await log.FirstAsync();
        Assert.Equal(LogLevel.Warning, level);
        Assert.EndsWith(".evidence has no row and was not removed; the sweep does it", said, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(StoreTests.Places), MemberType = typeof(StoreTests))]
    public async Task A_sweep_removes_what_its_own_banks_have_no_row_for_and_nothing_of_another_database(string kind)
    {
        await using var place = await StorePlace.OpenAsync(kind);
        await using var story = await place.AtCasesAsync();
        var sent = await story.SendAsync((await story.ProposeAsync(story.LumpSum())).Id);
        var (name, content) = Assert.Single(place.Kept());
        using var otherData = await OtherDatabaseAsync();
        await using var other = await TestService.StartAsync(
            builder =>
            {
                place.Configure(builder);
                place.Share(builder, otherData);
            },
            otherData);
        var longAgo = story.Service.Clock.GetUtcNow().AddDays(-2);
        var (lost, otherLost) = ($"{await story.Service.IdOfAsync("harbour")}/{Guid.CreateVersion7():D}.evidence", $"{await other.IdOfAsync("harbour")}/{Guid.CreateVersion7():D}.evidence");
        Assert.NotEqual(lost.Split('/')[0], otherLost.Split('/')[0]);
        foreach (var each in new[] { name, lost, otherLost, "notes.txt" })
        {
            place.Plant(each, content, longAgo);
        }

        await other.Services.GetRequiredService<EvidenceSweep>().RunAsync(Token);
        Assert.Equal(Sorted(name, lost, "notes.txt"), Sorted([.. place.Kept().Keys]));

        await story.Service.Services.GetRequiredService<EvidenceSweep>().RunAsync(Token);
        Assert.Equal(Sorted(name, "notes.txt"), Sorted([.. place.Kept().Keys]));
        using var answer = await FetchAsync(story, await story.Harbour.EvidenceFiles.CreateLinkAsync(sent.Id));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private sealed class Notices : ILoggerProvider, ILogger
    {
        private readonly TaskCompletionSource<(LogLevel Level, string Said)> first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<(LogLevel Level, string Said)> FirstAsync() => first.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning)
            {
                first.TrySetResult((logLevel, formatter(state, exception)));
            }
        }

        public void Dispose()
        {
        }
    }

    // Every database of the tests is a copy of one; a database of its own has banks of its own.
    private static async Task<TestDatabase> OtherDatabaseAsync()
    {
        var database = await TestDatabase.CreateAsync();
        using var connection = database.OpenRaw();
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE base_tenant SET id = randomblob(16) WHERE kind = 'bank'";
        Assert.Equal(2, command.ExecuteNonQuery());
        return database;
    }

    private static string[] Sorted(params string[] names) => [.. names.Order(StringComparer.Ordinal)];

    private static async Task<HttpResponseMessage> PostAsync(Story story, Guid proposal)
    {
        using var body = new ByteArrayContent(Deeds.Pdf(Secret)) { Headers = { ContentType = new("application/pdf") } };
        body.Headers.Add("File-Name", "a.pdf");
        return await story.Swift.Http.PostAsync(new Uri($"/v1/settlement-proposals/{proposal}/evidence-files?kind=income", UriKind.Relative), body, Token);
    }

    private static async Task<HttpResponseMessage> FetchAsync(Story story, EvidenceLink link) => await story.Service.Anonymous.GetAsync(new Uri(link.Url), Token);
}
