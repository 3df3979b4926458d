using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Agency.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace Agency.Tests.Http;

/// <summary>No caller takes all of the service. The windows here are longer than any test, so that nothing is given back while it runs. Raw, as headers of every answer are looked at.</summary>
public sealed class RateLimitTests
{
    [Fact]
    public async Task Every_answer_says_what_is_left_and_what_is_too_much_is_refused_undone()
    {
        await using var story = await Story.AtTenantsAsync(Allow(3));
        var portfolio = new { name = "Cards", currency = "CNY" };
        var harbour = story.Service.For("harbour");

        using var first = await harbour.GetAsync("/v1/portfolios");
        using var nowhere = await harbour.GetAsync("/v1/nowhere");
        using var invalid = await harbour.PostAsJsonAsync("/v1/portfolios", new { name = "" });
        using var refused = await harbour.PostAsJsonAsync("/v1/portfolios", portfolio);

        Assert.Equal((HttpStatusCode.OK, "\"caller\";q=3;w=3600", "\"caller\";r=2;t=3600"), (first.StatusCode, Header(first, "RateLimit-Policy"), Header(first, "RateLimit")));
        Assert.Equal((HttpStatusCode.NotFound, "\"caller\";r=1;t=3600"), (nowhere.StatusCode, Header(nowhere, "RateLimit")));
        Assert.Equal(("\"caller\";r=0;t=3600", "\"caller\";r=0;t=3600"), (Header(invalid, "RateLimit"), Header(refused, "RateLimit")));
        Assert.Equal((HttpStatusCode.TooManyRequests, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType!.MediaType));
        Assert.Equal("request.too_many", (await refused.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("code").GetString());
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 3600);
        Assert.Equal("0", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_portfolio"));
    }

    [Fact]
    public async Task Callers_do_not_use_up_each_other_s()
    {
        await using var service = await TestService.StartAsync(Allow(20));
        var (harbour, summit, analyst) = (service.For("harbour"), service.For("summit"), service.ForPerson("analyst@harbour.example"));
        foreach (var caller in new[] { harbour, summit, analyst })
        {
            Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(caller));
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => StatusOfAsync(harbour)));

        Assert.Equal((19, 11), (answers.Count(status => status == HttpStatusCode.OK), answers.Count(status => status == HttpStatusCode.TooManyRequests)));
        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(summit));
        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(analyst));
    }

    [Fact]
    public async Task Who_has_no_token_is_known_by_address()
    {
        await using var service = await TestService.StartAsync(Allow(10));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => StatusOfAsync(service.Anonymous)));
        var guesses = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => GuessAsync(service.Anonymous)));

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.Unauthorized, status));
        Assert.Equal((2, 6), (guesses.Count(status => status == HttpStatusCode.Unauthorized), guesses.Count(status => status == HttpStatusCode.TooManyRequests)));
    }

    [Theory]
    [InlineData("RateLimit:Requests", "0", "RateLimit:Requests is 0: use 1 to 1000000.")]
    [InlineData("RateLimit:Seconds", "3601", "RateLimit:Seconds is 3601: use 1 to 3600.")]
    public async Task A_limit_that_can_t_be_keeps_the_service_from_starting(string name, string value, string says)
    {
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => TestService.StartAsync(builder => builder.Configuration[name] = value));
        Assert.Equal(says, refusal.Message);
    }

    private static Action<WebApplicationBuilder> Allow(int requests) => builder =>
    {
        builder.Configuration["RateLimit:Requests"] = $"{requests}";
        builder.Configuration["RateLimit:Seconds"] = "3600";
    };

    private static async Task<HttpStatusCode> StatusOfAsync(HttpClient caller)
    {
        using var answer = await caller.GetAsync("/v1/portfolios");
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> GuessAsync(HttpClient caller)
    {
        using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", "swift-api"), new("client_secret", "wrong")]);
        using var answer = await caller.PostAsync("/connect/token", form);
        return answer.StatusCode;
    }

    private static string Header(HttpResponseMessage answer, string name) => Assert.Single(answer.Headers.GetValues(name));
}
