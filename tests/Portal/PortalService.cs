using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Agency.Portal;
using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Agency.Tests.Portal;

/// <summary>
/// The portal on a real port before an API on another, with what a collector of swift has before them: thirty cases in yuan
/// from harbour, one in yen, one in dinars; something was done in the first.
/// </summary>
public sealed class PortalService : IAsyncLifetime
{
    private readonly List<WebApplication> portals = [];
    private TestService? api;

    /// <summary>Begins now: tokens are checked by the portal against the real clock. Tests that move it have a service of their own.</summary>
    public FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow().AddMinutes(-2));

    public TestService Api => api!;

    /// <summary>Today where the debtors live: in the evening of UTC the next day already.</summary>
    private DateOnly DebtorsDay => DayAt(Clock.GetUtcNow());

    /// <summary>The day where the debtors live.</summary>
    public static DateOnly DayAt(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeBySystemTimeZoneId(instant, "Asia/Shanghai").DateTime);

    public Uri Address { get; } = new($"http://localhost:{FreePort()}/");

    /// <summary>The settlement proposal of the worked case.</summary>
    public Guid Proposal { get; private set; }

    /// <summary>A case of swift's with contact records, a repayment and a settlement proposal.</summary>
    public Guid WorkedCase { get; private set; }

    public ValueTask InitializeAsync() => InitializeAsync(null);

    /// <summary>The same, before an API that is set so.</summary>
    public async ValueTask InitializeAsync(Action<WebApplicationBuilder>? configure)
    {
        api = await TestService.StartAsync(
            builder =>
            {
                builder.Configuration["Portal:BaseUrl"] = Address.AbsoluteUri;
                configure?.Invoke(builder);
            },
            clock: Clock);
        await StartPortalAsync(Address);
        await FillAsync();
    }

    /// <summary>Starts a portal over the same keys, as after a restart.</summary>
    public async Task StartPortalAsync(Uri address, Uri? apiAddress = null)
    {
        var portal = PortalApp.Build([], builder =>
        {
            builder.Environment.EnvironmentName = "Testing";
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Portal:Urls"] = address.AbsoluteUri,
                ["Portal:ApiBaseUrl"] = (apiAddress ?? Api.Address).AbsoluteUri,
                ["Portal:Authority"] = Api.Address.AbsoluteUri,
                ["Portal:AllowHttp"] = "true",
                ["Portal:DataFolder"] = Api.Database.Folder,
            });
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<TimeProvider>(Clock);
        });
        portals.Add(portal);
        await portal.StartAsync();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var portal in portals)
        {
            await portal.StopAsync();
            await portal.DisposeAsync();
        }

        await Api.DisposeAsync();
    }

    private async Task FillAsync()
    {
        var (bank, agency) = (Api.For("harbour"), Api.For("swift"));
        var agencies = await Connect.ReadAsync(await bank.GetAsync(new Uri("/v1/agencies", UriKind.Relative)));
        var swift = agencies.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("name").GetString() == "Swift Collections").GetProperty("id").GetGuid();
        var today = DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime);
        var agreement = await new AgencyClient(bank).Agreements.CreateAsync(new NewAgreement { AgencyId = swift, Title = "Cards", ValidFrom = today });

        await HandOverAsync(bank, agency, agreement.Id, "CNY", 30, today);
        await HandOverAsync(bank, agency, agreement.Id, "JPY", 1, today);
        await HandOverAsync(bank, agency, agreement.Id, "KWD", 1, today);
        await new Side(agency).StaffAsync();
        WorkedCase = (await new AgencyClient(agency).Cases.ListPageAsync(limit: 1)).Items.Single().Id;
        await WorkAsync(agency, today);
    }

    private static async Task HandOverAsync(HttpClient bank, HttpClient agency, Guid agreement, string currency, int accounts, DateOnly today)
    {
        var portfolio = await new AgencyClient(bank).Portfolios.CreateAsync(new NewPortfolio { Name = currency, Currency = currency });
        var due = today.AddDays(-75).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var rows = Enumerable.Range(1, accounts).Select(n => $"{currency}-{n:D4},D-{currency}-{n:D4},{(n % 2 == 0 ? "钱多多" : "Debtor " + n)},+8610{n:D9},debtor{n}@example.invalid,港湾路 {n} 号 5 单元 201,credit_card,{1_234_567 + n},{2_345},{678},{due}");
        var file = "account_number,debtor_reference,debtor_name,phone,email,address,product,principal,interest,fees,oldest_due_date\n" + string.Join('\n', rows) + "\n";
        var import = await new Side(bank).ImportAsync(portfolio.Id, file, today);
        Assert.Equal(accounts, import.RowsAccepted);

        var assignment = await new AgencyClient(bank).Assignments.CreateAsync(new NewAssignment { AgreementId = agreement, PortfolioId = portfolio.Id, TermStart = today, TermEnd = today.AddDays(90) });
        await new AgencyClient(agency).Assignments.AcknowledgeAsync(assignment.Id);
    }

    private async Task WorkAsync(HttpClient agency, DateOnly today)
    {
        var records = new AgencyClient(agency).ContactRecords;
        var before = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromMinutes(2));
        await records.CreateAsync(WorkedCase, new NewContactRecord { Channel = Channel.Call, Direction = Direction.Outbound, Party = Party.Debtor, Outcome = Outcome.NoAnswer, OccurredAt = before });
        await records.CreateAsync(WorkedCase, new NewContactRecord { Channel = Channel.Call, Direction = Direction.Outbound, Party = Party.Debtor, Outcome = Outcome.Promise, OccurredAt = before.AddMinutes(1), DurationSeconds = 95, Note = "Will pay a part on Friday." });
        await new AgencyClient(agency).Repayments.CreateAsync(WorkedCase, new NewRepayment { Amount = new Money { Amount = 50_000, Currency = "CNY" }, PaidOn = DebtorsDay });
        var proposal = await new AgencyClient(agency).SettlementProposals.CreateAsync(WorkedCase, new NewSettlementProposal { Kind = SettlementKind.LumpSum, Amount = new Money { Amount = 800_000, Currency = "CNY" }, PayBy = today.AddDays(20), Reason = "Lost the job in spring." });
        Proposal = proposal.Id;
    }
}

/// <summary>One portal for all the tests that only look.</summary>
[CollectionDefinition(Name)]
public sealed class SharedPortal : ICollectionFixture<PortalService>
{
    public const string Name = "portal";
}
