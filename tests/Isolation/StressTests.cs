using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Agency.Api.Data;
using Agency.Tests.Support;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.Isolation;

/// <summary>64 callers of 50 tenants share a pool of 4 connections, and every tenth gives up in the middle of it.</summary>
public sealed partial class StressTests
{
    private const int Workers = 64;
    private const int PoolSize = 4;

    [Fact]
    public Task Ten_thousand_requests_get_no_foreign_row_and_leave_no_tenant_on_a_connection() => SendAsync(10_000);

    [Fact(Explicit = true)]
    public Task A_hundred_thousand_requests_get_no_foreign_row_and_leave_no_tenant_on_a_connection() => SendAsync(100_000);

    private static async Task SendAsync(int requests)
    {
        await using var service = await TestService.StartAsync(builder => builder.Configuration.AddInMemoryCollection([new("Database:PoolSize", $"{PoolSize}")]));
        var callers = await StressTenants.MakeAsync(service);
        var answered = new Answered();
        var watch = Stopwatch.StartNew();
        var next = 0;

        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            while (Interlocked.Increment(ref next) <= requests)
            {
                await SendOneAsync(callers, random, answered);
            }
        })));

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{requests} requests in {watch.Elapsed.TotalSeconds:0} s: {answered.Whole} answered, {answered.GivenUp} given up, {answered.Ids.Sum(ids => ids.Value.Count)} different ids of rows in the answers.");
        var owners = StressTenants.OwnersOf(service.Database);
        Assert.Empty(answered.Ids.SelectMany(ids => ids.Value.Keys.Where(id => owners.GetValueOrDefault(id, -1) != ids.Key).Select(id => $"{id} was shown to pair {ids.Key}")));
        Assert.Equal(StressTenants.Pairs, answered.Ids.Count);
        Assert.True(answered.Ids.All(ids => ids.Value.Count >= StressTenants.Accounts * 2), "The answers held hardly any rows.");
        Assert.InRange(answered.GivenUp, requests / 50, requests / 5);
        Assert.True(answered.Foreign > requests / 50, $"{answered.Foreign} asked for what is another's.");
        await CheckPoolAsync((SqliteEngine)service.Services.GetRequiredService<Engine>(), callers);
    }

    private static async Task SendOneAsync(IReadOnlyList<StressCaller> callers, Random random, Answered answered)
    {
        var caller = callers[random.Next(callers.Count)];
        var other = callers[random.Next(callers.Count)];
        var (isForeign, cases) = random.Next(12) == 0 && other.Pair != caller.Pair ? (true, other.Cases) : (false, caller.Cases);
        using var request = caller.Ask(random, cases[random.Next(cases.Count)], isForeign);
        using var patience = new CancellationTokenSource();
        if (random.Next(10) == 0)
        {
            patience.CancelAfter(TimeSpan.FromMilliseconds(random.Next(25)));
        }

        try
        {
            using var answer = await caller.Http.SendAsync(request, patience.Token);
            var body = await answer.Content.ReadAsStringAsync(patience.Token);
            var expected = isForeign ? HttpStatusCode.NotFound : request.Method == HttpMethod.Get ? HttpStatusCode.OK : HttpStatusCode.Created;
            Assert.True(answer.StatusCode == expected, $"{request.Method} {request.RequestUri}: {answer.StatusCode} {body}");
            answered.Add(caller.Pair, isForeign, body);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            Interlocked.Increment(ref answered.GivenUp);
        }
    }

    // What was given up may still be on its way out of the service: the pool is whole once four can be had at once.
    private static async Task CheckPoolAsync(SqliteEngine engine, IReadOnlyList<StressCaller> callers)
    {
        List<Engine.Lease> leases = [];
        for (var i = 0; i < PoolSize; i++)
        {
            leases.Add(await engine.OpenAsync(Door.Application, callers[i].Context, i == 0 ? Use.Write : i == PoolSize - 1 ? Use.ReadBeside : Use.Read, CancellationToken.None));
        }

        foreach (var (i, lease) in leases.Index())
        {
            Assert.Equal(callers[i].Cases.Count, await lease.Connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM [case]", transaction: lease.Transaction));
        }

        Assert.DoesNotContain(engine.Idle, connection => connection.Door == Door.Application);
        foreach (var lease in leases)
        {
            await lease.DisposeAsync();
        }

        foreach (var door in engine.Idle.GroupBy(connection => connection.Door))
        {
            Assert.InRange(door.Count(), 1, PoolSize);
            Assert.All(door, connection => Assert.Null(connection.ExecuteScalar<long?>("SELECT coalesce(session_tenant(), session_kind(), session_person(), session_sight())")));
        }

        Assert.All(engine.Idle.Where(connection => connection.Door == Door.Application), connection => Assert.Equal(0, connection.ExecuteScalar<int>("SELECT COUNT(*) FROM [case]")));
    }

    /// <summary>What came back: every id that any answer held, by the pair of tenants it was given to.</summary>
    private sealed partial class Answered
    {
        public int GivenUp;
        private int whole;
        private int foreign;

        public int Whole => whole;

        public int Foreign => foreign;

        public ConcurrentDictionary<int, ConcurrentDictionary<Guid, bool>> Ids { get; } = new();

        public void Add(int pair, bool isForeign, string body)
        {
            Interlocked.Increment(ref whole);
            Interlocked.Add(ref foreign, isForeign ? 1 : 0);
            var ids = Ids.GetOrAdd(pair, static _ => new());
            foreach (var id in AnyId().EnumerateMatches(body))
            {
                ids.TryAdd(Guid.Parse(body.AsSpan(id.Index, id.Length)), true);
            }
        }

        [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
        private static partial Regex AnyId();
    }
}

/// <summary>One client of one of the tenants, and the cases that it may see.</summary>
internal sealed record StressCaller(int Pair, TenantContext Context, HttpClient Http, IReadOnlyList<Guid> Cases, DateTimeOffset Now)
{
    private bool IsBank => Context.Kind == TenantKind.Bank;

    /// <summary>One request about the case, or about all there is; of what is another's, one that names it.</summary>
    public HttpRequestMessage Ask(Random random, Guid @case, bool isForeign) => random.Next(isForeign ? 4 : 10) switch
    {
        0 => Get($"/v1/cases/{@case}"),
        1 when !IsBank => Post($"/v1/cases/{@case}/contact-records", $$"""{"channel":"call","direction":"outbound","party":"debtor","outcome":"no_answer","occurredAt":"{{Now:O}}"}"""),
        2 when !IsBank => Post($"/v1/cases/{@case}/contact-check", """{"channel":"call"}"""),
        < 4 => Get($"/v1/cases/{@case}"),
        4 => Get("/v1/cases?limit=20"),
        5 => Get("/v1/events?limit=20"),

        // Not of refusals: their entries name what was asked for, which was another's.
        6 => Get($"/v1/audit-log?limit=20&action={(IsBank ? "portfolio.created" : "contact_record.reported")}"),
        7 => Get(IsBank ? "/v1/accounts?limit=20" : "/v1/assignments"),
        8 => Get(IsBank ? "/v1/portfolios" : "/v1/agreements"),
        _ => Get("/v1/contact-records?limit=20"),
    };

    private static HttpRequestMessage Get(string path) => new(HttpMethod.Get, path);

    private static HttpRequestMessage Post(string path, string body) => new(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
}
