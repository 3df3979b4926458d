using System.Security.Cryptography;
using Agency.Api.Data;
using Agency.Api.Tenancy;
using Agency.Db;

namespace Agency.Api.Http;

/// <summary>What a probe is told.</summary>
/// <param name="Status"><c>live</c> or <c>ready</c>; what is not ready answers with a problem.</param>
public sealed record Probe(string Status);

/// <summary>
/// Whether the service may serve: the database answers, its migrations are those of this build, and every tenant's rows are
/// protected. Asked by probes, and once before the first request is taken.
/// </summary>
internal sealed class Health(Database database, DatabaseSettings settings, TenantStore tenants, PrivateFields fields, DataFolder folder) : IHostedLifecycleService
{
    // Written under the oldest secret of the ring that is used, and under the newest.
    private static readonly Sql FirstDebtor = new("SELECT TOP (@take) id, name_cipher FROM debtor WHERE bank_id = @bank AND erased_at IS NULL ORDER BY id");
    private static readonly Sql LastDebtor = new("SELECT TOP (@take) id, name_cipher FROM debtor WHERE bank_id = @bank AND erased_at IS NULL ORDER BY id DESC");

    /// <summary>What keeps the service from serving; empty when nothing does.</summary>
    public async Task<IReadOnlyList<string>> FindFaultsAsync(CancellationToken cancellation)
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

        return faults;
    }

    /// <exception cref="InvalidOperationException">Serving would not be safe; the message says what to mend.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var faults = await FindFaultsAsync(cancellationToken);
        if (faults.Count == 0 && !await OpensAsync(cancellationToken))
        {
            faults = [$"The key ring {folder.KeyRing} does not open what the database holds: restore the one that belongs to it."];
        }

        if (faults.Count > 0)
        {
            throw new InvalidOperationException($"The service does not start: {string.Join(" ", faults)}");
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // A ring that was lost is made anew, and one of an older backup lacks what was added since: better not to begin than to write under it.
    private async Task<bool> OpensAsync(CancellationToken cancellation)
    {
        foreach (var bank in await tenants.BanksAsync(cancellation))
        {
            await using var session = await database.OpenAsync(TenantContext.SystemFor(bank.Number), write: false, cancellation);
            foreach (var sql in new[] { FirstDebtor, LastDebtor })
            {
                if (await session.FindAsync<Name>(sql, new { bank = bank.Number, take = 1 }, cancellation) is { } name && !Opens(bank.Number, name))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool Opens(int bank, Name name)
    {
        try
        {
            _ = fields.Decrypt(bank, "debtor", "name_cipher", name.Id, name.NameCipher);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private sealed record Name(Id Id, byte[] NameCipher);
}

internal static class HealthRoutes
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => Results.Json(new Probe("live"), Json.Options)).ExcludeFromDescription();
        app.MapGet("/health/ready", async (HttpContext http, Health health, CancellationToken cancellation) =>
        {
            var faults = await health.FindFaultsAsync(cancellation);
            await (faults.Count == 0
                ? http.Response.WriteAsJsonAsync(new Probe("ready"), Json.Options, cancellation)
                : ProblemWriter.WriteAsync(http, HttpProblems.NotReady, string.Join(" ", faults)));
        }).ExcludeFromDescription();
    }
}
