using Agency.Api.AuditLog;
using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.AuditLog;

public sealed class SealerTests
{
    [Fact]
    public async Task Every_committed_entry_gets_the_next_number_of_its_tenants_chain()
    {
        await using var story = await Story.AtCasesAsync();
        var service = story.Service;
        await service.SealAsync();
        var before = await service.VerdictAsync("harbour");
        Assert.True(before.Sealed > 0);

        await story.PayAsync(10_000);
        Assert.Equal(1, (await service.VerdictAsync("harbour")).Unsealed);
        await service.SealAsync();

        var verdicts = await service.VerifyAsync();
        Assert.All(verdicts, verdict => Assert.Null(verdict.Fault));
        Assert.All(verdicts, verdict => Assert.Equal(0, verdict.Unsealed));
        Assert.Equal(before.Sealed + 1, verdicts.Single(verdict => verdict.Code == "harbour").Sealed);
        Assert.Equal(service.Database.Count("base_audit_entry"), verdicts.Sum(verdict => verdict.Sealed));
        Assert.True(verdicts.Count(verdict => verdict.Sealed > 0) >= 3);
    }

    [Fact]
    public void One_statement_writes_entries_the_one_with_the_digest() =>
        Assert.Contains("@digest", Assert.Single(Agency.Tests.Data.Statements.All, s => s.Sql.SqlServer.Contains("INTO audit_entry", StringComparison.Ordinal)).Sql.SqlServer, StringComparison.Ordinal);

    [Fact]
    public async Task The_background_seals_within_a_second()
    {
        await using var story = await Story.AtTenantsAsync();
        await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });
        for (var tries = 0; tries < 200 && (await story.Service.VerdictAsync("harbour")).Unsealed > 0; tries++)
        {
            story.Service.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        // It runs by now. What is written next takes one second of the clock, and no more.
        await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Loans", Currency = "CNY" });
        story.Service.Clock.Advance(TimeSpan.FromSeconds(1));
        for (var tries = 0; tries < 3000 && (await story.Service.VerdictAsync("harbour")).Unsealed > 0; tries++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        var verdict = await story.Service.VerdictAsync("harbour");
        Assert.Equal((2, 0), (verdict.Sealed, verdict.Unsealed));
    }

    [Fact]
    public async Task An_entry_that_is_committed_late_is_not_skipped()
    {
        await using var story = await Story.AtTenantsAsync();
        var service = story.Service;
        await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });
        await service.SealAsync();

        // Its id was drawn before that of what is sealed already.
        await service.WriteLateAsync("harbour", service.Clock.GetUtcNow().AddMinutes(-1));
        await service.SealAsync();
        Assert.Equal((2, 0), await SealedAsync());

        // Older than what is looked for every second: the hour's look finds it.
        service.Clock.Advance(TimeSpan.FromSeconds(1));
        await service.WriteLateAsync("harbour", service.Clock.GetUtcNow().AddMinutes(-10));
        await service.SealAsync();
        Assert.Equal((2, 1), await SealedAsync());
        service.Clock.Advance(TimeSpan.FromHours(1));
        await service.SealAsync();
        Assert.Equal((3, 0), await SealedAsync());
        Assert.Empty(await service.FaultsAsync());

        async Task<(long, long)> SealedAsync()
        {
            var verdict = await service.VerdictAsync("harbour");
            return (verdict.Sealed, verdict.Unsealed);
        }
    }

    [Fact]
    public async Task Two_instances_make_one_chain()
    {
        await using var story = await Story.AtTenantsAsync();
        await using var second = await TestService.StartAsync(database: story.Service.Database, clock: story.Service.Clock);
        for (var round = 0; round < 20; round++)
        {
            await Task.WhenAll(
                story.Service.SealAsync(), second.SealAsync(),
                story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = $"A {round}", Currency = "CNY" }),
                new Side(second.For("harbour")).Portfolios.CreateAsync(new NewPortfolio { Name = $"B {round}", Currency = "CNY" }),
                second.CheckpointAsync());
        }

        await Task.WhenAll(story.Service.CheckpointAsync(), second.CheckpointAsync());

        Assert.Empty(await second.FaultsAsync());
        var verdict = await second.VerdictAsync("harbour");
        Assert.Equal((40, 0), (verdict.Sealed, verdict.Unsealed));
        Assert.Equal(40, story.Service.Database.Count("base_audit_seal WHERE tenant_id = (SELECT tenant_id FROM base_tenant WHERE code = 'harbour') AND number BETWEEN 1 AND 40"));
    }

    [Fact]
    public async Task A_stop_seals_what_is_left_and_tells_it_beside_the_database()
    {
        using var database = await TestDatabase.CreateAsync();
        await using (var story = await Story.AtTenantsAsync(database: database))
        {
            await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });
        }

        await using var again = await TestService.StartAsync(database: database);
        var verdict = await again.VerdictAsync("harbour");
        Assert.Equal((1, 0, 1), (verdict.Sealed, verdict.Unsealed, verdict.LastCheckpoint!.Number));
        Assert.Null(verdict.Fault);
    }

    [Fact]
    public async Task Checkpoints_fall_due_once_a_minute()
    {
        await using var story = await Story.AtTenantsAsync();
        var service = story.Service;
        Assert.Equal([1L], await TellAsync(TimeSpan.Zero));
        Assert.Equal([1L], await TellAsync(TimeSpan.FromSeconds(30)));

        // The background runs too, a little earlier or later than this test does.
        var second = await TellAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((2, 1L), (second.Count, second[0]));
        Assert.InRange(second[1], 2, 3);
        service.Clock.Advance(TimeSpan.FromMinutes(5));
        await service.SealAsync();
        Assert.InRange((await TellAsync(TimeSpan.Zero)).Max(), 3, 4);

        async Task<List<long>> TellAsync(TimeSpan later)
        {
            service.Clock.Advance(later);
            await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = $"{service.Clock.GetUtcNow().Ticks}", Currency = "CNY" });
            await service.SealAsync();
            var file = await service.Services.GetRequiredService<Checkpoints>().ReadAsync(TestContext.Current.CancellationToken);
            return [.. file.Of(service.Database.NumberOf("harbour")).Select(point => point.Number).Distinct()];
        }
    }

    [Fact]
    public async Task Half_a_line_of_a_crash_is_cut_off_and_an_altered_one_is_told()
    {
        await using var story = await Story.AtTenantsAsync();
        var service = story.Service;
        await service.CheckpointAsync();
        var file = Path.Combine(service.Database.Folder, "audit", "checkpoints.jsonl");
        await File.AppendAllTextAsync(file, "{\"tenant\":2,\"numb", TestContext.Current.CancellationToken);
        Assert.Empty(await service.FaultsAsync());

        await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });
        await service.CheckpointAsync();
        Assert.Empty(await service.FaultsAsync());
        Assert.Equal(1, (await service.VerdictAsync("harbour")).LastCheckpoint!.Number);

        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        Assert.All(lines, line => Assert.EndsWith("}", line, StringComparison.Ordinal));
        await File.WriteAllLinesAsync(file, [.. lines[..^1], lines[^1].Replace("\"seal\":\"", "\"seal\":\"00", StringComparison.Ordinal)], TestContext.Current.CancellationToken);
        Assert.Contains("Checkpoints", Assert.Single(await service.FaultsAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_somebody_put_into_the_database_is_not_sealed()
    {
        await using var story = await Story.AtTenantsAsync();
        var service = story.Service;
        await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });
        await service.SealAsync();

        Assert.Equal(1, service.Database.Tamper("""
            INSERT INTO base_audit_entry (tenant_id, id, occurred_at, action, digest)
            SELECT tenant_id, randomblob(16), occurred_at, 'case.recalled', digest FROM base_audit_entry WHERE action = 'portfolio.created'
            """));
        service.Clock.Advance(TimeSpan.FromHours(2));
        await service.SealAsync();

        var verdict = await service.VerdictAsync("harbour");
        Assert.Equal((1, 1, AuditFaultKind.Inserted), (verdict.Sealed, verdict.Unsealed, verdict.Fault!.Kind));

        // Nor does it keep what comes after it from being sealed.
        await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Loans", Currency = "CNY" });
        await service.SealAsync();
        Assert.Equal(2, (await service.VerdictAsync("harbour")).Sealed);
    }

    [Fact]
    public async Task Entries_from_before_there_were_digests_are_sealed_once_and_never_again()
    {
        using var database = await TestDatabase.CreateAsync();
        var old = database.Tamper("UPDATE base_audit_entry SET digest = NULL");
        Assert.True(old > 5);
        await using var service = await TestService.StartAsync(database: database);
        await service.SealAsync();
        var verdict = await service.VerdictAsync("operator");
        Assert.Equal((old, old, 0, true), (verdict.Sealed, verdict.Undigested, verdict.Unsealed, verdict.Fault is null));

        // From now on nobody but an intruder writes one.
        database.Tamper("INSERT INTO base_audit_entry (tenant_id, id, occurred_at, action) SELECT tenant_id, randomblob(16), occurred_at, action FROM base_audit_entry LIMIT 1");
        service.Clock.Advance(TimeSpan.FromHours(2));
        await service.SealAsync();
        Assert.Equal((1, AuditFaultKind.Inserted), ((await service.VerdictAsync("operator")).Unsealed, (await service.VerdictAsync("operator")).Fault!.Kind));
    }

    [Fact]
    public async Task A_new_secret_in_the_ring_proves_what_is_sealed_from_then_on()
    {
        using var database = await TestDatabase.CreateAsync();
        await using (var story = await Story.AtTenantsAsync(database: database))
        {
            await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });
        }

        var ring = Path.Combine(database.Folder, "keys", "ring.json");
        var text = await File.ReadAllTextAsync(ring, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(ring, text.Replace("\"Keys\":[", $"\"Keys\":[{{\"Number\":2,\"Secret\":\"{Convert.ToBase64String(new byte[32])}\"}},", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await using (var story = await Story.AtTenantsAsync(database: database))
        {
            await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Loans", Currency = "CNY" });
            await story.Service.CheckpointAsync();

            Assert.Empty(await story.Service.FaultsAsync());
            Assert.Equal("1 2", database.Scalar("SELECT group_concat(hex(substr(digest, 5, 1)) + 0, ' ') FROM (SELECT digest FROM base_audit_seal WHERE tenant_id = (SELECT tenant_id FROM base_tenant WHERE code = 'harbour') ORDER BY number)"));
        }
    }
}
