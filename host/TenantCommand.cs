using System.Data.Common;
using Agency.Api;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Identity;
using Agency.Api.Tenancy;
using Agency.Api.Tenants;
using Agency.Db;

namespace Agency.Host;

/// <summary>The operator's deeds from a shell, on the same configuration and by the same code as the API: the first of them come before anyone can sign in.</summary>
public static class TenantCommand
{
    private const int Done = 0;
    private const int Refused = 1;
    private const int Misused = 2;

    private const string Usage = """
        usage: dotnet run --project host -- tenant <verb> ...
          create <code> --name <name> --kind bank|agency|law_firm|operator
          list
          client <tenant code> <client id> [--name <name>] [--scopes "<scope> <scope>"] [--secret <secret>]
          person <tenant code> <e-mail> --name <name> --role <role> [--password <password>]
        A client is given every scope of its kind of tenant unless --scopes says less. A secret or password that is not given is made, and shown once.
        Settings are the host's: Data__Folder, Database__Engine, Database__ConnectionString in the environment.
        """;

    /// <returns>0 done, 1 refused, 2 the words of the command are off.</returns>
    public static async Task<int> RunAsync(string[] words, TextWriter output, TextWriter error, Action<WebApplicationBuilder>? configure = null)
    {
        if (Words.Read(words) is not { } asked)
        {
            await error.WriteLineAsync(Usage);
            return Misused;
        }

        try
        {
            await using var app = ApiApp.Build([], configure);
            if (Pending(app.Services.GetRequiredService<DatabaseSettings>()) is { } advice)
            {
                await error.WriteLineAsync(advice);
                return Refused;
            }

            await output.WriteLineAsync(await DoAsync(app.Services, asked));
            return Done;
        }
        catch (ProblemException refusal)
        {
            await error.WriteLineAsync(string.Join(Environment.NewLine, [refusal.Detail ?? refusal.Problem.Title, .. refusal.Errors.Select(e => $"  {e.Pointer.TrimStart('/')}: {e.Message}")]));
            return Refused;
        }
        catch (Exception exception) when (exception is DbException or InvalidOperationException or IOException or DatabaseBusyException)
        {
            await error.WriteLineAsync(exception.Message);
            return Refused;
        }
    }

    private static async Task<string> DoAsync(IServiceProvider services, Words asked)
    {
        var by = await services.GetRequiredService<TenantStore>().OperatorAsync(CancellationToken.None);
        if (by is null && asked is not { Verb: "list" } and not { Verb: "create", Kind: "operator" })
        {
            throw new InvalidOperationException("There is no operator yet: tenant create operator --name \"...\" --kind operator");
        }

        return await OperatorDeeds.DoAsync(services, work => new Deeds(work, services).DoAsync(asked));
    }

    // On SQL Server the command may run with another login than the service's: there a missing table speaks for itself.
    private static string? Pending(DatabaseSettings settings) =>
        settings.Engine == "sqlite" && new Migrator(settings.Engine, settings.Application).Status().Any(migration => migration.State != MigrationState.Applied)
            ? $"The database is not migrated: dotnet run --project db -- migrate --engine {settings.Engine} --connection \"{settings.Application}\""
            : null;

    /// <summary>The words of the command, taken apart.</summary>
    private sealed record Words(string Verb, string[] Names, Dictionary<string, string> Options)
    {
        private static readonly Dictionary<string, (int Names, string[] Needed, string[] Allowed)> Verbs = new(StringComparer.Ordinal)
        {
            ["create"] = (1, ["--name", "--kind"], []),
            ["list"] = (0, [], []),
            ["client"] = (2, [], ["--name", "--scopes", "--secret"]),
            ["person"] = (2, ["--name", "--role"], ["--password"]),
        };

        public string? Kind => Option("--kind");

        public string? Option(string name) => Options.GetValueOrDefault(name);

        public static Words? Read(string[] words)
        {
            if (words is not [var verb, .. var rest] || !Verbs.TryGetValue(verb, out var shape) || rest.Length < shape.Names || (rest.Length - shape.Names) % 2 != 0)
            {
                return null;
            }

            var pairs = rest[shape.Names..].Chunk(2).ToArray();
            var known = pairs.All(pair => shape.Needed.Contains(pair[0], StringComparer.Ordinal) || shape.Allowed.Contains(pair[0], StringComparer.Ordinal));
            if (!known || pairs.DistinctBy(pair => pair[0], StringComparer.Ordinal).Count() != pairs.Length)
            {
                return null;
            }

            var options = pairs.ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
            return shape.Needed.All(options.ContainsKey) ? new Words(verb, rest[..shape.Names], options) : null;
        }
    }

    /// <summary>What the verbs do, in the open transaction.</summary>
    private sealed class Deeds(Work work, IServiceProvider services)
    {
        private readonly Validation validation = services.GetRequiredService<Validation>();
        private readonly Secrets secrets = services.GetRequiredService<Secrets>();

        public Task<string> DoAsync(Words asked) => asked.Verb switch
        {
            "create" => CreateAsync(asked.Names[0], asked.Option("--name")!, asked.Kind!),
            "list" => ListAsync(),
            "client" => ClientAsync(asked),
            _ => PersonAsync(asked),
        };

        private async Task<string> CreateAsync(string code, string name, string kind)
        {
            if (kind == "operator")
            {
                if (work.Tenant != 0)
                {
                    throw new InvalidOperationException($"There is an operator already: {work.Caller.Tenant.Code}");
                }

                await validation.CheckAsync(new NewTenant(code, name, TenantType.Bank), CancellationToken.None);
                var made = await Provisioning.CreateOperatorAsync(work, code, name, CancellationToken.None);
                return $"Created the operator {made.Code}.";
            }

            var tenant = kind switch
            {
                "bank" => new NewTenant(code, name, TenantType.Bank),
                "agency" => new NewTenant(code, name, TenantType.Agency, AgencyKind.Agency),
                "law_firm" => new NewTenant(code, name, TenantType.Agency, AgencyKind.LawFirm),
                _ => throw new InvalidOperationException($"There is no kind '{kind}': use bank, agency, law_firm or operator."),
            };
            await validation.CheckAsync(tenant, CancellationToken.None);
            var row = await Provisioning.CreateTenantAsync(work, tenant, CancellationToken.None);
            return $"Created the {kind} {row.Code}: {row.Id}";
        }

        private async Task<string> ListAsync() => string.Join(Environment.NewLine,
            (await Provisioning.ListTenantsAsync(work, CancellationToken.None)).Select(row => $"{row.Id}  {row.AgencyKind ?? row.Kind,-8}  {row.Code}  {row.Name}"));

        private async Task<string> ClientAsync(Words asked)
        {
            var tenant = await FindAsync(asked.Names[0]);
            var clientId = asked.Names[1];
            var scopes = asked.Option("--scopes")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? Roles.ClientScopes(tenant.Side);
            var client = new NewClient(clientId, asked.Option("--name") ?? clientId, scopes);
            await validation.CheckAsync(client, CancellationToken.None);
            var secret = asked.Option("--secret") ?? Secrets.New();
            await Provisioning.CreateClientAsync(work, tenant, client, secrets.Hash(secret), CancellationToken.None);
            return Told($"Created the client {clientId} of {tenant.Code}.", asked.Option("--secret") is null, "Its secret", secret);
        }

        private async Task<string> PersonAsync(Words asked)
        {
            var tenant = await FindAsync(asked.Names[0]);
            var person = new NewPerson(asked.Names[1], asked.Option("--name")!, asked.Option("--role")!);
            await validation.CheckAsync(person, CancellationToken.None);
            var password = asked.Option("--password") ?? Secrets.New();
            var made = await Provisioning.CreatePersonAsync(work, tenant, person, password, secrets, CancellationToken.None);
            return Told($"Added {made.Email} to {tenant.Code} as {made.Role}.", asked.Option("--password") is null, "The password", password);
        }

        private async Task<TenantRow> FindAsync(string code) =>
            await Provisioning.FindTenantAsync(work, code, CancellationToken.None) ?? throw new InvalidOperationException($"There is no tenant '{code}'.");

        private static string Told(string deed, bool made, string what, string secret) =>
            made ? $"{deed}{Environment.NewLine}{what}, shown this once: {secret}" : deed;
    }
}
