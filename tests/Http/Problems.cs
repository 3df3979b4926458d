using System.Text;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.Http;

/// <summary>Whatever goes wrong, the caller gets a problem that says what, and nothing of how the service is made. Raw: the SDK sends nothing so wrong.</summary>
public sealed class Problems(Problems.Fixture fixture) : IClassFixture<Problems.Fixture>
{
    private const string Private = "Distinctively Private";

    private HttpClient Harbour => fixture.Service.For("harbour");

    private HttpClient Swift => fixture.Service.For("swift");

    [Theory]
    [InlineData("""{"name":"Distinctively Private","currency":""", "line 1")]
    [InlineData("""{"name":"Distinctively Private","currency":"CNY","colour":"Distinctively Private"}""", "colour")]
    [InlineData("""{"name":"Distinctively Private"}""", "currency")]
    [InlineData("""{"name":"Distinctively Private","currency":7}""", "$.currency")]
    [InlineData("""{"name":["Distinctively Private"],"currency":"CNY"}""", "$.name")]
    [InlineData("""{"name":null,"currency":"CNY"}""", "name")]
    [InlineData("""{"name":"Distinctively Private","name":"x","currency":"CNY"}""", "name")]
    [InlineData("""{"Name":"Distinctively Private","currency":"CNY"}""", "Name")]
    [InlineData("""["Distinctively Private"]""", "$")]
    [InlineData("null", "body")]
    [InlineData("", "body")]
    [InlineData("\"\\ud800\"", "$")]
    [InlineData("""{"name":"\ud800","currency":"CNY"}""", "$.name")]
    [InlineData("""{"name":"Distinctively Private","currency":"CNY",}""", "line 1")]
    public async Task A_body_that_cannot_be_read_is_400_and_says_what_to_mend_without_repeating_it(string body, string says)
    {
        var answer = (await Harbour.CallAsync("POST", "/v1/portfolios", body)).IsProblem(400, "request.malformed");

        Assert.Contains(says, answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Private, answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"kind":"lump_sum","amount":{"amount":"5","currency":"CNY"},"payBy":"2026-04-01","reason":"r"}""", "$.amount.amount")]
    [InlineData("""{"kind":"lump_sum","amount":{"amount":1.5,"currency":"CNY"},"payBy":"2026-04-01","reason":"r"}""", "$.amount.amount")]
    [InlineData("""{"kind":"lump_sum","amount":{"amount":99999999999999999999,"currency":"CNY"},"payBy":"2026-04-01","reason":"r"}""", "$.amount.amount")]
    [InlineData("""{"kind":"lump_sum","amount":null,"payBy":"2026-04-01","reason":"r"}""", "mount")]
    [InlineData("""{"kind":"lump_sum","amount":{"amount":5,"currency":"CNY"},"payBy":"2026-02-30","reason":"r"}""", "$.payBy")]
    [InlineData("""{"kind":"gift","amount":{"amount":5,"currency":"CNY"},"payBy":"2026-04-01","reason":"r"}""", "$.kind")]
    [InlineData("""{"kind":0,"amount":{"amount":5,"currency":"CNY"},"payBy":"2026-04-01","reason":"r"}""", "$.kind")]
    public async Task A_value_of_the_wrong_kind_is_400_and_says_where(string body, string says)
    {
        var answer = (await Swift.CallAsync("POST", $"/v1/cases/{Guid.Empty}/settlement-proposals", body)).IsProblem(400, "request.malformed");

        Assert.Contains(says, answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("\"yesterday\"")]
    [InlineData("\"2026-03-02\"")]
    [InlineData("\"2026-03-02T10:00:00\"")]
    [InlineData("\"0001-01-01T00:00:00+14:00\"")]
    [InlineData("\"9999-12-31T23:59:59-14:00\"")]
    public async Task An_instant_without_an_offset_or_outside_of_time_is_400(string instant) => (await Swift.CallAsync(
        "POST",
        $"/v1/cases/{Guid.Empty}/contact-records",
        $$"""{"channel":"call","direction":"outbound","party":"debtor","outcome":"busy","occurredAt":{{instant}}}""")).IsProblem(400, "request.malformed");

    [Fact]
    public async Task Bytes_that_are_not_UTF8_and_nesting_without_end_are_400()
    {
        (await Harbour.CallAsync("POST", "/v1/portfolios", Wire.Content([.. "{\"name\":\""u8, 0xC3, 0x28, .. "\",\"currency\":\"CNY\"}"u8], "application/json"))).IsProblem(400, "request.malformed");
        (await Harbour.CallAsync("POST", "/v1/portfolios", new string('[', 100_000))).IsProblem(400, "request.malformed");
    }

    [Fact]
    public async Task What_a_validator_refuses_is_422_with_a_pointer_to_each_field()
    {
        var portfolio = (await Harbour.CallAsync("POST", "/v1/portfolios", """{"name":" ","currency":"yuan"}""")).IsProblem(422, "request.invalid");
        Assert.Equal(["/name", "/currency"], portfolio.Pointers);
        Assert.Equal("not_empty currency.malformed", string.Join(' ', portfolio.Json.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("code").GetString())));

        var nested = await Harbour.CallAsync("POST", "/v1/assignments", $$"""{"filter":{"minBalance":-1},"agreementId":"{{Guid.Empty}}","portfolioId":"{{Guid.Empty}}","termStart":"2026-03-02","termEnd":"2026-03-01"}""");
        Assert.Equal(["/termEnd", "/filter/minBalance"], nested.IsProblem(422, "request.invalid").Pointers);

        var money = await Swift.CallAsync("POST", $"/v1/cases/{Guid.Empty}/repayments", """{"amount":{"amount":0,"currency":"¥"},"paidOn":"2026-03-02"}""");
        Assert.Equal(["/amount/amount", "/amount/currency"], money.IsProblem(422, "request.invalid").Pointers);

        var scopes = await fixture.Service.For("operator").CallAsync("POST", $"/v1/tenants/{await fixture.TenantAsync("summit")}/clients", """{"clientId":"summit-x","name":"x","scopes":["cases:read","cases:write"]}""");
        Assert.Equal(["/scopes/1"], scopes.IsProblem(422, "request.invalid").Pointers);
    }

    [Fact]
    public async Task A_null_in_a_list_is_refused_not_failed_on()
    {
        var answer = await fixture.Service.For("operator").CallAsync("POST", $"/v1/tenants/{await fixture.TenantAsync("summit")}/clients", """{"clientId":"summit-y","name":"y","scopes":[null]}""");

        Assert.True(answer.Status is 400 or 422, answer.Text);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(null, "garbage")]
    [InlineData(null, "a.b.c")]
    [InlineData("Basic", "aGFyYm91ci1hcGk6c2VjcmV0")]
    public async Task No_token_or_one_that_is_none_is_401(string? scheme, string? token)
    {
        var answer = await fixture.Service.Anonymous.CallAsync("GET", "/v1/portfolios", (string?)null, token is null ? [] : [("Authorization", $"{scheme ?? "Bearer"} {token}")]);

        Assert.StartsWith("Bearer", answer.IsProblem(401, "auth.unauthenticated").Challenge, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_without_the_scope_is_403_and_the_scope_is_named()
    {
        var answer = (await Swift.CallAsync("POST", "/v1/portfolios", """{"name":"x","currency":"CNY"}""")).IsProblem(403, "auth.missing_scope");

        Assert.Contains("portfolios:write", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("portfolios:write", answer.Challenge, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/v1/portfolios/00000000-0000-7000-8000-000000000000", 404, "portfolio.not_found")]
    [InlineData("GET", "/v1/portfolios/not-an-id", 404, "portfolio.not_found")]
    [InlineData("GET", "/v1/nothing", 404, "route.not_found")]
    [InlineData("GET", "/", 404, "route.not_found")]
    [InlineData("DELETE", "/v1/portfolios", 405, "route.method_not_allowed")]
    [InlineData("PUT", "/v1/portfolios/00000000-0000-7000-8000-000000000000", 405, "route.method_not_allowed")]
    [InlineData("BREW", "/v1/portfolios", 405, "route.method_not_allowed")]
    public async Task A_row_an_address_or_a_method_that_is_not_there_is_a_problem(string method, string path, int status, string code)
    {
        var answer = (await Harbour.CallAsync(method, path)).IsProblem(status, code);

        Assert.Equal(status == 405, answer.Allows);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=klingon")]
    [InlineData(null)]
    public async Task A_content_type_that_is_not_JSON_is_415(string? type) =>
        (await Harbour.CallAsync("POST", "/v1/portfolios", Wire.Content("""{"name":"x","currency":"CNY"}"""u8.ToArray(), type))).IsProblem(415, "request.unsupported_media_type");

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_JSON_body_over_a_mebibyte_is_413_with_or_without_a_key_and_length(bool withKey, bool chunked)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"name":"{{new string('x', 1024 * 1024)}}","currency":"CNY"}""");
        (string, string)[] headers = [.. withKey ? [("Idempotency-Key", "large")] : Array.Empty<(string, string)>(), .. chunked ? [("Transfer-Encoding", "chunked")] : Array.Empty<(string, string)>()];

        (await Harbour.CallAsync("POST", "/v1/portfolios", Wire.Content(body, "application/json"), headers)).IsProblem(413, "request.too_large");
    }

    [Fact]
    public async Task A_large_but_allowed_body_is_read_and_a_file_may_be_larger()
    {
        var padded = $$"""{"name":"x",{{new string(' ', 900_000)}}"currency":"CNY"}""";
        var portfolio = (await Harbour.CallAsync("POST", "/v1/portfolios", padded)).Is(201).Id;

        var rows = Story.Csv(1) + string.Concat(Enumerable.Repeat(new string('x', 100) + "\n", 20_000));
        (await Harbour.CallAsync("POST", $"/v1/portfolios/{portfolio}/imports", Wire.Content(Encoding.UTF8.GetBytes(rows), "text/csv"))).Is(202);
    }

    [Theory]
    [InlineData("\\u0000")]
    [InlineData("a\\u0000b")]
    [InlineData("\\ud83d\\udcb0")]
    [InlineData("'; DROP VIEW portfolio; --")]
    [InlineData("\\u202eleft")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("%s%n{0}$(id)")]
    [InlineData("e\\u0301")]
    public async Task Odd_text_is_kept_as_it_is_or_refused_and_never_fails(string name)
    {
        var answer = await Harbour.CallAsync("POST", "/v1/portfolios", $$"""{"name":"{{name}}","currency":"CNY"}""");

        Assert.True(answer.Status is 201 or 422, answer.Text);
        if (answer.Status == 201)
        {
            var read = (await Harbour.CallAsync("GET", answer.Location!)).Is(200);
            Assert.Equal(System.Text.RegularExpressions.Regex.Unescape(name.Replace("$", "\\$", StringComparison.Ordinal)), read.Json.GetProperty("name").GetString());
        }
    }

    [Theory]
    [InlineData("POST", "agreements", """{"agencyId":"{swift}","title":"x","validFrom":"0001-01-01","validTo":"9999-12-31"}""")]
    [InlineData("POST", "assignments", """{"agreementId":"{none}","portfolioId":"{none}","termStart":"0001-01-01","termEnd":"9999-12-31","filter":{"maxBalance":9223372036854775807,"minDaysPastDue":36500}}""")]
    [InlineData("POST", "assignments", """{"agreementId":"{none}","portfolioId":"{none}","termStart":"2026-01-01","termEnd":"2026-12-31","filter":{"maxDaysPastDue":2147483647}}""")]
    [InlineData("POST", "cases/{none}/repayments", """{"amount":{"amount":9223372036854775807,"currency":"CNY"},"paidOn":"0001-01-01"}""")]
    [InlineData("POST", "cases/{none}/contact-records", """{"channel":"call","direction":"outbound","party":"debtor","outcome":"busy","occurredAt":"0001-01-01T00:00:00Z"}""")]
    [InlineData("POST", "cases/{none}/contact-records", """{"channel":"call","direction":"outbound","party":"debtor","outcome":"busy","occurredAt":"9999-12-31T23:59:59.9999999Z"}""")]
    public async Task The_ends_of_every_scale_are_answered(string method, string path, string body)
    {
        string Fill(string text) => text.Replace("{none}", Guid.Empty.ToString(), StringComparison.Ordinal);
        var filled = Fill(body).Replace("{swift}", await fixture.TenantAsync("swift"), StringComparison.Ordinal);

        var answer = await (path.StartsWith("cases", StringComparison.Ordinal) ? Swift : Harbour).CallAsync(method, $"/v1/{Fill(path)}", filled);

        Assert.True(answer.Status is 201 or 404 or 422, answer.Text);
    }

    [Fact]
    public async Task A_failure_of_our_own_is_500_and_tells_nothing()
    {
        await using var service = await TestService.StartAsync(builder => builder.Services.AddSingleton<TimeProvider>(new FailingClock()));
        FailingClock.Fails = false;
        var harbour = service.With(await service.TokenForAsync("harbour"));
        (await harbour.CallAsync("GET", "/v1/portfolios")).Is(200);

        FailingClock.Fails = true;
        try
        {
            var answer = (await harbour.CallAsync("POST", "/v1/portfolios", """{"name":"x","currency":"CNY"}""", ("Accept-Language", "zh-CN"))).IsProblem(500, "service.internal_error");
            Assert.Equal("服务内部错误，请使用相同的 Idempotency-Key 重试。", answer.Json.GetProperty("title").GetString());
            Assert.DoesNotContain("stopped", answer.Text, StringComparison.Ordinal);
        }
        finally
        {
            FailingClock.Fails = false;
        }
    }

    [Fact]
    public async Task A_broken_database_is_500_and_tells_nothing()
    {
        await using var service = await TestService.StartAsync();
        var harbour = service.For("harbour");
        (await harbour.CallAsync("GET", "/v1/portfolios")).Is(200);
        using (var raw = service.Database.OpenRaw())
        {
            using var drop = raw.CreateCommand();
            drop.CommandText = "DROP VIEW portfolio";
            drop.ExecuteNonQuery();
        }

        (await harbour.CallAsync("GET", "/v1/portfolios")).IsProblem(500, "service.internal_error");
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("en", false)]
    [InlineData("fr-FR", false)]
    [InlineData("*", false)]
    [InlineData("en;q=0.9, zh-CN;q=0.3", false)]
    [InlineData("!!garbage!!", false)]
    [InlineData("zh-CN", true)]
    [InlineData("zh", true)]
    [InlineData("zh-Hans-CN", true)]
    [InlineData("fr, zh;q=0.5", true)]
    [InlineData("fr, de, it, nl, zh-CN;q=0.5", true)]
    [InlineData("en;q=0.3, zh-CN;q=0.9", true)]
    public async Task Titles_and_messages_are_in_the_callers_language(string? accepts, bool chinese)
    {
        (string, string)[] headers = accepts is null ? [] : [("Accept-Language", accepts)];
        var answer = (await Harbour.CallAsync("POST", "/v1/portfolios", """{"name":"","currency":"CNY"}""", headers)).IsProblem(422, "request.invalid");

        Assert.Equal(chinese ? "部分字段不合法。" : "Some fields are not valid.", answer.Json.GetProperty("title").GetString());
        var message = answer.Json.GetProperty("errors")[0].GetProperty("message").GetString()!;
        Assert.Equal(chinese, message.Contains("不能为空", StringComparison.Ordinal));
        Assert.Equal(!chinese, message.Contains("must not be empty", StringComparison.Ordinal));
    }

    /// <summary>One service for all: nothing here is left behind.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        public TestService Service { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Service = await TestService.StartAsync();

        public Task<string> TenantAsync(string code) => Service.IdOfAsync(code);

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }

    private sealed class FailingClock : TimeProvider
    {
        public static bool Fails { get; set; }

        public override DateTimeOffset GetUtcNow() => Fails ? throw new InvalidOperationException("The clock has stopped.") : TestDatabase.Start;
    }
}
