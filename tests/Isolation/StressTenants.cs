using System.Globalization;
using Agency.Api.Data;
using Agency.Api.Identity;
using Agency.Api.Tenancy;
using Agency.Api.Tenants;
using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using TenantType = Agency.Api.Tenants.TenantType;

namespace Agency.Tests.Isolation;

/// <summary>50 tenants: 25 banks, each with an agency of its own that works its accounts. What one pair has, no other may see.</summary>
internal static class StressTenants
{
    public const int Pairs = 25;
    public const int Accounts = 6;

    /// <summary>The banks first, then the agencies.</summary>
    public static async Task<IReadOnlyList<StressCaller>> MakeAsync(TestService service)
    {
        var secrets = service.Services.GetRequiredService<Secrets>();
        await OperatorDeeds.DoAsync(service.Services, async work =>
        {
            for (var pair = 0; pair < Pairs; pair++)
            {
                foreach (var (code, kind) in ((string, TenantType)[])[($"bank{pair}", TenantType.Bank), ($"agency{pair}", TenantType.Agency)])
                {
                    var tenant = await Provisioning.CreateTenantAsync(work, new(code, $"Tenant {code}", kind), CancellationToken.None);
                    var client = $"{code}-api";
                    await Provisioning.CreateClientAsync(work, tenant, new(client, client, Roles.ClientScopes(tenant.Side)), secrets.Hash(TestDatabase.SecretOf(client)), CancellationToken.None);
                }
            }

            return 0;
        });
        var numbers = NumbersOf(service.Database);
        List<StressCaller> banks = [], agencies = [];
        for (var pair = 0; pair < Pairs; pair++)
        {
            var (bank, agency) = (service.For($"bank{pair}"), service.For($"agency{pair}"));
            var cases = await WorkAsync(new Side(bank), new Side(agency), $"agency{pair}", DateOnly.FromDateTime(service.Clock.GetUtcNow().UtcDateTime));
            banks.Add(new(pair, new TenantContext(numbers[$"bank{pair}"], TenantKind.Bank), bank, cases, service.Clock.GetUtcNow()));
            agencies.Add(new(pair, new TenantContext(numbers[$"agency{pair}"], TenantKind.Agency), agency, cases, service.Clock.GetUtcNow()));
        }

        return [.. banks, .. agencies];
    }

    /// <summary>The pair that each row of the database belongs to, by the row's id.</summary>
    public static Dictionary<Guid, int> OwnersOf(TestDatabase database)
    {
        var pairs = NumbersOf(database).Where(tenant => char.IsAsciiDigit(tenant.Key[^1])).ToDictionary(
            tenant => tenant.Value, tenant => int.Parse(tenant.Key.AsSpan(tenant.Key.IndexOfAny([.. "0123456789"])), CultureInfo.InvariantCulture));
        var owners = new Dictionary<Guid, int>();
        using var raw = database.OpenRaw();
        foreach (var table in Read(raw, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'base!_%' ESCAPE '!'", row => row.GetString(0)))
        {
            var columns = Read(raw, $"SELECT name FROM pragma_table_info('{table}')", row => row.GetString(0));
            if (columns.Contains("id") && columns.Intersect(["bank_id", "tenant_id", "agency_id"]).FirstOrDefault() is { } owner)
            {
                foreach (var (id, tenant) in Read(raw, $"SELECT id, {owner} FROM {table}", row => (new Guid(row.GetFieldValue<byte[]>(0), bigEndian: true), row.GetInt32(1))))
                {
                    owners[id] = pairs.GetValueOrDefault(tenant, -1);
                }
            }
        }

        return owners;
    }

    private static async Task<IReadOnlyList<Guid>> WorkAsync(Side bank, Side agency, string code, DateOnly today)
    {
        var agreement = await bank.MandateAsync(code);
        var portfolio = await bank.Portfolios.CreateAsync(new NewPortfolio { Name = $"Cards for {code}", Currency = "CNY" });
        await bank.ImportAsync(portfolio.Id, Story.Csv(Accounts, code), today);
        var assignment = await bank.Assignments.CreateAsync(
            new NewAssignment { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = today, TermEnd = today.AddMonths(6) });
        await agency.Assignments.AcknowledgeAsync(assignment.Id);
        var cases = await agency.AllCasesAsync();
        Assert.Equal(Accounts, cases.Count);
        return [.. cases.Select(@case => @case.Id)];
    }

    private static Dictionary<string, int> NumbersOf(TestDatabase database)
    {
        using var raw = database.OpenRaw();
        return Read(raw, "SELECT code, tenant_id FROM base_tenant", row => (row.GetString(0), row.GetInt32(1))).ToDictionary(row => row.Item1, row => row.Item2, StringComparer.Ordinal);
    }

    private static List<T> Read<T>(SqliteConnection raw, string sql, Func<SqliteDataReader, T> read)
    {
        using var command = raw.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
