using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.SdkPackage;

/// <summary>What the client does where the line or the service fails.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private const int Posts = 1_000;
    private TestService service = null!;

    public async ValueTask InitializeAsync() => service = await TestService.StartAsync();

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task A_thousand_posts_over_a_rough_line_have_a_thousand_effects()
    {
        await using var line = await RoughLine.StartAsync(service.Address, percent: 20, seed: 20_260_302);
        using var agency = Client(line.Address);

        var made = await Task.WhenAll(Enumerable.Range(0, Posts).Chunk(Posts / 8).Select(async numbers =>
        {
            List<Portfolio> portfolios = [];
            foreach (var number in numbers)
            {
                portfolios.Add(await agency.Portfolios.CreateAsync(new NewPortfolio { Name = $"Portfolio {number}", Currency = "CNY" }));
            }

            return portfolios;
        }));

        Assert.Equal(Posts, made.Sum(portfolios => portfolios.Count));
        List<Portfolio> stored = [];
        await foreach (var portfolio in agency.Portfolios.ListAsync(pageSize: 200))
        {
            stored.Add(portfolio);
        }

        Assert.Equal(Posts, stored.Count);
        Assert.Equal(Posts, stored.Select(portfolio => portfolio.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(made.SelectMany(portfolios => portfolios).Select(portfolio => portfolio.Id).Order(), stored.Select(portfolio => portfolio.Id).Order());
        Assert.Equal(6, line.Faults.Count(fault => fault.Value > 5));
    }

    [Fact]
    public async Task A_file_is_sent_again_from_where_it_began_and_loaded_once()
    {
        await using var line = await RoughLine.StartAsync(service.Address, percent: 40, seed: 7);
        using var agency = Client(line.Address);
        var portfolio = await agency.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });
        using var file = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Story.Csv(300)));

        var import = await agency.Portfolios.ImportAsync(portfolio.Id, file);

        Assert.Equal((ImportState.Completed, 300L, 0L), (import.State, import.RowsAccepted, import.RowsRejected));
        Assert.Single((await agency.Imports.ListPageAsync(portfolio.Id)).Items);
    }

    [Fact]
    public async Task What_does_not_answer_at_all_is_told_apart_from_what_refuses()
    {
        using var agency = Client(new Uri("http://127.0.0.1:1"), retries: 1);
        var fault = await Assert.ThrowsAsync<AgencyConnectionException>(() => agency.Portfolios.ListPageAsync());
        Assert.Equal((0, ""), (fault.StatusCode, fault.Code));
    }

    [Fact]
    public async Task A_refusal_is_not_tried_again_and_says_what_to_mend()
    {
        using var agency = Client(service.Address);
        var wrong = await Assert.ThrowsAsync<AgencyValidationException>(() => agency.Portfolios.CreateAsync(new NewPortfolio { Name = "", Currency = "CNY" }));
        Assert.Equal((422, "request.invalid", "/name"), (wrong.StatusCode, wrong.Code, Assert.Single(wrong.Errors).Pointer));
        Assert.Equal((wrong.Problem!.TraceId, 32), (wrong.RequestId, wrong.RequestId!.Length));
        Assert.Contains("/name", wrong.Message, StringComparison.Ordinal);

        await Assert.ThrowsAsync<AgencyNotFoundException>(() => agency.Portfolios.GetAsync(Guid.Empty));
        await Assert.ThrowsAsync<AgencyForbiddenException>(() => agency.Tenants.ListPageAsync());
        var portfolio = await agency.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });
        await Assert.ThrowsAsync<AgencyPreconditionException>(() => agency.Portfolios.UpdateAsync(portfolio.Id, new ETag("\"old\""), new PortfolioChange { Name = "Loans" }));
        var renamed = await agency.Portfolios.UpdateAsync(portfolio.Id, portfolio.ETag!.Value, new PortfolioChange { Name = "Loans" });
        Assert.Equal("Loans", renamed.Name);
        Assert.NotEqual(portfolio.ETag, renamed.ETag);
    }

    [Fact]
    public async Task A_call_under_the_same_key_is_answered_as_the_first()
    {
        using var agency = Client(service.Address);
        var first = await agency.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" }, CallOptions.WithKey("key"));
        var second = await agency.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" }, CallOptions.WithKey("key"));

        Assert.Equal((first.Id, false, true), (second.Id, first.RawAnswer!.IsReplay, second.RawAnswer!.IsReplay));
        Assert.Equal(first.RawAnswer.Body.ToArray(), second.RawAnswer.Body.ToArray());
    }

    [Fact]
    public async Task A_call_that_is_cancelled_ends_at_once()
    {
        using var agency = Client(service.Address);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => agency.Portfolios.ListPageAsync(cancellationToken: new CancellationToken(canceled: true)));
    }

    private static AgencyClient Client(Uri address, int retries = 12) => new(new AgencyClientOptions
    {
        BaseAddress = address,
        ClientId = "harbour-api",
        ClientSecret = TestDatabase.SecretOf("harbour-api"),
        ApplicationName = "tests",
        MaxRetries = retries,
        RetryDelay = TimeSpan.FromMilliseconds(1),
    });
}
