using System.Security.Cryptography;
using System.Text;
using Agency.Api.Data;
using Agency.Sdk;
using Agency.Tests.Http;
using Agency.Tests.Routes;
using Agency.Tests.Support;

namespace Agency.Tests.AuditLog;

/// <summary>An entry says what the deed changed, before and after, and nothing that somebody wrote about a debtor.</summary>
public sealed class BeforeAfterTests
{
    [Fact]
    public async Task A_changed_setting_is_told_before_and_after()
    {
        await using var story = await Story.AtTenantsAsync();
        var made = await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });
        story.Service.Clock.Advance(TimeSpan.FromHours(1));
        (await story.Harbour.Http.CallAsync("PATCH", $"/v1/portfolios/{made.Id}", """{"name":"信用卡"}""", ("If-Match", "*"))).Is(200);

        var entries = (await story.Harbour.AuditEntries.ListPageAsync(subjectId: made.Id)).Items.ToList();

        Assert.Empty(entries[0].Changes ?? []);
        var change = Assert.Single(entries[1].Changes!);
        Assert.Equal(("portfolio.renamed", "name", "Cards", "信用卡"), (entries[1].Action, change.Field, change.Before, change.After));
        await story.Service.SealAsync();
        Assert.Contains(""","{""name"":[""Cards"",""信用卡""]}""", (await story.Harbour.Http.CallAsync("GET", "/v1/audit-log/export")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deed_says_from_which_state_to_which()
    {
        await using var story = await Story.AtCasesAsync();
        await story.PayAsync(1_000);
        await story.RecallAsync();

        Assert.Contains("state reported confirmed", await ToldAsync(story.Harbour, "repayment.confirmed"));
        var recalled = await ToldAsync(story.Harbour, "case.recalled");
        Assert.Equal(["endReason - complaint", $"endedAt - {story.Service.Clock.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'}", "state active recalled"], recalled);
        Assert.Contains("state submitted acknowledged", await ToldAsync(story.Swift, "assignment.acknowledged"));
        Assert.Equal(["state acknowledged active"], await ToldAsync(story.Harbour, "assignment.activated"));
    }

    [Fact]
    public async Task What_the_system_brings_about_is_told_too()
    {
        await using var story = await Story.AtCasesAsync();
        var team = await story.Swift.StaffAsync();
        var collector = await story.Swift.PersonAsync("collector");
        await story.Swift.Cases.DistributeAsync(new CaseDistribution { CaseIds = [story.Case.Id], ToPersonIds = [collector] });

        Assert.Equal([$"collectorId - {collector:N}", $"teamId - {team.Id:N}"], (await ToldAsync(story.Swift, "case.distributed")).Select(told => told.Replace("-", "", StringComparison.Ordinal).Replace("  ", " - ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Nothing_that_somebody_wrote_is_in_it()
    {
        await using var story = await Story.AtCasesAsync();
        const string secret = "His sister in Sample Street pays";
        var repayment = await story.ReportAsync(1_000);
        await story.Harbour.Repayments.RejectAsync(repayment.Id, new RejectionReason { Reason = secret });
        var proposal = await story.ProposeAsync(40_000);
        await story.Harbour.SettlementProposals.RejectAsync(proposal.Id, new RejectionReason { Reason = secret });
        await story.Harbour.Holds.CreateAsync(story.Case.Id, new NewHold { Kind = HoldKind.Complaint, Reason = secret });

        Assert.Equal("0", story.Service.Database.Scalar("SELECT count(*) FROM base_audit_entry WHERE instr(changes, 'Sample Street') > 0 OR instr(changes, 'Debtor') > 0 OR instr(changes, '+86') > 0 OR instr(changes, 'A-1') > 0"));
        Assert.NotEqual("0", story.Service.Database.Scalar("SELECT count(*) FROM base_audit_entry WHERE instr(changes, 'rejected') > 0"));
    }

    [Fact]
    public async Task What_was_written_before_there_were_any_proves_as_it_did()
    {
        await using var story = await Story.AtTenantsAsync();
        await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });

        // Signed here as 0017 signed them: nothing comes after the address.
        using var raw = story.Service.Database.OpenRaw();
        using var command = raw.CreateCommand();
        command.CommandText = "SELECT tenant_id, id, client_id, action, subject_id, trace_id, address_cipher, digest FROM base_audit_entry WHERE action = 'portfolio.created'";
        using var row = command.ExecuteReader();
        Assert.True(row.Read());
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(row.GetInt32(0));
        writer.Write((byte[])row[1]);
        writer.Write(TestDatabase.Start.ToUnixTimeMilliseconds());
        foreach (var value in (byte[]?[])[null, Utf8(2), Utf8(3), (byte[])row[4], null, Utf8(5), (byte[])row[6]])
        {
            writer.Write(value?.Length ?? -1);
            writer.Write(value ?? []);
        }

        var ring = KeyRing.Open(Path.Combine(story.Service.Database.Folder, "keys", "ring.json"));
        var key = ring.Derive(ring.Current, $"audit entry|{row.GetInt32(0)}");
        Assert.Equal(Convert.ToHexString(HMACSHA256.HashData(key, bytes.ToArray())), Convert.ToHexString(((byte[])row[7])[5..]));

        byte[] Utf8(int column) => Encoding.UTF8.GetBytes(row.GetString(column));
    }

    private static async Task<List<string>> ToldAsync(Side side, string action) =>
        [.. (await side.AuditEntries.ListPageAsync(action: action)).Items[0].Changes!.Select(change => $"{change.Field} {change.Before ?? "-"} {change.After ?? "-"}").Order(StringComparer.Ordinal)];
}

/// <summary>Every write of the contract is done once: its entry says what changed, or it is said here why there is nothing to say.</summary>
public sealed class EveryDeedTests(RouteWorld world) : IClassFixture<RouteWorld>
{
    private const string Made = "It makes a thing, which the entry names.";
    private const string Shown = "It shows, asks or sends, and changes nothing.";
    private const string Secret = "It changes a secret, of which nothing is told.";
    private const string Many = "It asks or answers of each case among many; the term asked for or given is told, where there is one.";

    private static readonly Dictionary<string, string> WithoutChanges = new(StringComparer.Ordinal)
    {
        ["Agreements_Create"] = Made,
        ["Portfolios_Create"] = Made,
        ["Imports_Create"] = Made,
        ["Assignments_Create"] = Made,
        ["ContactRecords_Create"] = Made,
        ["ContactRecords_CreateBatch"] = Made,
        ["Promises_Create"] = Made,
        ["ContactPoints_Create"] = Made,
        ["Repayments_Create"] = Made,
        ["SettlementProposals_Create"] = Made,
        ["DirectPayments_Create"] = Made,
        ["Waivers_Create"] = Made,
        ["Holds_Create"] = Made,
        ["Holds_CreateOnAccount"] = Made,
        ["EvidenceFiles_Create"] = Made,
        ["Teams_Create"] = Made,
        ["Webhooks_Create"] = Made,
        ["Tenants_Create"] = Made,
        ["Clients_Create"] = Made,
        ["People_Create"] = Made,
        ["Statements_Create"] = Made,
        ["Assignments_DryRun"] = Shown,
        ["Cases_Reveal"] = Shown,
        ["Cases_Work"] = Shown,
        ["ContactRecords_Reveal"] = Shown,
        ["Repayments_RevealPayer"] = Shown,
        ["EvidenceFiles_CreateLink"] = Shown,
        ["ContactPermits_Check"] = Shown,
        ["Webhooks_Test"] = Shown,
        ["Webhooks_Replay"] = Shown,
        ["Webhooks_RotateSecret"] = Secret,
        ["People_ResetSignIn"] = Secret,
        ["Assignments_RefuseRetention"] = Many,
        ["Assignments_GrantRetention"] = Many,
    };

    [Fact]
    public async Task Every_write_says_what_it_changed_or_why_not()
    {
        List<string> silent = [];
        foreach (var route in RouteList.All.Where(route => route.Method != "GET"))
        {
            var access = Access.Table[route.Operation];
            var sample = await world.SampleAsync(route);
            sample = route.Operation switch
            {
                "Teams_ReplaceMembers" => sample with { Json = """{"personIds":[]}""" },
                "Webhooks_Update" => sample with { Json = """{"url":"https://hooks.example.com/elsewhere"}""" },
                "Cases_SetCollector" => sample with { Json = "{}" },
                _ => sample,
            };
            var before = world.Service.Database.Scalar("SELECT max(rowid) FROM (SELECT count(*) AS rowid FROM base_audit_entry)")!;
            var tenant = access.Operator ? "operator" : access.AllowsTenant("harbour") ? "harbour" : "swift";
            var caller = access.PeopleOnly ? world.Service.ForPerson("manager@swift.example") : world.Service.For(tenant);
            var answer = await sample.SendAsync(caller, route.Method);
            Assert.True(answer.Status < 300, $"{route.Operation} by {tenant}: {answer.Status} {answer.Text}");
            var told = world.Service.Database.Scalar($"SELECT count(*) FROM (SELECT changes FROM base_audit_entry ORDER BY id LIMIT -1 OFFSET {before}) WHERE changes IS NOT NULL");
            if (told == "0")
            {
                silent.Add(route.Operation);
            }
        }

        // What is made may change other things, which say so themselves: money that is booked keeps a promise.
        Assert.Equal([], silent.Except(WithoutChanges.Keys, StringComparer.Ordinal));
        Assert.Equal([], WithoutChanges.Keys.Except(RouteList.All.Select(route => route.Operation), StringComparer.Ordinal));
    }
}
