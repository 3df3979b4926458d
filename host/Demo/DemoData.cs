using Agency.Api;
using Agency.Api.Tenancy;

namespace Agency.Host.Demo;

/// <summary>
/// Example tenants and 500 accounts in several states, for Development alone. Everything is made by the verbs; a start that
/// was cut short is taken up where it ended.
/// </summary>
internal static class DemoData
{
    public static async Task EnsureAsync(IServiceProvider services, Uri api, CancellationToken cancellation)
    {
        var done = services.GetRequiredService<DataFolder>().File("example-data");
        if (File.Exists(done))
        {
            return;
        }

        // An operator that is not of our making: this database is somebody's.
        var begun = $"{done}.begun";
        if (!File.Exists(begun) && await services.GetRequiredService<TenantStore>().OperatorAsync(cancellation) is not null)
        {
            return;
        }

        using (var journal = DemoJournal.Open(begun))
        {
            await DemoTenants.CreateAsync(services, cancellation);
            await using var clients = await DemoClients.SignInAsync(api, cancellation);
            await new DemoWork(clients, journal).RunAsync(cancellation);
        }

        await File.WriteAllTextAsync(done, "The example data is made. A folder without this file is given it at the next start.\n", cancellation);
        File.Delete(begun);
    }
}
