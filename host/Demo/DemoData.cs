using Agency.Api;

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

        await DemoTenants.CreateAsync(services, cancellation);
        await using var work = await DemoWork.SignInAsync(api, cancellation);
        await work.RunAsync(cancellation);
        await File.WriteAllTextAsync(done, "The example tenants and accounts are complete.\n", cancellation);
    }
}
