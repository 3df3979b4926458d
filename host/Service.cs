using Agency.Api;
using Agency.Api.Identity;
using Agency.Db;
using Agency.Host.Demo;
using Agency.Portal;

namespace Agency.Host;

/// <summary>The API and the portal in one process, each on its own address.</summary>
public sealed class Service : IAsyncDisposable
{
    private readonly WebApplication api;
    private WebApplication? portal;

    private Service(WebApplication api) => this.api = api;

    /// <summary>Where the API answers.</summary>
    public Uri Api => new(api.Urls.First());

    /// <summary>Starts both and stays until the process is told to stop.</summary>
    /// <returns>0 after an orderly stop, 1 when it could not start.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        try
        {
            await using var service = await StartAsync(args, output);
            await Task.WhenAny(service.api.WaitForShutdownAsync(), service.portal!.WaitForShutdownAsync());
            return 0;
        }
        catch (Exception exception) when (exception is InvalidOperationException or MigrationException or IOException or InvalidDataException)
        {
            await output.WriteLineAsync($"The host could not start: {exception.Message}");
            return 1;
        }
    }

    /// <summary>Starts both. In Development, on SQLite, the example data is there when this returns.</summary>
    /// <param name="args">Settings, as on the command line: <c>--Data:Folder=…</c>.</param>
    /// <param name="output">Told where to go and how to sign in.</param>
    /// <param name="cancellation">Gives up starting; example data that is half made is completed by the next start.</param>
    public static async Task<Service> StartAsync(string[] args, TextWriter output, CancellationToken cancellation = default)
    {
        var service = new Service(ApiApp.Build(args, builder => builder.WebHost.UseUrls(builder.Configuration["Api:Url"] ?? "http://localhost:5080")));
        try
        {
            await service.BeginAsync(args, output, cancellation);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (portal is not null)
        {
            await portal.StopAsync();
            await portal.DisposeAsync();
        }

        await api.StopAsync();
        await api.DisposeAsync();
    }

    private async Task BeginAsync(string[] args, TextWriter output, CancellationToken cancellation)
    {
        var settings = api.Services.GetRequiredService<DatabaseSettings>();
        MigrateEmbedded(settings);

        // Their passwords are published: never in a database that may hold anything else.
        var withExamples = api.Environment.IsDevelopment() && settings.Engine == "sqlite" && OutsideIssuer.From(api.Configuration) is null;
        if (withExamples)
        {
            await output.WriteLineAsync("Making the example tenants, if they are not there yet ...");
            await DemoData.EnsureAsync(args, api.Services, cancellation);
        }

        await api.StartAsync(cancellation);
        portal = PortalApp.Build(args, builder => BesideTheApi(builder, api));
        await portal.StartAsync(cancellation);

        await output.WriteLineAsync(new Addresses(api.Urls.First(), portal.Urls.First()).Describe(withExamples));
    }

    // What the portal is not told it takes from the API it stands beside.
    private static void BesideTheApi(WebApplicationBuilder portal, WebApplication api)
    {
        portal.WebHost.UseUrls(portal.Configuration["Portal:Url"] ?? "http://localhost:5090");
        portal.Configuration["Portal:ApiBaseUrl"] ??= api.Urls.First();
        portal.Configuration["Portal:Authority"] ??= OutsideIssuer.From(api.Configuration)?.Authority.AbsoluteUri;
        portal.Configuration["Portal:DataFolder"] ??= api.Services.GetRequiredService<DataFolder>().Path;
    }

    // The embedded database is the process's own. A server's is migrated by its own command, with a login that may.
    private static void MigrateEmbedded(DatabaseSettings settings)
    {
        if (settings.Engine == "sqlite")
        {
            _ = new Migrator(settings.Engine, settings.Application).Migrate();
        }
    }

    private sealed record Addresses(string Api, string Portal)
    {
        public string Describe(bool withExamples) => $"""

            API      {Api}   (contract: {Api}/openapi.yaml, health: {Api}/health/ready)
            Portal   {Portal}
            {(withExamples ? Examples : "")}
            Ctrl+C stops it.
            """;

        private string Examples => $"""

            Sign in to the portal as  collector@swift.example, supervisor@swift.example, manager@swift.example,
                                      analyst@harbour.example, approver@harbour.example, admin@harbour.example (or @lantern, @summit)
                        password      {DemoTenants.Password}

            API clients               harbour-api, summit-api, swift-api, lantern-api, operator
                        secret        <client id>-demo-secret

            The first call to try:
              curl -s {Api}/connect/token -d grant_type=client_credentials -d client_id=swift-api -d client_secret=swift-api-demo-secret
            and with its access_token:
              curl -s {Api}/v1/cases -H "Authorization: Bearer <access_token>"

            """;
    }
}
