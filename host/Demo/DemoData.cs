using Agency.Api;
using Agency.Api.Tenancy;

namespace Agency.Host.Demo;

/// <summary>
/// Example tenants, half a year of their work and some stories in it, for Development alone. Everything is made by the verbs, on
/// an API of its own whose clock is set, before anybody else is served; a start that was cut short is taken up where it ended.
/// </summary>
internal static class DemoData
{
    // Longer than any attempt is at work on one day.
    private static readonly TimeSpan LongestAttempt = TimeSpan.FromMinutes(10);

    /// <param name="args">The host's settings.</param>
    /// <param name="services">The host's API, not started: it tells where the data is.</param>
    /// <param name="cancellation">Gives up; the next start goes on.</param>
    public static async Task EnsureAsync(string[] args, IServiceProvider services, CancellationToken cancellation)
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
            await MakeAsync(args, journal, cancellation);
        }

        await File.WriteAllTextAsync(done, "The example data is made. A folder without this file is given it at the next start.\n", cancellation);
        File.Delete(begun);
    }

    private static async Task MakeAsync(string[] args, DemoJournal journal, CancellationToken cancellation)
    {
        var clock = new DemoClock(DemoCalendar.StartOf(journal.Begun));
        await using var api = ApiApp.Build(args, builder =>
        {
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddSingleton<TimeProvider>(clock);
        });
        await api.StartAsync(cancellation);
        try
        {
            await RunAsync(api, clock, journal, cancellation);
        }
        finally
        {
            // Whoever starts next finds nobody at work.
            await api.StopAsync(CancellationToken.None);
        }
    }

    private static async Task RunAsync(WebApplication api, DemoClock clock, DemoJournal journal, CancellationToken cancellation)
    {
        await DemoTenants.CreateAsync(api.Services, cancellation);

        // What an earlier attempt left at work may have been done later on that day than this one reaches by repeating its steps.
        journal.CaughtUp = () => clock.Reach(clock.GetUtcNow() + (journal.Attempt * LongestAttempt));
        using var clients = new DemoClients(new Uri(api.Urls.First()), clock);
        var calendar = new DemoCalendar(journal.Begun, clock, api.Services, journal);
        var deeds = new DemoDeeds(clients, journal, calendar);
        var schedule = new DemoSchedule();
        new DemoWork(deeds, calendar).PutInto(schedule);
        new DemoStories(deeds).PutInto(schedule);
        await schedule.RunAsync(calendar, cancellation);
    }
}
