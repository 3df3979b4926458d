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

        var begun = $"{done}.begun";
        var isFirst = !File.Exists(begun);
        if (isFirst && await services.GetRequiredService<TenantStore>().OperatorAsync(cancellation) is { } other && other.Code != DemoTenants.Operator)
        {
            // An operator that is not of our making: this database is somebody's.
            return;
        }

        await DemoTenants.CreateAsync(services, cancellation);
        await using (var clients = await DemoClients.SignInAsync(api, cancellation))
        {
            // Without either file somebody has removed them, or has begun work of their own: there is nothing to add to that.
            if (!isFirst || !await clients.HaveWorkedAsync(cancellation))
            {
                using var journal = DemoJournal.Open(begun);
                await new DemoWork(clients, journal).RunAsync(cancellation);
            }
        }

        await File.WriteAllTextAsync(done, "The example data is made. A folder without this file is given it at the next start.\n", cancellation);
        File.Delete(begun);
    }
}
