using System.Collections.Concurrent;
using Agency.Api.Data;
using Agency.Api.Tenancy;

namespace Agency.Api.AuditLog;

/// <summary>
/// Seals what the deeds wrote, tenant by tenant, after their commit: each entry gets the next number of its tenant's chain and a keyed
/// digest over itself and the seal before it. Every so often the last seal is also written beside the database.
/// </summary>
/// <remarks>
/// An entry is unsealed when it has no seal: nothing that commits late is skipped. What is younger than the last run (and a little
/// older) is looked for every time, everything at the first run and once an hour. Of two instances one seals and the other waits
/// for its lock, then finds less to do.
/// </remarks>
internal sealed partial class Sealer(Database database, TenantStore tenants, AuditDigests digests, Checkpoints checkpoints, TimeProvider clock, ILogger<Sealer> log) : IDisposable
{
    private const int Batch = 500;
    private const int UntoldAtMost = 1000;

    // Longer than a transaction takes and clocks of instances differ; what was later still is found by the hour's look.
    private static readonly TimeSpan LooksBack = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LooksAtAllEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan TellsEvery = TimeSpan.FromMinutes(1);

    private static readonly Sql Unsealed = new($"""
        SELECT TOP (@take) {AuditEntryRow.Columns}
        FROM audit_entry AS e
        WHERE e.tenant_id = @tenant AND e.id > @after
            AND NOT EXISTS (SELECT 1 FROM audit_seal AS s WHERE s.tenant_id = e.tenant_id AND s.entry_id = e.id)
        ORDER BY e.id
        """);

    private static readonly Sql LastSeal = new("""
        SELECT TOP (@take) s.number, s.entry_id, s.sealed_at, s.digest
        FROM audit_seal AS s WITH (UPDLOCK, HOLDLOCK)
        WHERE s.tenant_id = @tenant
        ORDER BY s.number DESC
        """);

    private static readonly Sql InsertSeal = new("""
        INSERT INTO audit_seal (tenant_id, number, entry_id, sealed_at, digest)
        VALUES (@tenant, @number, @entryId, @sealedAt, @digest)
        """);

    private readonly SemaphoreSlim one = new(1, 1);
    private readonly Dictionary<int, Progress> known = [];
    private readonly ConcurrentDictionary<Id, bool> foreign = new();
    private bool begun;

    /// <summary>Seals what there is, and writes the checkpoints that are due.</summary>
    public Task RunAsync(CancellationToken cancellation) => RunAsync(tellAll: false, cancellation);

    /// <summary>The same at the end: every chain's last seal is written beside the database.</summary>
    public Task FinishAsync(CancellationToken cancellation) => RunAsync(tellAll: true, cancellation);

    public void Dispose() => one.Dispose();

    private async Task RunAsync(bool tellAll, CancellationToken cancellation)
    {
        await one.WaitAsync(cancellation);
        try
        {
            begun = begun || await checkpoints.HaveBegunAsync(cancellation);
            var whole = true;
            foreach (var tenant in await tenants.AllAsync(cancellation))
            {
                whole &= await TrySealAsync(tenant.Number, cancellation);
            }

            await TellAsync(tellAll, opening: !begun && whole, cancellation);
            begun |= whole;
        }
        finally
        {
            _ = one.Release();
        }
    }

    private async Task<bool> TrySealAsync(int tenant, CancellationToken cancellation)
    {
        try
        {
            await SealAsync(tenant, cancellation);
            return true;
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            // One tenant's trouble must not keep the others' entries unsealed.
            LogFailure(exception, tenant);
            return false;
        }
    }

    private async Task SealAsync(int tenant, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (!known.TryGetValue(tenant, out var progress))
        {
            // The process before this one may have died before it told of it.
            var last = await LastAsync(tenant, cancellation);
            known[tenant] = progress = new Progress { Last = last, Untold = last is null ? 0 : 1 };
        }

        var all = progress.LookedAtAll is not { } then || now - then >= LooksAtAllEvery;
        var after = all ? default : Id.FirstAt(progress.Looked - LooksBack);
        IReadOnlyList<AuditEntryRow> page;
        do
        {
            page = await UnsealedAsync(tenant, after, cancellation);
            if (page.Any(IsOurs))
            {
                await SealPageAsync(tenant, after, progress, cancellation);
            }

            after = page.Count > 0 ? page[^1].Id : after;
        }
        while (page.Count == Batch);

        progress.Looked = now;
        progress.LookedAtAll = all ? now : progress.LookedAtAll;
    }

    private async Task SealPageAsync(int tenant, Id after, Progress progress, CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(TenantContext.SystemFor(tenant), write: true, cancellation);
        var last = await session.FindAsync<AuditSealRow>(LastSeal, new { tenant, take = 1 }, cancellation);
        var page = await session.ListAsync<AuditEntryRow>(Unsealed, new { tenant, after, take = Batch }, cancellation);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        List<object> rows = [];
        foreach (var entry in page.Where(IsOurs))
        {
            var seal = new AuditSealRow((last?.Number ?? 0) + 1, entry.Id, at, []);
            last = seal with { Digest = digests.Of(seal, entry, last?.Digest) };
            rows.Add(new { tenant, number = last.Number, entryId = last.EntryId, sealedAt = last.SealedAt, digest = last.Digest });
        }

        await session.ExecuteAsync(InsertSeal, rows, cancellation);
        await session.CommitAsync(cancellation);
        progress.Last = last;
        progress.Untold += rows.Count;
    }

    // Written before there were digests, and found before checkpoints began, it is taken as it is. Later, nobody but an intruder writes one.
    private bool IsOurs(AuditEntryRow entry)
    {
        if (entry.Digest is null ? !begun : digests.Proves(entry))
        {
            return true;
        }

        if (foreign.TryAdd(entry.Id, true))
        {
            LogForeign(entry.Id, entry.TenantId);
        }

        return false;
    }

    private async Task TellAsync(bool all, bool opening, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var due = known.Where(tenant => tenant.Value is { Last: not null, Untold: > 0 } progress
            && (all || progress.Untold >= UntoldAtMost || progress.Told is not { } told || now - told >= TellsEvery)).ToList();
        List<Checkpoint> points = opening ? [Checkpoints.Opening(now)] : [];
        points.AddRange(due.Select(tenant => new Checkpoint(tenant.Key, tenant.Value.Last!.Number, now, tenant.Value.Last.Digest)));
        await checkpoints.AppendAsync(points, cancellation);
        foreach (var (_, progress) in due)
        {
            progress.Told = now;
            progress.Untold = 0;
        }
    }

    private async Task<AuditSealRow?> LastAsync(int tenant, CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(TenantContext.SystemFor(tenant), write: false, cancellation);
        return await session.FindAsync<AuditSealRow>(LastSeal, new { tenant, take = 1 }, cancellation);
    }

    private async Task<IReadOnlyList<AuditEntryRow>> UnsealedAsync(int tenant, Id after, CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(TenantContext.SystemFor(tenant), write: false, cancellation);
        return await session.ListAsync<AuditEntryRow>(Unsealed, new { tenant, after, take = Batch }, cancellation);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Audit entries of tenant {Tenant} could not be sealed; the next run tries again")]
    private partial void LogFailure(Exception exception, int tenant);

    [LoggerMessage(Level = LogLevel.Error, Message = "Audit entry {Entry} of tenant {Tenant} was not written by this service, or altered since: it is not sealed")]
    private partial void LogForeign(Id entry, int tenant);

    /// <summary>How far one tenant's chain has come, and what of it has been written beside the database.</summary>
    private sealed class Progress
    {
        public AuditSealRow? Last { get; set; }

        public int Untold { get; set; }

        public DateTimeOffset? Told { get; set; }

        public DateTimeOffset Looked { get; set; }

        public DateTimeOffset? LookedAtAll { get; set; }
    }
}

/// <summary>Every second seals what was committed; at the end, whatever is left.</summary>
internal sealed partial class SealSweep(Sealer sealer, TimeProvider clock, ILogger<SealSweep> log) : Sweep(TimeSpan.FromSeconds(1), clock, log)
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await sealer.FinishAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // What is unsealed now is sealed by the next start.
            LogUnfinished(exception);
        }
    }

    internal override Task RunAsync(CancellationToken cancellation) => sealer.RunAsync(cancellation);

    [LoggerMessage(Level = LogLevel.Error, Message = "The last audit entries could not be sealed, or not told beside the database")]
    private partial void LogUnfinished(Exception exception);
}
