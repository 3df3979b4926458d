using Agency.Api.Data;
using Agency.Db;

namespace Agency.Api.Http;

/// <summary>What a probe is told.</summary>
/// <param name="Status"><c>ready</c> or <c>unavailable</c>.</param>
/// <param name="Faults">What keeps the service from serving; empty when nothing does.</param>
public sealed record Readiness(string Status, IReadOnlyList<string> Faults);

/// <summary>
/// Whether the service may serve: the database answers, its migrations are those of this build, and every tenant's rows are
/// protected. Asked by probes, and once before the first request is taken.
/// </summary>
internal sealed class Health(Database database, DatabaseSettings settings) : IHostedLifecycleService
{
    public async Task<Readiness> CheckAsync(CancellationToken cancellation)
    {
        List<string> faults = [];
        try
        {
            faults.AddRange(new Migrator(settings.Engine, settings.Application).Status()
                .Where(migration => migration.State != MigrationState.Applied)
                .Select(migration => $"The migration {migration.Name} is {migration.State.ToString().ToLowerInvariant()}."));
            if (faults.Count == 0)
            {
                faults.AddRange(await database.Engine.FindIsolationFaultsAsync(cancellation));
            }
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or OutOfMemoryException))
        {
            faults.Add("The database does not answer.");
        }

        return new Readiness(faults.Count == 0 ? "ready" : "unavailable", faults);
    }

    /// <exception cref="InvalidOperationException">Serving would not be safe; the message says what to mend.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var readiness = await CheckAsync(cancellationToken);
        if (readiness.Faults.Count > 0)
        {
            throw new InvalidOperationException($"The service does not start: {string.Join(" ", readiness.Faults)}");
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal static class HealthRoutes
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => Results.Json(new Readiness("live", []), Json.Options)).ExcludeFromDescription();
        app.MapGet("/health/ready", async (Health health, CancellationToken cancellation) =>
        {
            var readiness = await health.CheckAsync(cancellation);
            return Results.Json(readiness, Json.Options, statusCode: readiness.Faults.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        }).ExcludeFromDescription();
    }
}
