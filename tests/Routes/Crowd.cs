using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Agency.Sdk;
using Agency.Tests.Http;
using Agency.Tests.Support;

namespace Agency.Tests.Routes;

/// <summary>Many at once on one pool of connections, some giving up midway: nobody is ever shown another's row.</summary>
public sealed partial class Crowd
{
    private const int Workers = 16;
    private const int RequestsEach = 130;
    private static readonly string[] Tenants = ["harbour", "summit", "swift", "lantern"];

    [Fact]
    public async Task Sixteen_at_once_with_cancellations_see_no_foreign_row()
    {
        await using var story = await Story.AtTenantsAsync();
        var seen = await PrepareAsync(story);
        var clients = Tenants.ToDictionary(tenant => tenant, story.Service.For, StringComparer.Ordinal);
        var (answers, cancelled, written) = (0, 0, 0);
        var foreign = new ConcurrentBag<string>();

        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (var i = 0; i < RequestsEach; i++)
            {
                var tenant = Tenants[random.Next(Tenants.Length)];
                using var patience = new CancellationTokenSource();
                if (random.Next(4) == 0)
                {
                    patience.CancelAfter(TimeSpan.FromMilliseconds(random.Next(12)));
                }

                using var request = Request(random, tenant, seen);
                try
                {
                    using var answer = await clients[tenant].SendAsync(request, patience.Token);
                    var text = await answer.Content.ReadAsStringAsync(patience.Token);
                    Interlocked.Increment(ref answers);
                    Assert.True((int)answer.StatusCode is 200 or 201 or 404 or 409, $"{request.Method} {request.RequestUri} by {tenant}: {(int)answer.StatusCode} {text}");
                    Interlocked.Add(ref written, answer.StatusCode == System.Net.HttpStatusCode.Created ? 1 : 0);
                    Assert.True(request.RequestUri!.OriginalString != "/v1/cases?limit=1000" || seen.Cases.Count(id => text.Contains($"{{\"id\":\"{id}\"", StringComparison.Ordinal)) == 20, "A case of one's own is missing.");
                    if (Ids().Matches(text).FirstOrDefault(id => !text.Contains("\"traceId\"", StringComparison.Ordinal) && seen.IsForeign(tenant, id.Value)) is { } id)
                    {
                        foreign.Add($"{tenant} got {id.Value} from {request.RequestUri}");
                    }
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref cancelled);
                }
            }
        })));

        Assert.Empty(foreign);
        Assert.True(cancelled > 50 && answers > Workers * RequestsEach / 2 && written > 50, $"{answers} answers, {cancelled} cancelled, {written} written: that was no crowd.");

        // And nobody was left with another's connection, or without one.
        foreach (var tenant in Tenants)
        {
            (await clients[tenant].CallAsync("GET", "/v1/accounts?limit=1000")).Is(200);
        }

        Assert.Equal("0", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_contact_record AS r INNER JOIN base_case AS c ON c.bank_id = r.bank_id AND c.id = r.case_id WHERE c.agency_id <> r.agency_id"));
        Assert.Equal("0", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_account AS a WHERE principal + interest + fees <> (SELECT SUM(amount) FROM base_ledger_entry AS e WHERE e.bank_id = a.bank_id AND e.account_id = a.id)"));
    }

    // Each bank has accounts with each agency, so every pair shares some rows and none shares all.
    private static async Task<Seen> PrepareAsync(Story story)
    {
        var seen = new Seen();
        foreach (var (name, bank) in (IEnumerable<(string, Side)>)[("harbour", story.Harbour), ("summit", story.Summit)])
        {
            foreach (var (agencyName, agency) in (IEnumerable<(string, Side)>)[("swift", story.Swift), ("lantern", story.Lantern)])
            {
                var agreement = await bank.MandateAsync(agencyName);
                var portfolio = await bank.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });
                await bank.ImportAsync(portfolio.Id, Story.Csv(10, $"{name[0]}{agencyName[0]}"), story.Today);
                var assignment = await bank.Assignments.CreateAsync(new NewAssignment { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = story.Today, TermEnd = story.Today.AddDays(90) });
                await agency.Assignments.AcknowledgeAsync(assignment.Id);
                seen.Add(portfolio.Id, name);
                seen.Add(agreement.Id, name, agencyName);
                seen.Add(assignment.Id, name, agencyName);
                foreach (var @case in await agency.AllCasesAsync(assignment.Id))
                {
                    seen.Cases.Add(@case.Id);
                    foreach (var id in (Guid[])[@case.Id, @case.Account.Id, @case.Account.Debtor.Id])
                    {
                        seen.Add(id, name, agencyName);
                    }
                }
            }
        }

        return seen;
    }

    private static HttpRequestMessage Request(Random random, string tenant, Seen seen)
    {
        var @case = seen.Cases[random.Next(seen.Cases.Count)];
        var isAgency = tenant is "swift" or "lantern";
        return random.Next(8) switch
        {
            0 => Get("/v1/cases?limit=1000"),
            1 => Get("/v1/accounts?limit=1000"),
            2 => Get("/v1/assignments"),
            3 => Get("/v1/agreements"),
            4 => Get($"/v1/cases/{@case}"),
            5 => Get($"/v1/cases/{@case}/contact-points"),
            6 when isAgency => Post($"/v1/cases/{@case}/contact-records", """{"channel":"call","direction":"outbound","party":"debtor","outcome":"busy","occurredAt":"2026-03-02T02:00:00Z"}"""),
            6 => Post("/v1/portfolios", """{"name":"Another","currency":"CNY"}"""),
            _ => Get($"/v1/cases/{@case}/contact-records"),
        };

        static HttpRequestMessage Get(string path) => new(HttpMethod.Get, path);

        static HttpRequestMessage Post(string path, string json) => new(HttpMethod.Post, path) { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Ids();

    /// <summary>Who may see which row.</summary>
    private sealed class Seen
    {
        private readonly Dictionary<string, string[]> tenants = new(StringComparer.Ordinal);

        public List<Guid> Cases { get; } = [];

        public void Add(Guid id, params string[] by) => tenants[id.ToString()] = by;

        public bool IsForeign(string tenant, string id) => tenants.TryGetValue(id, out var by) && !by.Contains(tenant, StringComparer.Ordinal);
    }
}
