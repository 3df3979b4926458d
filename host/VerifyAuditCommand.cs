using System.Data.Common;
using System.Globalization;
using Agency.Api;
using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Db;

namespace Agency.Host;

/// <summary>Proves every tenant's audit log from a shell, against the keys and the checkpoints of the data folder. It changes nothing and may run beside the service.</summary>
public static class VerifyAuditCommand
{
    private const int Intact = 0;
    private const int Tampered = 1;
    private const int Misused = 2;

    private const string Usage = """
        usage: dotnet run --project host -- verify-audit
        Settings are the host's: Data__Folder (with keys/ and audit/), Database__Engine, Database__ConnectionString in the environment.
        It ends with 0 when every chain is intact, 1 when one is not or can't be read, 2 when it was called with anything else.
        """;

    private const string Blind = """
        It sees every edit, removal, insertion and change of order up to a chain's last seal, and every cut before its last checkpoint. It can't see
        that the newest entries were taken away together with their seals after the last checkpoint, or before they were sealed; nor what
        somebody did who had the keys, or who replaced the file of checkpoints by an older copy of itself.
        """;

    /// <returns>0 intact, 1 tampered with or not to be read, 2 the words of the command are off.</returns>
    public static async Task<int> RunAsync(string[] words, TextWriter output, TextWriter error, Action<WebApplicationBuilder>? configure = null)
    {
        if (words.Length > 0)
        {
            await error.WriteLineAsync(Usage);
            return Misused;
        }

        try
        {
            await using var app = ApiApp.Build([], configure);
            if (Lacks(app.Services) is { } lacks)
            {
                await error.WriteLineAsync(lacks);
                return Tampered;
            }

            var now = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
            var verdicts = await app.Services.GetRequiredService<Verifier>().VerifyAsync(CancellationToken.None);
            foreach (var verdict in verdicts)
            {
                await output.WriteLineAsync(Describe(verdict, now));
            }

            await output.WriteLineAsync(Blind);
            var faults = verdicts.Count(verdict => verdict.Fault is not null);
            await output.WriteLineAsync(faults == 0 ? "Intact." : $"NOT intact: {faults} of these.");
            return faults == 0 ? Intact : Tampered;
        }
        catch (Exception exception) when (exception is DbException or InvalidOperationException or IOException or InvalidDataException or DatabaseBusyException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(exception.Message);
            return Tampered;
        }
    }

    // Without the ring there is nothing to prove by, and opening it would make a new one in its place.
    private static string? Lacks(IServiceProvider services)
    {
        var folder = services.GetRequiredService<DataFolder>();
        var settings = services.GetRequiredService<DatabaseSettings>();
        if (!File.Exists(folder.File("keys", "ring.json")))
        {
            return $"There is no key ring in {folder.File("keys")}: Data__Folder names the service's data folder.";
        }

        // On SQL Server the command may run with another login than the service's: there a missing table speaks for itself.
        return settings.Engine == "sqlite" && new Migrator(settings.Engine, settings.Application).Status().Any(migration => migration.State != MigrationState.Applied)
            ? "The database is not migrated."
            : null;
    }

    private static string Describe(AuditVerdict verdict, DateTimeOffset now)
    {
        var who = verdict.Code ?? (verdict.Tenant == 0 ? "checkpoints" : $"tenant {verdict.Tenant.ToString(CultureInfo.InvariantCulture)}");
        var waiting = verdict.OldestUnsealed is { } oldest ? $"{verdict.Unsealed} unsealed, the oldest for {Age(now - oldest)}" : "0 unsealed";
        var undigested = verdict.Undigested > 0 ? $" ({verdict.Undigested} of them written before entries had digests)" : "";
        var point = verdict.LastCheckpoint is { } last ? $"last checkpoint {last.Number} of {last.At:yyyy-MM-dd HH:mm:ss}Z" : "no checkpoint";
        var line = string.Create(CultureInfo.InvariantCulture, $"{who,-20} {verdict.Sealed} sealed{undigested}, {waiting}, {point}");
        return verdict.Fault is { } fault ? $"{line}{Environment.NewLine}  {fault.Kind}: {fault.Sentence}" : line;
    }

    private static string Age(TimeSpan age) => age.TotalMinutes < 2
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (int)age.TotalSeconds)} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalMinutes} min");
}
