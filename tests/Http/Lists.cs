using System.Text.Json;
using Agency.Tests.Support;

namespace Agency.Tests.Http;

/// <summary>Lists come in pages; a cursor means something in its own list alone. Raw, since the SDK sends no cursor to another list.</summary>
public sealed class Lists
{
    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=-1")]
    [InlineData("limit=1001")]
    [InlineData("limit=abc")]
    [InlineData("limit=1.5")]
    [InlineData("limit=99999999999")]
    [InlineData("limit=5&limit=6")]
    public async Task A_limit_that_is_not_1_to_1000_is_refused(string query)
    {
        await using var service = await TestService.StartAsync();

        (await service.For("harbour").CallAsync("GET", $"/v1/portfolios?{query}")).IsProblem(400, "query.limit_out_of_range");
    }

    [Fact]
    public async Task A_page_has_as_many_as_asked_50_by_itself_and_the_last_has_no_next()
    {
        await using var story = await Story.AtAccountsAsync(60);
        var harbour = story.Harbour.Http;

        Assert.Equal((50, true), await ShapeAsync(harbour, "/v1/accounts"));
        Assert.Equal((1, true), await ShapeAsync(harbour, "/v1/accounts?limit=1"));
        Assert.Equal((59, true), await ShapeAsync(harbour, "/v1/accounts?limit=59"));
        Assert.Equal((60, false), await ShapeAsync(harbour, "/v1/accounts?limit=60"));
        Assert.Equal((60, false), await ShapeAsync(harbour, "/v1/accounts?limit=1000"));
        Assert.Equal((0, false), await ShapeAsync(story.Summit.Http, "/v1/accounts"));

        var half = (await harbour.CallAsync("GET", "/v1/accounts?limit=30")).Json.GetProperty("next").GetString();
        Assert.Equal((30, false), await ShapeAsync(harbour, $"/v1/accounts?limit=30&cursor={half}"));
        Assert.Equal((29, true), await ShapeAsync(harbour, $"/v1/accounts?limit=29&cursor={half}"));
    }

    [Fact]
    public async Task A_cursor_of_another_tenant_list_or_filter_and_one_that_was_altered_are_refused()
    {
        await using var story = await Story.AtCasesAsync(3);
        var (harbour, swift) = (story.Harbour.Http, story.Swift.Http);
        var cursor = await NextAsync(harbour, "/v1/accounts?limit=1");
        (await harbour.CallAsync("GET", $"/v1/accounts?limit=1&cursor={cursor}")).Is(200);

        await RefusedAsync(swift, $"/v1/accounts?limit=1&cursor={cursor}");
        await RefusedAsync(story.Summit.Http, $"/v1/accounts?limit=1&cursor={cursor}");
        await RefusedAsync(harbour, $"/v1/cases?limit=1&cursor={cursor}");
        await RefusedAsync(harbour, $"/v1/accounts?limit=1&portfolio_id={story.Portfolio.Id}&cursor={cursor}");
        await RefusedAsync(harbour, $"/v1/portfolios/{story.Portfolio.Id}/imports?cursor={cursor}");

        var filtered = await NextAsync(harbour, $"/v1/cases?limit=1&assignment_id={story.Assignment.Id}");
        (await harbour.CallAsync("GET", $"/v1/cases?limit=1&assignment_id={story.Assignment.Id}&cursor={filtered}")).Is(200);
        await RefusedAsync(harbour, $"/v1/cases?limit=1&cursor={filtered}");
        await RefusedAsync(harbour, $"/v1/cases?limit=1&assignment_id={Guid.Empty}&cursor={filtered}");

        // A list of one account's ledger is not another's.
        var (one, two) = (story.Cases["A-1"].Account.Id, story.Cases["A-2"].Account.Id);
        var entries = await NextAsync(harbour, $"/v1/accounts/{one}/ledger-entries?limit=1");
        await RefusedAsync(harbour, $"/v1/accounts/{two}/ledger-entries?limit=1&cursor={entries}");

        for (var i = 0; i < cursor.Length; i++)
        {
            var altered = cursor[..i] + (cursor[i] == 'A' ? 'B' : 'A') + cursor[(i + 1)..];
            if (!Convert.FromBase64String(Padded(altered)).SequenceEqual(Convert.FromBase64String(Padded(cursor))))
            {
                await RefusedAsync(harbour, $"/v1/accounts?limit=1&cursor={altered}");
            }
        }

        foreach (var garbage in (string[])["", "x", "!!!!", "%20", cursor[..^2], cursor + "AA", cursor + cursor, new string('A', 43), new string('A', 5000), "%F0%9F%8C%8A"])
        {
            await RefusedAsync(harbour, $"/v1/accounts?cursor={garbage}");
        }
    }

    [Fact]
    public async Task A_cursor_outlives_a_change_of_limit_and_a_week()
    {
        await using var story = await Story.AtAccountsAsync(3);
        var cursor = await NextAsync(story.Harbour.Http, "/v1/accounts?limit=1");

        story.Service.Clock.Advance(TimeSpan.FromDays(8));

        Assert.Equal((2, false), await ShapeAsync(story.Harbour.Http, $"/v1/accounts?limit=500&cursor={cursor}"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Paging_gives_every_row_once_and_in_order_while_others_are_added(int limit)
    {
        await using var service = await TestService.StartAsync();
        var harbour = service.For("harbour");
        for (var i = 0; i < 20; i++)
        {
            (await harbour.CallAsync("POST", "/v1/portfolios", $$"""{"name":"{{i}}","currency":"CNY"}""")).Is(201);
        }

        using var enough = new CancellationTokenSource();
        var added = 0;
        var adding = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested && added < 300)
            {
                (await harbour.CallAsync("POST", "/v1/portfolios", $$"""{"name":"{{20 + added}}","currency":"CNY"}""")).Is(201);
                (await service.For("summit").CallAsync("POST", "/v1/portfolios", """{"name":"foreign","currency":"CNY"}""")).Is(201);
                Interlocked.Increment(ref added);
            }
        });
        var names = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await harbour.CallAsync("GET", $"/v1/portfolios?limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}")).Is(200).Json;
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!));
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
            if (names.Count > 60)
            {
                await enough.CancelAsync();
            }
        }
        while (cursor is not null);
        await enough.CancelAsync();
        await adding;

        Assert.True(names.Count >= 20, "Every row that was there before is in the list.");
        Assert.Equal(Enumerable.Range(0, names.Count).Select(i => $"{i}"), names, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("/v1/accounts?colour=red", "?colour")]
    [InlineData("/v1/accounts?Limit=5", "?Limit")]
    [InlineData("/v1/accounts?portfolioId=5", "?portfolioId")]
    [InlineData("/v1/accounts?limit=5&a=1&b=2", "?a ?b")]
    [InlineData("/v1/portfolios/00000000-0000-7000-8000-000000000000?limit=5", "?limit")]
    public async Task A_query_parameter_that_is_not_known_is_refused_by_name(string path, string named)
    {
        await using var service = await TestService.StartAsync();

        var answer = (await service.For("harbour").CallAsync("GET", path)).IsProblem(400, "query.unknown_parameter");

        Assert.Equal(named, string.Join(' ', answer.Pointers));
    }

    [Theory]
    [InlineData("/v1/accounts?portfolio_id=not-an-id")]
    [InlineData("/v1/cases?assignment_id=not-an-id")]
    [InlineData("/v1/cases?assignment_id=")]
    public async Task A_filter_that_is_no_id_is_refused_and_not_taken_for_an_empty_list(string path)
    {
        await using var service = await TestService.StartAsync();

        var answer = (await service.For("harbour").CallAsync("GET", path)).IsProblem(400, "request.malformed");

        Assert.EndsWith("_id", Assert.Single(answer.Pointers), StringComparison.Ordinal);
        Assert.DoesNotContain("not-an-id", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yesterday", 400)]
    [InlineData("2026-02-30", 400)]
    [InlineData("02/03/2026", 422)]
    [InlineData("2026-03-04", 422)]
    public async Task A_date_of_a_file_that_is_none_or_lies_ahead_is_refused(string asOf, int status)
    {
        await using var story = await Story.AtAccountsAsync(1);

        var answer = await story.Harbour.Http.CallAsync("POST", $"/v1/portfolios/{story.Portfolio.Id}/imports?as_of={asOf}", Wire.Content("x"u8.ToArray(), "text/csv"));

        answer.IsProblem(status, status == 400 ? "request.malformed" : "request.invalid");
        Assert.Contains("as_of", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(asOf, answer.Text, StringComparison.Ordinal);
    }

    private static string Padded(string base64Url) => base64Url.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (base64Url.Length % 4)) % 4);

    private static async Task RefusedAsync(HttpClient http, string path) => (await http.CallAsync("GET", path)).IsProblem(400, "query.cursor_invalid");

    private static async Task<string> NextAsync(HttpClient http, string path) => (await http.CallAsync("GET", path)).Is(200).Json.GetProperty("next").GetString()!;

    private static async Task<(int Items, bool HasNext)> ShapeAsync(HttpClient http, string path)
    {
        var page = (await http.CallAsync("GET", path)).Is(200).Json;
        return (page.GetProperty("items").GetArrayLength(), page.TryGetProperty("next", out var next) && next.ValueKind != JsonValueKind.Null);
    }
}
