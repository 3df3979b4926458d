using Agency.Api.Accounts;
using Agency.Api.Cases;
using Agency.Api.Data;
using Dapper;

namespace Agency.Bench;

/// <summary>What tenant isolation costs: the same statements through the door (context, views, triggers, authorizer) and on base tables.</summary>
internal static class IsolationBench
{
    public static async Task RunAsync(Scratch scratch, Scene scene, int rounds, TextWriter output)
    {
        var folder = scratch.Copy(scene.Folder, "isolation");
        using var engine = new SqliteEngine(Servers.Database(folder));
        var door = new Database(engine);
        int tenant;
        await using (var plain = Servers.OpenPlain(folder))
        {
            tenant = await plain.QuerySingleAsync<int>("SELECT tenant_id FROM base_tenant WHERE code = 'swift'");
        }

        var context = new TenantContext(tenant, TenantKind.Agency);
        var ids = new Ids(TimeProvider.System);
        Suite.Head(output);
        foreach (var (name, operations, sql, parameters) in new (string, int, Sql, Func<int, object>)[]
        {
            ("isolation: one case", 3000, Statements.FindCase, at => new { tenant, id = Id.Parse(scene.Cases[at * 7919 % scene.Cases.Count], null) }),
            ("isolation: 100 cases", 200, Statements.ListCases, _ => new { tenant, after = default(Id), take = 101 }),
            ("isolation: one audit entry", 1000, Statements.InsertAudit, _ => new { tenant, id = ids.New(), at = TimeProvider.System.GetUtcNow(), person = (Id?)null, client = "swift-api", action = "bench", subject = default(Id), detail = (string?)null, changes = (string?)null, trace = (string?)null, address = (byte[]?)null, sharedWith = (int?)null, @case = (Id?)null, digest = new byte[37] }),
        })
        {
            var write = sql == Statements.InsertAudit;
            var text = Statements.OnBase(sql);
            List<(Sample, Sample)> samples = [];
            for (var round = -1; round < rounds; round++)
            {
                var ours = await MeasureAsync(operations, async at =>
                {
                    await using var session = await door.OpenAsync(context, write, CancellationToken.None);
                    if (write)
                    {
                        await session.ExecuteAsync(sql, parameters(at));
                    }
                    else
                    {
                        _ = await session.ListAsync<CaseRow, AccountRow, CaseWithAccount>(sql, "account_bank", static (row, account) => new(row, account), parameters(at));
                    }

                    await session.CommitAsync();
                });
                var bare = await MeasureAsync(operations, async at =>
                {
                    await using var connection = Servers.OpenPlain(folder);
                    await using var transaction = connection.BeginTransaction(deferred: !write);
                    if (write)
                    {
                        await connection.ExecuteAsync(text, parameters(at), transaction);
                    }
                    else
                    {
                        _ = (await connection.QueryAsync<CaseRow, AccountRow, CaseWithAccount>(text, static (row, account) => new(row, account), parameters(at), transaction, splitOn: "account_bank")).AsList();
                    }

                    await transaction.CommitAsync();
                });
                if (round >= 0)
                {
                    samples.Add((ours, bare));
                }
            }

            Suite.Line(output, name, 1.2, samples);
        }
    }

    private static async Task<Sample> MeasureAsync(int operations, Func<int, Task> operation)
    {
        var (cpu, bytes) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
        for (var at = 0; at < operations; at++)
        {
            await operation(at);
        }

        return Sample.Of(Environment.CpuUsage.TotalTime - cpu, GC.GetTotalAllocatedBytes() - bytes, operations);
    }
}
