using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Agency.Sdk;
using Agency.Tests.Wholesome;

namespace Agency.Tests.SdkPackage;

/// <summary>What a developer has in hand, by reflection and on answers made by hand.</summary>
public sealed class SurfaceTests
{
    [Fact]
    public async Task Every_operation_of_the_contract_is_a_method_that_a_stand_in_can_override()
    {
        foreach (var operation in (await Contract.ReadAsync()).Operations)
        {
            var parts = operation.Id.Split('_');
            var folder = typeof(AgencyClient).GetProperty(parts[0]);
            Assert.True(folder?.GetMethod?.IsVirtual, $"{operation.Id}: AgencyClient.{parts[0]}");
            var methods = folder!.PropertyType.GetMethods().Where(method => method.Name == parts[1] + "Async" || method.Name == parts[1] + "PageAsync").ToList();
            Assert.True(methods.Count > 0 && methods.TrueForAll(method => method.IsVirtual), operation.Id);
            Assert.All(methods, method => Assert.Equal(typeof(CancellationToken), method.GetParameters()[^1].ParameterType));
            Assert.Equal(operation.Parameters.Any(parameter => parameter.Name == "cursor"), methods.Exists(method => method.Name.EndsWith("PageAsync", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Every_list_of_words_is_open()
    {
        var words = typeof(AgencyClient).Assembly.GetExportedTypes().Where(type => type is { IsValueType: true } && type.IsAssignableTo(typeof(IOpenEnum))).ToList();
        Assert.True(words.Count > 40, $"{words.Count} lists of words");
        Assert.DoesNotContain(typeof(AgencyClient).Assembly.GetExportedTypes(), type => type.IsEnum);
        foreach (var type in words)
        {
            var later = JsonSerializer.Deserialize("\"a_word_of_next_year\"", type)!;
            Assert.Equal("a_word_of_next_year", ((IOpenEnum)later).Value);
            Assert.Equal("\"a_word_of_next_year\"", JsonSerializer.Serialize(later, type));
            var known = (System.Collections.IEnumerable)type.GetProperty("Known", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
            Assert.All(known.Cast<IOpenEnum>(), word => Assert.Equal(word, JsonSerializer.Deserialize($"\"{word.Value}\"", type)));
        }
    }

    [Fact]
    public async Task What_a_later_service_adds_breaks_nothing()
    {
        using var http = new HttpClient(new Fixed("""
            {"id":"01900000-0000-7000-8000-000000000001","name":"Cards","currency":"CNY","novelty":{"deep":[1,2]},"createdAt":"2026-03-02T02:00:00Z"}
            """)) { BaseAddress = new Uri("http://127.0.0.1:1") };
        using var agency = new AgencyClient(http);
        Assert.Equal("Cards", (await agency.Portfolios.GetAsync(Guid.Empty)).Name);
    }

    [Theory]
    [InlineData("en-US")]
    [InlineData("zh-CN")]
    [InlineData("th-TH")]
    [InlineData("ar-SA")]
    [InlineData("fa-IR")]
    [InlineData("de-DE")]
    public async Task Days_instants_and_money_are_written_alike_in_every_culture(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo(culture);
        try
        {
            var seen = new Fixed("""{"items":[],"balance":{}}""");
            using var http = new HttpClient(seen) { BaseAddress = new Uri("http://127.0.0.1:1") };
            using var agency = new AgencyClient(http);
            await agency.Accounts.GetBalanceAsync(Guid.Empty, at: new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.FromHours(8)), asOf: new DateOnly(2026, 3, 2));
            Assert.Contains("?at=2026-03-02T02%3A00%3A00.0000000Z&as_of=2026-03-02", seen.Asked, StringComparison.Ordinal);
            await agency.Repayments.CreateAsync(Guid.Empty, new NewRepayment { Amount = new Money { Amount = -1_234_567_890, Currency = "CNY" }, PaidOn = new DateOnly(2026, 3, 2) });
            Assert.Contains("-1234567890", seen.Body, StringComparison.Ordinal);
            Assert.Contains("\"2026-03-02\"", seen.Body, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task A_stand_in_overrides_what_a_test_needs()
    {
        AgencyClient agency = new Standing();
        Assert.Equal("Made up", (await agency.Portfolios.GetAsync(Guid.Empty)).Name);
        await Assert.ThrowsAsync<NotSupportedException>(() => agency.Portfolios.ListPageAsync());
    }

    private sealed class Standing : AgencyClient
    {
        public override PortfoliosClient Portfolios { get; } = new StandingPortfolios();
    }

    private sealed class StandingPortfolios : PortfoliosClient
    {
        public override Task<Portfolio> GetAsync(Guid id, CallOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new Portfolio { Name = "Made up" });
    }

    // Answers every call with the same body, and keeps what was asked.
    private sealed class Fixed(string answer) : HttpMessageHandler
    {
        public string Asked { get; private set; } = "";

        public string Body { get; private set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked = request.RequestUri!.AbsoluteUri;
            Body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            return new HttpResponseMessage { Content = new StringContent(answer, Encoding.UTF8, "application/json") };
        }
    }
}
