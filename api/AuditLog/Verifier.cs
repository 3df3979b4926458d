using System.Data;
using System.Data.Common;
using Agency.Api.Data;
using Agency.Api.Tenancy;

namespace Agency.Api.AuditLog;

/// <summary>What became of one tenant's audit log.</summary>
/// <param name="Tenant">Its number in the database.</param>
/// <param name="Code">Its short name; null when the database knows no such tenant.</param>
/// <param name="Sealed">Entries in the chain.</param>
/// <param name="Undigested">Of these, written before entries had digests, and proved from the seal on.</param>
/// <param name="Unsealed">Entries that wait for their seal.</param>
/// <param name="OldestUnsealed">When the oldest of these was written.</param>
/// <param name="LastCheckpoint">The furthest checkpoint; null when there is none.</param>
/// <param name="Fault">The first thing that is wrong; null when nothing is.</param>
internal sealed record AuditVerdict(
    int Tenant, string? Code, long Sealed, long Undigested, long Unsealed, DateTimeOffset? OldestUnsealed, Checkpoint? LastCheckpoint, AuditFault? Fault);

/// <summary>Something that nobody but an intruder does.</summary>
/// <param name="Kind">In one word.</param>
/// <param name="Sentence">What was found, with the number of the seal.</param>
internal sealed record AuditFault(AuditFaultKind Kind, string Sentence);

internal enum AuditFaultKind
{
    Altered,
    Removed,
    Inserted,
    CutShort,
    Unreadable,
    Checkpoints,
}

/// <summary>Compares every tenant's audit log with its chain, the keys and the checkpoints.</summary>
/// <remarks>
/// It sees any edit, removal, insertion and change of order up to the last seal, and any cut before the last checkpoint. It can't see that
/// the newest entries were taken away together with their seals after the last checkpoint, or before they were sealed.
/// </remarks>
internal sealed class Verifier(Database database, TenantStore tenants, AuditDigests digests, Checkpoints checkpoints)
{
    private const int Batch = 1000;

    private static readonly Sql Chain = new($"""
        SELECT TOP (@take) s.number, s.entry_id, s.sealed_at, s.digest, {AuditEntryRow.Columns}
        FROM audit_seal AS s
        LEFT JOIN audit_entry AS e ON e.tenant_id = s.tenant_id AND e.id = s.entry_id
        WHERE s.tenant_id = @tenant AND s.number > @after
        ORDER BY s.number
        """);

    private static readonly Sql Unsealed = new($"""
        SELECT TOP (@take) {AuditEntryRow.Columns}
        FROM audit_entry AS e
        WHERE e.tenant_id = @tenant AND e.id > @after
            AND NOT EXISTS (SELECT 1 FROM audit_seal AS s WHERE s.tenant_id = e.tenant_id AND s.entry_id = e.id)
        ORDER BY e.id
        """);

    /// <summary>Every tenant that there is, or that a checkpoint names.</summary>
    public async Task<IReadOnlyList<AuditVerdict>> VerifyAsync(CancellationToken cancellation)
    {
        // Before the chains: what is sealed meanwhile makes them longer than the checkpoints say, never shorter.
        var file = await checkpoints.ReadAsync(cancellation);
        var known = await tenants.AllAsync(cancellation);
        List<AuditVerdict> verdicts = [];
        foreach (var tenant in known)
        {
            verdicts.Add(await VerifyAsync(tenant, file, cancellation));
        }

        var lost = file.Points.Select(point => point.Tenant).Distinct().Where(number => number != 0 && known.All(tenant => tenant.Number != number));
        verdicts.AddRange(lost.Select(number => new AuditVerdict(number, null, 0, 0, 0, null, file.Of(number).MaxBy(point => point.Number),
            new AuditFault(AuditFaultKind.Removed, "A checkpoint names this tenant, and the database has none of this number."))));
        if (file.Unreadable > 0)
        {
            verdicts.Add(new AuditVerdict(0, null, 0, 0, 0, null, null,
                new AuditFault(AuditFaultKind.Checkpoints, $"{file.Unreadable} lines of the file of checkpoints were altered, or are not the service's.")));
        }

        return verdicts;
    }

    private async Task<AuditVerdict> VerifyAsync(TenantInfo tenant, CheckpointFile file, CancellationToken cancellation)
    {
        var walk = new Walk(digests, file, tenant.Number);
        await using var session = await database.OpenAsync(TenantContext.SystemFor(tenant.Number), write: false, cancellation);
        try
        {
            await WalkChainAsync(session, walk, cancellation);
            walk.EndChain();
            await WalkUnsealedAsync(session, walk, cancellation);
        }
        catch (Exception exception) when (exception is DbException or DataException or FormatException or ArgumentException or InvalidCastException or OverflowException)
        {
            // A value that no column of ours can hold.
            walk.Fail(AuditFaultKind.Unreadable, $"What follows seal {walk.Sealed} can't be read: {exception.Message}");
        }

        return new AuditVerdict(tenant.Number, tenant.Code, walk.Sealed, walk.Undigested, walk.Unsealed, walk.OldestUnsealed, walk.LastCheckpoint, walk.Fault);
    }

    private static async Task WalkChainAsync(Session session, Walk walk, CancellationToken cancellation)
    {
        IReadOnlyList<(AuditSealRow Seal, AuditEntryRow? Entry)> page;
        var after = long.MinValue;
        do
        {
            page = await session.ListAsync<AuditSealRow, AuditEntryRow, (AuditSealRow, AuditEntryRow?)>(
                Chain, "tenant_id", static (seal, entry) => (seal, entry), new { tenant = walk.Tenant, after, take = Batch }, cancellation);
            foreach (var (seal, entry) in page)
            {
                walk.Take(seal, entry);
                after = seal.Number;
            }
        }
        while (page.Count == Batch && walk.Fault is null);
    }

    private static async Task WalkUnsealedAsync(Session session, Walk walk, CancellationToken cancellation)
    {
        IReadOnlyList<AuditEntryRow> page;
        var after = default(Id);
        do
        {
            page = await session.ListAsync<AuditEntryRow>(Unsealed, new { tenant = walk.Tenant, after, take = Batch }, cancellation);
            foreach (var entry in page)
            {
                walk.TakeUnsealed(entry);
                after = entry.Id;
            }
        }
        while (page.Count == Batch);
    }

    /// <summary>One tenant's chain, followed from its first seal.</summary>
    private sealed class Walk(AuditDigests digests, CheckpointFile file, int tenant)
    {
        private readonly ILookup<long, Checkpoint> points = file.Of(tenant).ToLookup(point => point.Number);
        private byte[]? before;

        public int Tenant => tenant;

        public long Sealed { get; private set; }

        public long Undigested { get; private set; }

        public long Unsealed { get; private set; }

        public DateTimeOffset? OldestUnsealed { get; private set; }

        public AuditFault? Fault { get; private set; }

        public Checkpoint? LastCheckpoint { get; } = file.Of(tenant).MaxBy(point => point.Number);

        public void Take(AuditSealRow seal, AuditEntryRow? entry)
        {
            if (seal.Number != Sealed + 1)
            {
                Fail(AuditFaultKind.Removed, $"Seal {seal.Number} follows seal {Sealed}: what was between them is gone.");
            }
            else if (entry is null)
            {
                Fail(AuditFaultKind.Removed, $"Seal {seal.Number} is of entry {seal.EntryId}, which is gone.");
            }
            else if (!digests.Proves(seal, entry, before) || (entry.Digest is not null && !digests.Proves(entry)))
            {
                Fail(AuditFaultKind.Altered, $"Entry {seal.EntryId} or its seal {seal.Number} was altered, exchanged or put there.");
            }
            else if (points[seal.Number].Any(point => !point.Seal.AsSpan().SequenceEqual(seal.Digest)))
            {
                Fail(AuditFaultKind.CutShort, $"Seal {seal.Number} is another than the one a checkpoint names: the chain was cut and went on.");
            }

            Sealed = seal.Number;
            Undigested += entry?.Digest is null ? 1 : 0;
            before = seal.Digest;
        }

        public void EndChain()
        {
            if (LastCheckpoint is { } last && Sealed < last.Number)
            {
                Fail(AuditFaultKind.CutShort, $"The chain ends with seal {Sealed}; the checkpoint of {last.At:yyyy-MM-dd HH:mm:ss}Z names seal {last.Number}.");
            }
        }

        public void TakeUnsealed(AuditEntryRow entry)
        {
            Unsealed++;
            OldestUnsealed = OldestUnsealed is { } oldest && oldest <= entry.OccurredAt ? oldest : entry.OccurredAt;
            if (entry.Digest is null ? file.HasBegun : !digests.Proves(entry))
            {
                Fail(AuditFaultKind.Inserted, $"Entry {entry.Id}, which has no seal, was not written by the service, or was altered.");
            }
        }

        public void Fail(AuditFaultKind kind, string sentence) => Fault ??= new AuditFault(kind, sentence);
    }
}
