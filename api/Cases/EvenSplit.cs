using System.Buffers.Binary;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Cases;

/// <summary>
/// Deals new cases out over the collectors of the agency's teams that split evenly, assignment by assignment: within one nobody gets
/// more than one case beyond another. Only what has never been on a desk is dealt out. It runs in the agency's name right after an
/// activation, and as a sweep for what starts later or was lost.
/// </summary>
internal sealed class EvenSplit(SystemWork system, Database database, TenantStore tenants, TimeProvider clock)
{
    private const int Batch = 1000;

    // A case is dealt out within minutes of being made; older ones are looked for when the service starts and when a team changes.
    private static readonly TimeSpan Recent = TimeSpan.FromDays(1);

    private static readonly Sql Collectors = new("""
        SELECT m.person_id AS collector, m.team_id AS team
        FROM team AS t
        INNER JOIN team_member AS m ON m.agency_id = t.agency_id AND m.team_id = t.id
        WHERE t.agency_id = @agency AND t.splits_evenly = 1 AND m.role = 'collector'
        ORDER BY t.id, m.person_id
        """);

    private static readonly Sql Untouched = new($"""
        SELECT TOP (@take) {DeskCase.Columns}
        FROM {DeskCase.Tables}
        WHERE c.agency_id = @agency AND c.id > @since AND c.ended_at IS NULL AND k.case_id IS NULL
        ORDER BY c.id
        """);

    private static readonly Sql CountDealt = new("""
        SELECT COUNT(*)
        FROM [case] AS c
        INNER JOIN case_desk AS k ON k.agency_id = c.agency_id AND k.case_id = c.id
        WHERE c.agency_id = @agency AND c.assignment_id = @assignment
        """);

    private bool sweptAll;

    /// <summary>Deals out what one agency has not had yet, of the cases made since.</summary>
    public async Task RunAsync(int agency, Id since, CancellationToken cancellation)
    {
        var context = new TenantContext(agency, TenantKind.Agency);
        while (await HasWorkAsync(context, since, cancellation))
        {
            var dealt = 0;
            await system.RunAsync(context, async work => dealt = await DealAsync(work, since), cancellation);
            if (dealt < Batch)
            {
                return;
            }
        }
    }

    /// <summary>Deals out what any agency has not had yet.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        var since = sweptAll ? Id.FirstAt(clock.GetUtcNow() - Recent) : default;
        foreach (var agency in (await tenants.AllAsync(cancellation)).Where(tenant => tenant.Kind == TenantKind.Agency))
        {
            await RunAsync(agency.Number, since, cancellation);
        }

        sweptAll = true;
    }

    private async Task<bool> HasWorkAsync(TenantContext context, Id since, CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(context, write: false, cancellation);
        return (await session.ListAsync<Receiver>(Collectors, new { agency = context.Tenant }, cancellation)).Count > 0
            && (await session.ListAsync<DeskCase>(Untouched, new { agency = context.Tenant, since, take = 1 }, cancellation)).Count > 0;
    }

    private static async Task<int> DealAsync(Work work, Id since)
    {
        var collectors = await work.Db.ListAsync<Receiver>(Collectors, new { agency = work.Tenant });
        var cases = await work.Db.ListAsync<DeskCase>(Untouched, new { agency = work.Tenant, since, take = Batch });
        if (collectors.Count == 0)
        {
            return 0;
        }

        foreach (var assignment in cases.GroupBy(@case => @case.AssignmentId))
        {
            // An assignment goes on where the batch before ended, and begins with one collector or another: many small ones must not all begin with the first.
            var dealt = await work.Db.FindAsync<long>(CountDealt, new { agency = work.Tenant, assignment = assignment.Key });
            var first = BinaryPrimitives.ReadUInt32BigEndian(assignment.Key.ToBytes().AsSpan(12)) + dealt;
            await Desks.PlaceAsync(work, assignment.Index().Select(one => (one.Item, collectors[(int)((first + one.Index) % collectors.Count)].Desk)));
        }

        return cases.Count;
    }

    private sealed record Receiver(Id Collector, Id Team)
    {
        public Desk Desk => new(Collector, Team);
    }
}

/// <summary>Every minute looks for cases that nobody has had yet.</summary>
internal sealed class EvenSplitSweep(EvenSplit split, TimeProvider clock, ILogger<EvenSplitSweep> log) : Sweep(TimeSpan.FromMinutes(1), clock, log)
{
    internal override Task RunAsync(CancellationToken cancellation) => split.SweepAsync(cancellation);
}
