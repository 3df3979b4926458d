using System.Text;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Http;

/// <summary>A request under a key acts once, for a week, for the one who sent it and where it was sent. Raw, since the SDK makes no two requests of one key that differ.</summary>
public sealed class IdempotencyKeys
{
    private const string Portfolio = """{"name":"Cards","currency":"CNY"}""";

    [Fact]
    public async Task A_replay_is_the_first_answer_byte_for_byte()
    {
        await using var service = await TestService.StartAsync();
        var harbour = service.For("harbour");

        var first = (await harbour.CallAsync("POST", "/v1/portfolios", Portfolio, Key("k"))).Is(201);
        service.Clock.Advance(TimeSpan.FromHours(1));
        var second = (await harbour.CallAsync("POST", "/v1/portfolios", Portfolio, Key("k"))).Is(201);

        Assert.False(first.Replayed);
        Assert.True(second.Replayed);
        Assert.Equal(first.Bytes, second.Bytes);
        Assert.Equal((first.Location, first.ETag, first.Type?.ToString()), (second.Location, second.ETag, second.Type?.ToString()));
        Assert.StartsWith("/v1/portfolios/", first.Location, StringComparison.Ordinal);
        Assert.NotNull(first.ETag);
        Assert.Equal("1", service.Database.Scalar("SELECT COUNT(*) FROM base_portfolio"));
    }

    [Fact]
    public async Task Fifty_at_once_make_one_row()
    {
        await using var service = await TestService.StartAsync();
        var harbour = service.For("harbour");
        await harbour.CallAsync("GET", "/v1/portfolios");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => harbour.CallAsync("POST", "/v1/portfolios", Portfolio, Key("k"))));

        var made = answers.Where(answer => answer.Status == 201).ToList();
        Assert.All(answers, answer => Assert.True(answer.Status == 201 || answer.Code == "idempotency.in_progress", answer.Text));
        Assert.Single(made, answer => !answer.Replayed);
        Assert.Single(made.Select(answer => answer.Text).Distinct(StringComparer.Ordinal));
        Assert.Equal("1", service.Database.Scalar("SELECT COUNT(*) FROM base_portfolio"));
    }

    [Fact]
    public async Task Another_body_under_the_key_is_422_and_changes_nothing()
    {
        await using var service = await TestService.StartAsync();
        var harbour = service.For("harbour");
        await harbour.CallAsync("POST", "/v1/portfolios", Portfolio, Key("k"));

        (await harbour.CallAsync("POST", "/v1/portfolios", """{"name":"Loans","currency":"CNY"}""", Key("k"))).IsProblem(422, "idempotency.key_reused");

        Assert.Equal("1", service.Database.Scalar("SELECT COUNT(*) FROM base_portfolio"));
    }

    [Fact]
    public async Task A_key_is_the_tenants_the_clients_the_persons_the_methods_and_the_paths_own()
    {
        await using var story = await Story.AtTenantsAsync();
        var service = story.Service;
        var second = await SecondClientAsync(service);

        var ids = new List<string>();
        foreach (var caller in (HttpClient[])[service.For("harbour"), service.For("summit"), second, service.ForPerson("analyst@harbour.example")])
        {
            var made = (await caller.CallAsync("POST", "/v1/portfolios", Portfolio, Key("same"))).Is(201);
            Assert.False(made.Replayed);
            ids.Add(made.Id);
        }

        Assert.Equal(4, ids.Distinct(StringComparer.Ordinal).Count());
        var harbour = service.For("harbour");
        foreach (var id in (string[])[ids[0], ids[2]])
        {
            var tag = (await harbour.CallAsync("GET", $"/v1/portfolios/{id}")).ETag!;
            var renamed = (await harbour.CallAsync("PATCH", $"/v1/portfolios/{id}", """{"name":"Renamed"}""", Key("same"), ("If-Match", tag))).Is(200);
            Assert.False(renamed.Replayed);
            Assert.Equal(id, renamed.Id);
        }
    }

    [Fact]
    public async Task A_replayed_PATCH_needs_no_fresh_ETag()
    {
        await using var service = await TestService.StartAsync();
        var harbour = service.For("harbour");
        var made = await harbour.CallAsync("POST", "/v1/portfolios", Portfolio);
        var path = $"/v1/portfolios/{made.Id}";

        var first = (await harbour.CallAsync("PATCH", path, """{"name":"Renamed"}""", Key("k"), ("If-Match", made.ETag!))).Is(200);
        var second = (await harbour.CallAsync("PATCH", path, """{"name":"Renamed"}""", Key("k"), ("If-Match", made.ETag!))).Is(200);

        Assert.True(second.Replayed);
        Assert.Equal(first.Text, second.Text);
    }

    [Theory]
    [InlineData(1, 201)]
    [InlineData(255, 201)]
    [InlineData(256, 400)]
    [InlineData(0, 400)]
    public async Task A_key_has_1_to_255_characters(int length, int status)
    {
        await using var service = await TestService.StartAsync();

        var answer = (await service.For("harbour").CallAsync("POST", "/v1/portfolios", Portfolio, Key(new string('k', length)))).Is(status);

        if (status == 400)
        {
            answer.IsProblem(400, "idempotency.key_invalid");
            Assert.Equal("0", service.Database.Scalar("SELECT COUNT(*) FROM base_portfolio"));
        }
    }

    [Fact]
    public async Task A_key_is_kept_for_seven_days_and_then_forgotten()
    {
        await using var service = await TestService.StartAsync();
        var harbour = service.For("harbour");
        var first = await harbour.CallAsync("POST", "/v1/portfolios", Portfolio, Key("k"));

        service.Clock.Advance(TimeSpan.FromDays(7));
        Assert.True((await harbour.CallAsync("POST", "/v1/portfolios", Portfolio, Key("k"))).Replayed);
        service.Clock.Advance(TimeSpan.FromSeconds(1));
        var anew = (await harbour.CallAsync("POST", "/v1/portfolios", """{"name":"Loans","currency":"CNY"}""", Key("k"))).Is(201);

        Assert.False(anew.Replayed);
        Assert.False(first.Id == anew.Id, "The key was still remembered.");
        Assert.True((await harbour.CallAsync("POST", "/v1/portfolios", """{"name":"Loans","currency":"CNY"}""", Key("k"))).Replayed);
        Assert.Equal("1", service.Database.Scalar("SELECT COUNT(*) FROM base_idempotency_record"));
    }

    [Fact]
    public async Task A_refusal_leaves_no_record_so_the_mended_request_may_have_the_key()
    {
        await using var story = await Story.AtCasesAsync(1);
        var (swift, path) = (story.Swift.Http, $"/v1/cases/{story.Case.Id}/repayments");
        var records = story.Service.Database.Scalar("SELECT COUNT(*) FROM base_idempotency_record");

        (await swift.CallAsync("POST", path, """{"amount":{"amount":0,"currency":"CNY"},"paidOn":"2026-03-02"}""", Key("k"))).Is(422);
        (await swift.CallAsync("POST", path, """{"amount":{"amount":5,"currency":"USD"},"paidOn":"2026-03-02"}""", Key("k"))).Is(422);
        (await swift.CallAsync("POST", path, "{", Key("k"))).Is(400);
        Assert.Equal(records, story.Service.Database.Scalar("SELECT COUNT(*) FROM base_idempotency_record"));

        Assert.False((await swift.CallAsync("POST", path, """{"amount":{"amount":5,"currency":"CNY"},"paidOn":"2026-03-02"}""", Key("k"))).Is(201).Replayed);
    }

    [Fact]
    public async Task Who_lost_sight_of_the_case_gets_404_and_not_the_answer_of_before()
    {
        await using var story = await Story.AtCasesAsync(1);
        var (swift, path) = (story.Swift.Http, $"/v1/cases/{story.Case.Id}/contact-records");
        const string Record = """{"channel":"call","direction":"outbound","party":"debtor","outcome":"promise","occurredAt":"2026-03-02T02:00:00Z","note":"Owed to a neighbour"}""";
        (await swift.CallAsync("POST", path, Record, Key("k"))).Is(201);
        Assert.True((await swift.CallAsync("POST", path, Record, Key("k"))).Is(201).Replayed);

        await story.Harbour.Cases.RecallAsync(story.Case.Id, new CaseRecall { Reason = RecallReason.Complaint });

        var after = (await swift.CallAsync("POST", path, Record, Key("k"))).IsProblem(404, "case.not_found");
        Assert.DoesNotContain("neighbour", after.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stored_answers_can_be_read_nowhere_in_the_database()
    {
        await using var story = await Story.AtCasesAsync(1);
        const string Note = "DistinctiveNoteOfNobody";
        const string Control = "DistinctiveControl";
        var body = $$"""{"channel":"call","direction":"outbound","party":"debtor","outcome":"promise","occurredAt":"2026-03-02T02:00:00Z","note":"{{Note}}","agencyReference":"{{Control}}"}""";
        (await story.Swift.Http.CallAsync("POST", $"/v1/cases/{story.Case.Id}/contact-records", body, Key("k"))).Is(201);

        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_idempotency_record WHERE length(body_cipher) > 100 AND location LIKE '/v1/contact-records/%'"));
        Assert.True(Stored(story, Control));
        Assert.False(Stored(story, Note));
    }

    [Fact]
    public async Task A_secret_is_shown_once_and_is_not_in_the_replay()
    {
        await using var service = await TestService.StartAsync();
        var op = service.For("operator");
        var tenant = (await op.CallAsync("GET", "/v1/tenants?limit=1000")).Json.GetProperty("items").EnumerateArray().First(t => t.GetProperty("code").GetString() == "swift").GetProperty("id").GetString();
        var client = (await op.CallAsync("POST", $"/v1/tenants/{tenant}/clients", """{"clientId":"swift-two","name":"Two","scopes":["cases:read"]}""", Key("k"))).Is(201);
        var again = (await op.CallAsync("POST", $"/v1/tenants/{tenant}/clients", """{"clientId":"swift-two","name":"Two","scopes":["cases:read"]}""", Key("k"))).Is(201);
        Assert.NotEmpty(client.Json.GetProperty("secret").GetString()!);
        Assert.True(again.Replayed);
        Assert.False(again.Json.TryGetProperty("secret", out _));

        var person = (await op.CallAsync("POST", $"/v1/tenants/{tenant}/people", """{"email":"two@swift.example","name":"Two","role":"collector"}""", Key("k"))).Is(201);
        var known = (await op.CallAsync("POST", $"/v1/tenants/{tenant}/people", """{"email":"two@swift.example","name":"Two","role":"collector"}""", Key("k"))).Is(201);
        Assert.NotEmpty(person.Json.GetProperty("password").GetString()!);
        Assert.True(known.Replayed);
        Assert.False(known.Json.TryGetProperty("password", out _));
    }

    [Fact]
    public async Task An_imports_key_covers_the_file()
    {
        await using var story = await Story.AtAccountsAsync(1);
        var path = $"/v1/portfolios/{story.Portfolio.Id}/imports";

        var first = (await SendAsync(Story.Csv(2, "B"))).Is(202);
        var second = (await SendAsync(Story.Csv(2, "B"))).Is(202);
        (await SendAsync(Story.Csv(3, "B"))).IsProblem(422, "idempotency.key_reused");

        Assert.True(second.Replayed);
        Assert.Equal(first.Bytes, second.Bytes);
        Assert.Equal("2", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_import"));

        Task<Reply> SendAsync(string csv) => story.Harbour.Http.CallAsync("POST", path, Wire.Content(Encoding.UTF8.GetBytes(csv), "text/csv"), Key("k"));
    }

    private static (string, string) Key(string key) => ("Idempotency-Key", key);

    private static async Task<HttpClient> SecondClientAsync(TestService service)
    {
        var op = service.For("operator");
        var tenant = (await op.CallAsync("GET", "/v1/tenants")).Json.GetProperty("items").EnumerateArray().First(t => t.GetProperty("code").GetString() == "harbour").GetProperty("id").GetString();
        var made = (await op.CallAsync("POST", $"/v1/tenants/{tenant}/clients", """{"clientId":"harbour-second","name":"Second","scopes":["portfolios:read","portfolios:write"]}""")).Is(201);
        var token = await Connect.ClientCredentialsAsync(service.Anonymous, "harbour-second", made.Json.GetProperty("secret").GetString()!);
        return service.With(token.GetProperty("access_token").GetString()!);
    }

    private static bool Stored(Story story, string value) => Directory.GetFiles(story.Service.Database.Folder, "*", SearchOption.AllDirectories).Any(file =>
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        var all = bytes.ToArray().AsSpan();
        return all.IndexOf(Encoding.UTF8.GetBytes(value)) >= 0 || all.IndexOf(Encoding.Unicode.GetBytes(value)) >= 0
            || all.IndexOf(Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(value))[..^4])) >= 0
            || all.IndexOf(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(value)))) >= 0;
    });
}
