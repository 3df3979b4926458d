using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Agency.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Agency.Tests.Imports;

/// <summary>The routes of imports, raw: most of what is sent here the SDK would not send, from media types it does not know to bodies without a length.</summary>
public sealed class ImportRoutesTests
{
    private const string Csv = "text/csv";
    private const string Ndjson = "application/x-ndjson";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_accepted_loaded_and_its_bad_rows_told()
    {
        await using var service = await TestService.StartAsync();
        var harbour = service.For("harbour");
        var answer = await SendAsync(harbour, await PortfolioAsync(harbour), Files.Csv(Files.Row(1), Files.Row(2, principal: "12.5"), Files.Row(3, due: "2005-02-30")), query: "?as_of=2005-09-30");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var accepted = await JsonAsync(answer);
        Assert.Equal(("queued", "csv", "2005-09-30"), (Text(accepted, "state"), Text(accepted, "format"), Text(accepted, "asOf")));
        Assert.Equal($"/v1/imports/{Text(accepted, "id")}", answer.Headers.Location!.OriginalString);

        var import = await FinishedAsync(harbour, Text(accepted, "id"));
        Assert.Equal(("completed", 3, 1, 2), (Text(import, "state"), Number(import, "rowsRead"), Number(import, "rowsAccepted"), Number(import, "rowsRejected")));
        var errors = Items(await harbour.GetFromJsonAsync<JsonElement>(import.GetProperty("links").GetProperty("errors").GetString(), Token));
        Assert.Equal(
            [(3, "principal", "amount.not_a_number", "12.5"), (4, "oldest_due_date", "date.invalid", "2005-02-30")],
            errors.Select(e => (Number(e, "line"), Text(e, "column"), Text(e, "code"), Text(e, "value"))));
        Assert.Single(Items(await harbour.GetFromJsonAsync<JsonElement>($"/v1/portfolios/{Text(import, "portfolioId")}/imports", Token)));
    }

    [Fact]
    public async Task Errors_show_what_is_private_masked_and_nothing_of_rows_that_cannot_be_read()
    {
        await using var service = await TestService.StartAsync();
        var harbour = service.For("harbour");
        var portfolio = await PortfolioAsync(harbour);
        const string Header = "account_number,debtor_reference,debtor_name,id_number,phone,email,address,principal,oldest_due_date\n";
        var address = new string('a', 6) + new string('z', 995);
        var name = "Q" + new string('z', 200);
        var csv = await ImportAsync(harbour, portfolio, $"{Header}A1,D1,{name},zzzzzzz!1234,555zzzzzz55,qzzzz.example.invalid,{address},1,2005-08-01\nA2,D2,\"zzzz\"zz,,,,,1,2005-08-01\nA3,D3,zzzz,{new string('z', 20_000)}\nA4,\"zzzz\n");
        var json = await ImportAsync(harbour, portfolio, """{"debtor_name":"zzzz","phone":"zzzz","address":zzzz}""", Ndjson);
        var errors = Items(await harbour.GetFromJsonAsync<JsonElement>($"/v1/imports/{Text(csv, "id")}/errors", Token));
        errors.AddRange(Items(await harbour.GetFromJsonAsync<JsonElement>($"/v1/imports/{Text(json, "id")}/errors", Token)));

        // Every z is private: none may be seen.
        Assert.DoesNotContain(errors, error => error.TryGetProperty("value", out var value) && value.GetString()!.Contains('z', StringComparison.Ordinal));
        Assert.Equal(["debtor_name", "address", "phone", "email", "id_number"], errors.Where(error => error.TryGetProperty("value", out _)).Select(error => Text(error, "column")));
        Assert.Equal(4, errors.Count(error => Text(error, "code") == "row.malformed" && !error.TryGetProperty("value", out _)));
        Assert.Equal(9, errors.Count);
    }

    [Fact]
    public async Task Errors_are_paged_in_file_order_even_within_a_row()
    {
        await using var service = await TestService.StartAsync();
        var harbour = service.For("harbour");
        var file = Files.Csv([.. Enumerable.Range(1, 7).Select(n => Files.Row(n, principal: "x", due: "y"))]);
        var import = await ImportAsync(harbour, await PortfolioAsync(harbour), file);
        var seen = new List<(int, string)>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await harbour.GetFromJsonAsync<JsonElement>($"/v1/imports/{Text(import, "id")}/errors?limit=3{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}", Token);
            seen.AddRange(Items(page).Select(e => (Number(e, "line"), Text(e, "column"))));
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        Assert.Equal(Enumerable.Range(2, 7).SelectMany(line => new[] { (line, "principal"), (line, "oldest_due_date") }), seen);
    }

    [Fact]
    public async Task NDJSON_and_gzip_are_taken_and_the_same_file_twice_doubles_nothing()
    {
        await using var service = await TestService.StartAsync();
        var harbour = service.For("harbour");
        var portfolio = await PortfolioAsync(harbour);
        var json = """{"account_number":"A-000001","debtor_reference":"D-000001","debtor_name":"甲","principal":100,"oldest_due_date":"2005-08-01"}""";
        Assert.Equal(1, Number(await ImportAsync(harbour, portfolio, json, Ndjson), "rowsAccepted"));
        var packed = await ImportAsync(harbour, portfolio, ImportRig.Gzip(Encoding.UTF8.GetBytes(Files.Csv(Files.Row(1), Files.Row(2)))), Csv, "gzip");
        Assert.Equal((1, 1), (Number(packed, "rowsAccepted"), Number(packed, "rowsKnown")));
    }

    [Fact]
    public async Task A_gzip_bomb_fails_and_a_file_without_our_columns_too()
    {
        await using var service = await TestService.StartAsync();
        var harbour = service.For("harbour");
        var portfolio = await PortfolioAsync(harbour);
        var bomb = await ImportAsync(harbour, portfolio, ImportRig.Gzip(new byte[20_000_000]), Csv, "gzip");
        Assert.Equal(("failed", "import.gzip_ratio"), (Text(bomb, "state"), Text(bomb, "failureCode")));
        var other = await ImportAsync(harbour, portfolio, "name,phone\nx,y\n");
        Assert.Equal(("failed", "import.columns_unknown"), (Text(other, "state"), Text(other, "failureCode")));
    }

    [Fact]
    public async Task The_same_key_acts_once_and_replays_and_another_file_under_it_is_refused()
    {
        await using var service = await TestService.StartAsync();
        var harbour = service.For("harbour");
        var portfolio = await PortfolioAsync(harbour);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => SendAsync(harbour, portfolio, Files.Csv(Files.Row(1)), key: "march")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode));
        Assert.Single((await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync(Token)))).Distinct(StringComparer.Ordinal));
        Assert.Equal(9, answers.Count(answer => answer.Headers.Contains("Idempotency-Replayed")));

        Assert.Equal("idempotency.key_reused", await RefusedAsync(await SendAsync(harbour, portfolio, Files.Csv(Files.Row(2)), key: "march"), HttpStatusCode.UnprocessableEntity));
        Assert.Equal("idempotency.key_reused", await RefusedAsync(await SendAsync(harbour, portfolio, Files.Csv(Files.Row(1)), key: "march", query: "?as_of=2005-09-30"), HttpStatusCode.UnprocessableEntity));
        Assert.Single(Items(await harbour.GetFromJsonAsync<JsonElement>($"/v1/portfolios/{portfolio}/imports", Token)));
        await NoSpoolAsync(service);
    }

    [Fact]
    public async Task Another_bank_sees_nothing_of_it_and_an_agency_may_not_ask()
    {
        await using var service = await TestService.StartAsync();
        var harbour = service.For("harbour");
        var portfolio = await PortfolioAsync(harbour);
        var id = Text(await ImportAsync(harbour, portfolio, Files.Csv(Files.Row(1, principal: "x"))), "id");
        var summit = service.For("summit");
        foreach (var path in new[] { $"/v1/imports/{id}", $"/v1/imports/{id}/errors", $"/v1/portfolios/{portfolio}/imports" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await summit.GetAsync(path, Token)).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await service.For("swift").GetAsync(path, Token)).StatusCode);
        }

        Assert.Equal("portfolio.not_found", await RefusedAsync(await SendAsync(summit, portfolio, Files.Csv(Files.Row(2))), HttpStatusCode.NotFound));
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(service.For("swift"), portfolio, Files.Csv(Files.Row(2)))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(service.Anonymous, portfolio, Files.Csv(Files.Row(2)))).StatusCode);
        await NoSpoolAsync(service);
    }

    [Fact]
    public async Task What_is_refused_leaves_no_trace()
    {
        await using var service = await TestService.StartAsync(builder => builder.Configuration.AddInMemoryCollection([new("Imports:MaxBytes", "5000")]));
        var harbour = service.For("harbour");
        var portfolio = await PortfolioAsync(harbour);
        var good = Files.Csv(Files.Row(1));
        Assert.Equal("request.unsupported_media_type", await RefusedAsync(await SendAsync(harbour, portfolio, good, "application/vnd.ms-excel"), HttpStatusCode.UnsupportedMediaType));
        Assert.Equal("request.unsupported_media_type", await RefusedAsync(await SendAsync(harbour, portfolio, good, "text/csv; charset=gb18030"), HttpStatusCode.UnsupportedMediaType));
        Assert.Equal("request.unsupported_media_type", await RefusedAsync(await SendAsync(harbour, portfolio, Encoding.UTF8.GetBytes(good), Csv, "br"), HttpStatusCode.UnsupportedMediaType));
        Assert.Equal("request.too_large", await RefusedAsync(await SendAsync(harbour, portfolio, new string('x', 5001)), HttpStatusCode.RequestEntityTooLarge));
        Assert.Equal("request.malformed", await RefusedAsync(await SendAsync(harbour, portfolio, ""), HttpStatusCode.BadRequest));
        Assert.Equal("request.invalid", await RefusedAsync(await SendAsync(harbour, portfolio, good, query: "?as_of=2036-01-01"), HttpStatusCode.UnprocessableEntity));
        Assert.Equal("query.unknown_parameter", await RefusedAsync(await SendAsync(harbour, portfolio, good, query: "?asof=2005-09-30"), HttpStatusCode.BadRequest));

        // Without a length the bytes are counted as they come.
        using var chunked = new HttpRequestMessage(HttpMethod.Post, $"/v1/portfolios/{portfolio}/imports") { Content = new StreamContent(new MemoryStream(new byte[6000])) };
        chunked.Headers.TransferEncodingChunked = true;
        chunked.Content.Headers.ContentType = new MediaTypeHeaderValue(Csv);
        Assert.Equal("request.too_large", await RefusedAsync(await harbour.SendAsync(chunked, Token), HttpStatusCode.RequestEntityTooLarge));

        Assert.Empty(Items(await harbour.GetFromJsonAsync<JsonElement>($"/v1/portfolios/{portfolio}/imports", Token)));
        await NoSpoolAsync(service);
    }

    private static async Task<string> PortfolioAsync(HttpClient bank)
    {
        var answer = await bank.PostAsJsonAsync("/v1/portfolios", new { name = "Cards", currency = "TWD" }, Token);
        return Text(await JsonAsync(answer), "id");
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string portfolio, string file, string type = Csv, string? key = null, string query = "") =>
        SendAsync(client, portfolio, Encoding.UTF8.GetBytes(file), type, null, key, query);

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string portfolio, byte[] file, string type, string? encoding, string? key = null, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/portfolios/{portfolio}/imports{query}") { Content = new ByteArrayContent(file) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
        {
            request.Content.Headers.ContentEncoding.Add(encoding);
        }

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await client.SendAsync(request, Token);
    }

    private static Task<JsonElement> ImportAsync(HttpClient bank, string portfolio, string file, string type = Csv) =>
        ImportAsync(bank, portfolio, Encoding.UTF8.GetBytes(file), type, null);

    private static async Task<JsonElement> ImportAsync(HttpClient bank, string portfolio, byte[] file, string type, string? encoding)
    {
        var answer = await SendAsync(bank, portfolio, file, type, encoding);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return await FinishedAsync(bank, Text(await JsonAsync(answer), "id"));
    }

    private static Task<JsonElement> FinishedAsync(HttpClient bank, string id) =>
        Eventually.ReadAsync(() => bank.GetFromJsonAsync<JsonElement>($"/v1/imports/{id}", Token), import => Text(import, "state") is "completed" or "failed");

    private static async Task<string> RefusedAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        Assert.Equal((status, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        return Text(await JsonAsync(answer), "code");
    }

    // A refused file is removed as its request ends, a loaded one as its import does: both may be a moment after the answer.
    private static Task NoSpoolAsync(TestService service)
    {
        var spool = Path.Combine(service.Database.Folder, "spool");
        return Eventually.SeeAsync(() => !Directory.Exists(spool) || !Directory.EnumerateFiles(spool).Any());
    }

    private static Task<JsonElement> JsonAsync(HttpResponseMessage answer) => answer.Content.ReadFromJsonAsync<JsonElement>(Token);

    private static List<JsonElement> Items(JsonElement page) => [.. page.GetProperty("items").EnumerateArray()];

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();
}
