using System.Globalization;
using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.AuditLog;

/// <summary>What tests of the audit log do again and again.</summary>
internal static class Log
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Seals what there is; checkpoints as they fall due.</summary>
    public static Task SealAsync(this TestService service) => service.Services.GetRequiredService<Sealer>().RunAsync(Stop);

    /// <summary>Seals what there is and tells all of it beside the database.</summary>
    public static Task CheckpointAsync(this TestService service) => service.Services.GetRequiredService<Sealer>().FinishAsync(Stop);

    public static Task<IReadOnlyList<AuditVerdict>> VerifyAsync(this TestService service) => service.Services.GetRequiredService<Verifier>().VerifyAsync(Stop);

    /// <summary>What is wrong anywhere, in the words of the verifier.</summary>
    public static async Task<List<string>> FaultsAsync(this TestService service) =>
        [.. (await service.VerifyAsync()).Where(verdict => verdict.Fault is not null).Select(verdict => $"{verdict.Code} {verdict.Fault!.Kind}: {verdict.Fault.Sentence}")];

    public static async Task<AuditVerdict> VerdictAsync(this TestService service, string tenant) => (await service.VerifyAsync()).Single(verdict => verdict.Code == tenant);

    /// <summary>A deed of that time, whose transaction is committed only now.</summary>
    public static async Task WriteLateAsync(this TestService service, string tenant, DateTimeOffset at)
    {
        var number = service.Database.NumberOf(tenant);
        await using var session = await service.Services.GetRequiredService<Agency.Api.Data.Database>().OpenAsync(new TenantContext(number, TenantKind.Bank), write: true, Stop);
        await service.Services.GetRequiredService<AuditWriter>().WriteAsync(session, new AuditEntry(number, Id.FirstAt(at), at, "test.done", default(Id)));
        await session.CommitAsync(Stop);
    }

    public static int NumberOf(this TestDatabase database, string tenant) =>
        int.Parse(database.Scalar($"SELECT tenant_id FROM base_tenant WHERE code = '{tenant}'")!, CultureInfo.InvariantCulture);

    public static long Count(this TestDatabase database, string query) => long.Parse(database.Scalar($"SELECT count(*) FROM {query}")!, CultureInfo.InvariantCulture);

    /// <summary>What somebody with the database does to it, past every door, constraint and rule.</summary>
    public static int Tamper(this TestDatabase database, string statement)
    {
        using var raw = database.OpenTampering();
        return raw.Run(statement);
    }

    public static SqliteConnection OpenTampering(this TestDatabase database)
    {
        var raw = database.OpenRaw();
        raw.Run("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF");
        return raw;
    }

    public static int Run(this SqliteConnection raw, string statement, params (string Name, object? Value)[] values)
    {
        using var command = raw.CreateCommand();
        command.CommandText = statement;
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command.ExecuteNonQuery();
    }
}
