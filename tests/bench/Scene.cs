using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Agency.Api.Identity;
using Agency.Api.Tenancy;
using Agency.Api.Tenants;
using Agency.Db;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Bench;

/// <summary>What the measurements work on: a bank's accounts, all of them cases of one agency, made through the API.</summary>
internal sealed record Scene(string Folder, IReadOnlyList<string> Cases)
{
    private const int Accounts = 2000;

    // A token lives ten minutes, a large import longer.
    private static readonly TimeSpan TokenGoodFor = TimeSpan.FromMinutes(8);

    public static string SecretOf(string clientId) => $"{clientId}-demo-secret";

    /// <summary>A migrated database with a bank and an agency, each with its client, and nothing else.</summary>
    public static async Task<string> TenantsAsync(Scratch scratch)
    {
        var folder = scratch.Folder("tenants");
        if (File.Exists(Path.Combine(folder, "agency.db")))
        {
            return folder;
        }

        _ = new Migrator("sqlite", $"Data Source={Path.Combine(folder, "agency.db")}").Migrate();
        await using var app = Servers.BuildApi(folder);
        var secrets = app.Services.GetRequiredService<Secrets>();
        await OperatorDeeds.DoAsync(app.Services, work => Provisioning.CreateOperatorAsync(work, "operator", "Operator", CancellationToken.None));
        foreach (var tenant in new[] { new NewTenant("harbour", "Harbour Bank", TenantType.Bank), new NewTenant("swift", "Swift Collections", TenantType.Agency, AgencyKind.Agency) })
        {
            await OperatorDeeds.DoAsync(app.Services, async work =>
            {
                var made = await Provisioning.CreateTenantAsync(work, tenant, CancellationToken.None);
                var client = new NewClient($"{tenant.Code}-api", tenant.Name, Roles.ClientScopes(made.Side));
                await Provisioning.CreateClientAsync(work, made, client, secrets.Hash(SecretOf(client.ClientId)), CancellationToken.None);
                return 0;
            });
        }

        return folder;
    }

    public static async Task<Scene> WithCasesAsync(Scratch scratch)
    {
        var folder = scratch.Copy(await TenantsAsync(scratch), "scene");
        await using var api = await Child.StartAsync("api", folder);
        var (bank, agency) = (await api.TokenAsync("harbour-api"), await api.TokenAsync("swift-api"));
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

        var agencyId = (await api.CallAsync(bank, "/v1/agencies")).GetProperty("items")[0].GetProperty("id");
        var agreementId = Id(await api.CallAsync(bank, "/v1/agreements", JsonContent.Create(new { agencyId, title = "Mandate", validFrom = "2020-01-01" })));
        var portfolioId = await NewPortfolioAsync(api, bank);
        var file = Path.Combine(scratch.Folder("files"), "scene.csv");
        await WriteFileAsync(file, Accounts, today);
        await ImportAsync(api, bank, portfolioId, file);
        var assignment = JsonContent.Create(new { agreementId, portfolioId, termStart = today, termEnd = today.AddMonths(6) });
        var submitted = await api.CallAsync(bank, "/v1/assignments", assignment);
        var assignmentId = Id(submitted);

        // So many accounts are reserved in the background, and offered once they all are.
        while (submitted.GetProperty("state").GetString() == "placing")
        {
            await Task.Delay(100);
            submitted = await api.CallAsync(bank, $"/v1/assignments/{assignmentId}");
        }

        await api.CallAsync(agency, $"/v1/assignments/{assignmentId}/acknowledgement", JsonContent.Create(new { }));

        var cases = await CasesAsync(api, agency);
        while (cases.Count < Accounts)
        {
            await Task.Delay(100);
            cases = await CasesAsync(api, agency);
        }

        // The last of them is there a moment before the assignment is done with.
        while ((await api.CallAsync(agency, $"/v1/assignments/{assignmentId}")).GetProperty("state").GetString() != "active")
        {
            await Task.Delay(100);
        }

        return new Scene(folder, cases);
    }

    public static async Task<string> NewPortfolioAsync(Child api, string bank) =>
        Id(await api.CallAsync(bank, "/v1/portfolios", JsonContent.Create(new { name = "Cards", currency = "CNY" })));

    /// <summary>Sends the file and waits until it is loaded; returns the finished import.</summary>
    public static async Task<JsonElement> ImportAsync(Child api, string bank, string portfolio, string file)
    {
        await using var stream = File.OpenRead(file);
        using var content = new StreamContent(stream);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        var import = await api.CallAsync(bank, $"/v1/portfolios/{portfolio}/imports", content);
        var since = Stopwatch.StartNew();
        while (import.GetProperty("state").GetString() is "queued" or "running")
        {
            await Task.Delay(100);
            if (since.Elapsed > TokenGoodFor)
            {
                bank = await api.TokenAsync("harbour-api");
                since.Restart();
            }

            import = await api.CallAsync(bank, $"/v1/imports/{Id(import)}");
        }

        return import.GetProperty("state").GetString() == "completed" ? import : throw new InvalidOperationException($"The import failed: {import}");
    }

    /// <summary>Accounts of one debtor each, with every private value; none of it could be a person's.</summary>
    public static async Task WriteFileAsync(string file, int accounts, DateOnly today)
    {
        await using var csv = new StreamWriter(file);
        await csv.WriteLineAsync("account_number,debtor_reference,debtor_name,id_number,phone,email,address,product,credit_limit,principal,interest,fees,oldest_due_date");
        for (var i = 1; i <= accounts; i++)
        {
            var due = today.AddDays(-5 - (i * 37 % 260));
            await csv.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"A{i:00000000},D{i:00000000},样本{i},TEST-{i:00000000},+861000{i:0000000},debtor{i}@harbour.example,虚构省示例市样本路{i}号,card,1000000,{50_000 + (i * 7919L % 2_950_000)},{1000 + (i % 900)},500,{due:yyyy-MM-dd}"));
        }
    }

    private static async Task<List<string>> CasesAsync(Child api, string agency)
    {
        List<string> cases = [];
        string? next = "";
        while (next is not null)
        {
            var page = await api.CallAsync(agency, $"/v1/cases?limit=1000{(next.Length == 0 ? "" : $"&cursor={Uri.EscapeDataString(next)}")}");
            cases.AddRange(page.GetProperty("items").EnumerateArray().Select(Id));
            next = page.TryGetProperty("next", out var cursor) ? cursor.GetString() : null;
        }

        return cases;
    }

    private static string Id(JsonElement resource) => resource.GetProperty("id").GetString()!;
}
