using Agency.Host;
using Agency.Tests.Http;
using Agency.Tests.Support;

namespace Agency.Tests.Host;

/// <summary>One command starts everything, with something to look at; what it made outlives it.</summary>
public sealed class HostTests(SeededFolder seeded) : IClassFixture<SeededFolder>
{
    [Fact]
    public void An_empty_folder_is_given_accounts_in_several_states()
    {
        using var rig = HostRig.CopyOf(seeded.Folder);

        Assert.Equal("500", rig.Scalar("SELECT COUNT(*) FROM base_account AS a INNER JOIN base_portfolio AS p ON p.id = a.portfolio_id WHERE p.name NOT LIKE '%示例故事'"));
        Assert.Equal("active,closed,recalled", rig.Scalar("SELECT group_concat(state) FROM (SELECT DISTINCT state FROM base_case ORDER BY state)"));
        Assert.Equal("eligible,placed,resolved", rig.Scalar("SELECT group_concat(state) FROM (SELECT DISTINCT state FROM base_account ORDER BY state)"));
        Assert.Equal("confirmed,rejected", rig.Scalar("SELECT group_concat(decision) FROM (SELECT DISTINCT decision FROM base_repayment_decision ORDER BY decision)"));
        Assert.Equal("approved,expired,rejected", rig.Scalar("SELECT group_concat(decision) FROM (SELECT DISTINCT decision FROM base_settlement_proposal_decision ORDER BY decision)"));
        Assert.Equal("approved,completed,expired,in_force", rig.Scalar("SELECT group_concat(state) FROM (SELECT DISTINCT state FROM base_repayment_plan ORDER BY state)"));
        Assert.Equal("0", rig.Scalar("SELECT COUNT(*) FROM base_account AS a WHERE principal + interest + fees <> (SELECT SUM(amount) FROM base_ledger_entry AS e WHERE e.bank_id = a.bank_id AND e.account_id = a.id)"));
        Assert.False(File.Exists(rig.File_("example-data.begun")));
    }

    [Fact]
    public void It_says_where_it_is_how_to_sign_in_and_what_to_call_first()
    {
        Assert.All((string[])["http://127.0.0.1:", "collector@swift.example", TestDatabase.Password, "swift-api-demo-secret", "/connect/token", "/v1/cases"],
            said => Assert.Contains(said, seeded.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_start_serves_what_the_first_left_and_adds_nothing()
    {
        using var rig = HostRig.CopyOf(seeded.Folder);
        string made;
        await using (var first = await rig.StartAsync())
        {
            using var http = await SignInAsync(first, "harbour");
            made = (await http.CallAsync("POST", "/v1/portfolios", """{"name":"My own","currency":"CNY"}""")).Is(201).Location!;
        }

        var after = rig.Snapshot();
        Assert.Equal(SnapshotWithOnePortfolioMore(), after);
        await using var second = await rig.StartAsync();
        using var again = await SignInAsync(second, "harbour");
        Assert.Equal("My own", (await again.CallAsync("GET", made)).Is(200).Json.GetProperty("name").GetString());
        Assert.Equal(after, rig.Snapshot());

        string SnapshotWithOnePortfolioMore() => string.Join('\n', seeded.Snapshot.Split('\n').Select(line =>
            line.StartsWith("base_portfolio ", StringComparison.Ordinal) || line.StartsWith("base_audit_entry ", StringComparison.Ordinal)
                ? $"{line.Split(' ')[0]} {int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) + 1}"
                : line));
    }

    [Theory]
    [InlineData("tenant", 2)]
    [InlineData("agreement", 1)]
    [InlineData("account", 140)]
    [InlineData("assignment", 1)]
    [InlineData("contact_record", 5)]
    [InlineData("contact_record", 44)]
    [InlineData("case", 300)]
    public async Task A_seed_that_was_cut_short_is_completed_by_the_next_start(string table, int rows)
    {
        using var rig = new HostRig();
        using var stop = new CancellationTokenSource();
        var starting = rig.StartAsync(cancellation: stop.Token);
        while (!starting.IsCompleted && !(rig.HasTable($"base_{table}") && int.Parse(rig.Scalar($"SELECT COUNT(*) FROM base_{table}")!, System.Globalization.CultureInfo.InvariantCulture) >= rows))
        {
            await Task.Delay(5);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
        Assert.False(File.Exists(rig.File_("example-data")));
        Assert.False(rig.Snapshot() == seeded.Snapshot, "It was cut too late to say anything.");

        // As after a kill: the step had its effect, and the line of its answer did not get to its end.
        if (File.Exists(rig.File_("example-data.begun")) && await File.ReadAllLinesAsync(rig.File_("example-data.begun"), TestContext.Current.CancellationToken) is [.. { Length: > 0 } before, var last])
        {
            await File.WriteAllTextAsync(rig.File_("example-data.begun"), string.Join('\n', before) + '\n' + last[..(last.Length / 2)], TestContext.Current.CancellationToken);
        }

        await using (await rig.StartAsync())
        {
        }

        Assert.Equal(seeded.Snapshot, rig.Snapshot());
        Assert.True(File.Exists(rig.File_("example-data")));
    }

    [Fact]
    public async Task A_folder_whose_marker_was_removed_is_not_given_everything_again()
    {
        using var rig = HostRig.CopyOf(seeded.Folder);
        File.Delete(rig.File_("example-data"));

        await using (await rig.StartAsync())
        {
        }

        Assert.Equal(seeded.Snapshot, rig.Snapshot());
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Staging")]
    public async Task Outside_Development_nothing_is_seeded_and_no_password_is_told(string environment)
    {
        using var rig = new HostRig();

        await using var service = await Service.StartAsync([.. rig.Args(environment), "--Identity:AllowHttp=true", "--Portal:AllowHttp=true"], rig.Output);

        Assert.Equal("0", rig.Scalar("SELECT COUNT(*) FROM base_tenant"));
        Assert.Equal("0", rig.Scalar("SELECT COUNT(*) FROM auth_person"));
        Assert.False(File.Exists(rig.File_("example-data")));
        Assert.DoesNotContain("demo-secret", rig.Output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(TestDatabase.Password, rig.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_live_and_ready_when_it_has_started()
    {
        using var rig = HostRig.CopyOf(seeded.Folder);
        await using var service = await rig.StartAsync();
        using var http = new HttpClient { BaseAddress = service.Api };

        Assert.Equal("live", (await http.CallAsync("GET", "/health/live")).Is(200).Json.GetProperty("status").GetString());
        Assert.Equal("ready", (await http.CallAsync("GET", "/health/ready")).Is(200).Json.GetProperty("status").GetString());
        (await http.CallAsync("GET", "/openapi.yaml")).Is(200);
    }

    [Theory]
    [InlineData("DROP VIEW contact_note", "base_contact_note: view")]
    [InlineData("DROP TRIGGER case_insert", "base_case: insert")]
    [InlineData("DROP TRIGGER repayment_delete", "base_repayment: delete")]
    [InlineData("DELETE FROM schema_migration WHERE SchemaVersionID = (SELECT MAX(SchemaVersionID) FROM schema_migration)", "pending")]
    public async Task A_fault_in_the_schema_makes_it_unready_by_name_and_keeps_it_from_starting(string mutation, string named)
    {
        using var rig = HostRig.CopyOf(seeded.Folder);
        await using (var service = await rig.StartAsync())
        {
            using var http = new HttpClient { BaseAddress = service.Api };
            (await http.CallAsync("GET", "/health/ready")).Is(200);
            rig.Change(mutation);

            var unready = await http.CallAsync("GET", "/health/ready");
            Assert.Equal((503, "service.not_ready"), (unready.Status, unready.Code));
            Assert.Contains(named, unready.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
            (await http.CallAsync("GET", "/health/live")).Is(200);
        }

        Assert.Equal(1, await Service.RunAsync(rig.Args(), rig.Output));
        Assert.Contains("could not start", rig.Output.ToString(), StringComparison.Ordinal);
    }

    private static async Task<HttpClient> SignInAsync(Service service, string tenant)
    {
        var http = new HttpClient { BaseAddress = service.Api };
        var token = await Connect.ClientCredentialsAsync(http, $"{tenant}-api", TestDatabase.SecretOf($"{tenant}-api"));
        http.DefaultRequestHeaders.Authorization = new("Bearer", token.GetProperty("access_token").GetString());
        return http;
    }
}
