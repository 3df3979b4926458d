using System.Globalization;
using Agency.Api;
using Agency.Api.Identity;
using Agency.Api.Tenancy;
using Agency.Api.Tenants;
using Agency.Db;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Agency.Tests.Support;

/// <summary>
/// A database and its keys for one test: a copy of a template that is migrated and given its tenants once a run. The choice
/// of engine is here alone.
/// </summary>
public sealed class TestDatabase : IDisposable
{
    /// <summary>When every test begins: a Monday morning in Shanghai.</summary>
    public static readonly DateTimeOffset Start = DateTimeOffset.Parse("2026-03-02T02:00:00Z", CultureInfo.InvariantCulture);

    public const string Password = "three-lanterns-by-the-harbour";

    private static readonly Lazy<Task<TestDatabase>> Template = new(MakeTemplateAsync);

    private readonly SqlServerPlace? server;

    private TestDatabase(string folder, SqlServerPlace? server = null) => (Folder, this.server) = (folder, server);

    public string Folder { get; }

    /// <summary>The secret of a client, in tests alone.</summary>
    public static string SecretOf(string clientId) => $"{clientId}-demo-secret";

    /// <summary>A fresh database with two banks, two agencies and the operator.</summary>
    public static async Task<TestDatabase> CreateAsync()
    {
        var template = await Template.Value;
        var fresh = Empty();
        CopyFolder(template.Folder, fresh.Folder);
        return fresh;
    }

    /// <summary>A folder without a database, for what makes one itself.</summary>
    public static TestDatabase Empty() => new(NewFolder());

    /// <summary>The same tenants in a database of its own on the SQL Server that <see cref="SqlServerPlace.Variable"/> names.</summary>
    public static async Task<TestDatabase> OnSqlServerAsync()
    {
        var database = new TestDatabase(NewFolder(), SqlServerPlace.Create());
        await using var app = ApiApp.Build([], builder => database.Configure(builder, new FakeTimeProvider(Start.AddDays(-1))));
        await SeedAsync(app.Services);
        return database;
    }

    public void Configure(WebApplicationBuilder builder, TimeProvider clock)
    {
        builder.Environment.EnvironmentName = "Testing";
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Data:Folder"] = Folder,
            ["Identity:AllowHttp"] = "true",
            ["RateLimit:Requests"] = "1000000",
        });
        if (server is not null)
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Database:Engine"] = "sqlserver",
                ["Database:ConnectionString"] = server.Application,
                ["Database:IdentityConnectionString"] = server.Identity,
                ["Database:OperatorConnectionString"] = server.Operator,
            });
        }

        builder.Logging.ClearProviders().AddConsole().SetMinimumLevel(LogLevel.Error);
        builder.Services.AddSingleton(clock);

        // As slow as a guess shall be in earnest, every sign-in of every test would be.
        builder.Services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = 1_000);
    }

    public void Migrate() => new Migrator("sqlite", ConnectionString).Migrate();

    /// <summary>A plain connection past every door, to see what is really stored.</summary>
    public SqliteConnection OpenRaw()
    {
        var connection = new SqliteConnection($"{ConnectionString};Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>The first value of a query on the base tables, as text.</summary>
    public string? Scalar(string sql)
    {
        using var connection = OpenRaw();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        server?.Dispose();
        ForgetConnections();
        Directory.Delete(Folder, recursive: true);
    }

    private static string NewFolder() => Directory.CreateTempSubdirectory("agency-test-").FullName;

    private string ConnectionString => $"Data Source={Path.Combine(Folder, "agency.db")}";

    // The service's own pool for this file; its exact connection string is what names it.
    private void ForgetConnections()
    {
        using var pooled = new SqliteConnection(new SqliteConnectionStringBuilder(ConnectionString) { ForeignKeys = true, Pooling = true, DefaultTimeout = 10 }.ToString());
        SqliteConnection.ClearPool(pooled);
    }

    private static async Task<TestDatabase> MakeTemplateAsync()
    {
        var template = Empty();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => template.Dispose();
        template.Migrate();
        await using (var app = ApiApp.Build([], builder => template.Configure(builder, new FakeTimeProvider(Start.AddDays(-1)))))
        {
            await SeedAsync(app.Services);
        }

        // Making one takes longer than most tests.
        _ = SigningKey.Open(Path.Combine(template.Folder, "keys", "signing.pem"));
        template.ForgetConnections();
        return template;
    }

    private static async Task SeedAsync(IServiceProvider services)
    {
        var secrets = services.GetRequiredService<Secrets>();
        await OperatorDeeds.DoAsync(services, work => Provisioning.CreateOperatorAsync(work, "operator", "Operator", CancellationToken.None));
        await OperatorDeeds.DoAsync(services, work => Provisioning.CreateTenantAsync(work, new NewTenant("harbour", "Harbour Bank", TenantType.Bank), CancellationToken.None));
        await OperatorDeeds.DoAsync(services, work => Provisioning.CreateTenantAsync(work, new NewTenant("summit", "Summit Bank", TenantType.Bank), CancellationToken.None));
        await OperatorDeeds.DoAsync(services, work => Provisioning.CreateTenantAsync(work, new NewTenant("swift", "Swift Collections", TenantType.Agency), CancellationToken.None));
        await OperatorDeeds.DoAsync(services, work => Provisioning.CreateTenantAsync(work, new NewTenant("lantern", "Lantern Law", TenantType.Agency, AgencyKind.LawFirm), CancellationToken.None));
        await OperatorDeeds.DoAsync(services, async work =>
        {
            foreach (var tenant in await Provisioning.ListTenantsAsync(work, CancellationToken.None))
            {
                var clientId = $"{tenant.Code}-api";
                await Provisioning.CreateClientAsync(work, tenant, new NewClient(clientId, clientId, Roles.ClientScopes(tenant.Side)), secrets.Hash(SecretOf(clientId)), CancellationToken.None);
                foreach (var role in Roles.Of(tenant.Side))
                {
                    await Provisioning.CreatePersonAsync(work, tenant, new NewPerson($"{role}@{tenant.Code}.example", $"{tenant.Name} {role}", role), Password, secrets, CancellationToken.None);
                }
            }

            return 0;
        });
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }

        foreach (var folder in Directory.GetDirectories(from))
        {
            CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }
}
