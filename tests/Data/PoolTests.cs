using Agency.Api;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Tests.Isolation;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.Data;

/// <summary>A door has so many connections and no more; who comes when all are in use waits, and not for ever.</summary>
public sealed class PoolTests
{
    private const int Size = 4;
    private static readonly TenantContext Harbour = new(World.Harbour, TenantKind.Bank);
    private static readonly Sql Accounts = new("SELECT COUNT(*) FROM account");

    [Fact]
    public async Task Who_comes_when_all_are_in_use_waits_until_one_is_given_back_and_may_give_up()
    {
        using var database = new ScratchDatabase();
        using var engine = new SqliteEngine(database.ConnectionString, Size);
        List<Engine.Lease> held = [];
        for (var i = 1; i < Size; i++)
        {
            held.Add(await engine.OpenAsync(Door.Application, Harbour, Use.Read, CancellationToken.None));
        }

        using var impatient = new CancellationTokenSource();
        var givesUp = engine.OpenAsync(Door.Application, Harbour, Use.Read, impatient.Token);
        var waits = engine.OpenAsync(Door.Application, Harbour, Use.Write, CancellationToken.None);
        Assert.False(givesUp.IsCompleted || waits.IsCompleted);
        await using (await engine.OpenAsync(Door.Identity, null, Use.Read, CancellationToken.None))
        {
            Assert.False(waits.IsCompleted);
        }

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givesUp);
        await held[0].DisposeAsync();
        held[0] = await waits;
        foreach (var lease in held)
        {
            await lease.DisposeAsync();
        }

        Assert.Equal(Size - 1, engine.Idle.Count(connection => connection.Door == Door.Application));
    }

    [Fact]
    public async Task Requests_that_each_read_beside_their_own_connection_do_not_wait_for_one_another()
    {
        using var scratch = new ScratchDatabase();
        World.Seed(scratch);
        using var engine = new SqliteEngine(scratch.ConnectionString, Size);
        var database = new Database(engine);
        var summit = TenantContext.SystemFor(World.Summit);
        var open = 0;
        var allOpen = new TaskCompletionSource();

        await Task.WhenAll(Enumerable.Range(0, 4 * Size).Select(_ => Task.Run(async () =>
        {
            await using var session = await database.OpenAsync(Harbour, write: false, CancellationToken.None);
            if (Interlocked.Increment(ref open) == Size - 1)
            {
                allOpen.SetResult();
            }

            await allOpen.Task;
            var own = await session.FindAsync<int>(Accounts);
            var beside = await session.BesideAsync(summit, CancellationToken.None);
            Assert.Same(beside, await session.BesideAsync(summit, CancellationToken.None));
            Assert.NotEqual(own, await beside.FindAsync<int>(Accounts));
            Assert.Equal(own, await (await session.BesideAsync(Harbour, CancellationToken.None)).FindAsync<int>(Accounts));
        })));

        Assert.InRange(engine.Idle.Count, 1, Size);
        Assert.All(engine.Idle, connection => Assert.Null(connection.Tenant));
    }

    [Fact]
    public async Task Who_waited_too_long_is_told_that_the_service_is_busy()
    {
        using var slots = new Slots(2, TimeSpan.Zero);
        await slots.TakeAsync(Door.Application, Use.Write, CancellationToken.None);
        var refusal = await Assert.ThrowsAsync<NoConnectionFreeException>(() => slots.TakeAsync(Door.Application, Use.Read, CancellationToken.None));
        await slots.TakeAsync(Door.Application, Use.ReadBeside, CancellationToken.None);
        slots.GiveBack(Door.Application, Use.Write);
        await slots.TakeAsync(Door.Application, Use.Read, CancellationToken.None);

        var request = new DefaultHttpContext();
        request.Request.Headers[Idempotency.Header] = "k-1";
        Assert.Equal((HttpProblems.Busy, null), ProblemWriter.Explain(refusal, request));
        Assert.Equal((503, "service.busy"), (HttpProblems.Busy.Status, HttpProblems.Busy.Code));
    }

    [Fact]
    public void The_setting_reaches_the_connection_strings_of_SQL_Server()
    {
        using var app = ApiApp.Build([], builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Database:Engine"] = "sqlserver",
            ["Database:ConnectionString"] = "Server=a.example;Max Pool Size=99",
            ["Database:IdentityConnectionString"] = "Server=b.example",
            ["Database:OperatorConnectionString"] = "Server=c.example",
            ["Database:PoolSize"] = "7",
        }));
        var engine = Assert.IsType<SqlServerEngine>(app.Services.GetRequiredService<Engine>());
        Assert.All(Enum.GetValues<Door>(), door => Assert.Contains("Max Pool Size=7;", engine.ConnectionStringOf(door) + ";", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pool_of_one_is_refused()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Database:PoolSize", "1")]).Build();
        Assert.Throws<InvalidOperationException>(() => DatabaseSettings.From(configuration, new DataFolder("data")));
    }
}
