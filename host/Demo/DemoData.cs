using System.Globalization;
using Agency.Api;
using Agency.Api.Tenancy;

namespace Agency.Host.Demo;

/// <summary>
/// Example tenants and 500 accounts in several states, for Development alone. Everything is made by the verbs, each under an
/// idempotency key of its own, so that a start that was cut short is taken up where it ended.
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

        // A key stands for one request body, so a second attempt must write the dates of the first.
        var begun = $"{done}.begun";
        if (!File.Exists(begun))
        {
            // An operator that is not of our making: this database is somebody's.
            if (await services.GetRequiredService<TenantStore>().OperatorAsync(cancellation) is not null)
            {
                return;
            }

            await File.WriteAllTextAsync(begun, TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture), cancellation);
        }

        var now = DateTimeOffset.Parse(await File.ReadAllTextAsync(begun, cancellation), CultureInfo.InvariantCulture);
        await DemoTenants.CreateAsync(services, cancellation);
        await using var work = await DemoWork.SignInAsync(api, now, cancellation);
        await work.RunAsync(cancellation);
        File.Move(begun, done);
    }
}
