using System.Buffers.Binary;
using System.Collections.Concurrent;
using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.ContactPoints;

/// <summary>A mark to be written.</summary>
/// <param name="Case">The case an agency makes it in; none for a bank.</param>
/// <param name="Agency">The agency that may know of it: the one that makes it, or the one that found the point a bank marks.</param>
internal sealed record PointMark(Id Id, int Bank, Id Point, Mark Mark, Id? Case, Id? Account, int? Agency);

/// <summary>
/// What all marks together make of a contact point: its status and consent. Those are the bank's columns, so for an agency's mark the
/// system sets them right after the commit; a sweep does again what was lost. Working it out from all marks makes that safe to repeat.
/// </summary>
internal sealed class Standing(Database database, SystemWork system, TenantStore tenants, TimeProvider clock)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromDays(30);
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    private static readonly Sql Insert = new("""
        INSERT INTO contact_point_mark (bank_id, id, contact_point_id, agency_id, case_id, mark, person_id, client_id, marked_at)
        VALUES (@bank, @id, @point, @agency, @case, @mark, @person, @client, @now)
        """);

    private static readonly Sql FindPoint = new("SELECT status, consent, agency_id, case_id FROM contact_point WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @bank AND id = @point");

    // With a lower bound, of all ids, SQLite seeks the point; without, it takes the key and reads all of the bank's marks.
    private static readonly Sql MarksOfPoint = new("SELECT mark FROM contact_point_mark WHERE bank_id = @bank AND contact_point_id = @point AND id > @first ORDER BY id");
    private static readonly Sql Update = new("UPDATE contact_point SET status = @status, consent = @consent, changed_at = @now WHERE bank_id = @bank AND id = @point");

    // Ids begin with the time they were made at, so the key itself finds the latest.
    private static readonly Sql MarkedSince = new("SELECT DISTINCT contact_point_id FROM contact_point_mark WHERE bank_id = @bank AND id > @since");

    private readonly ConcurrentDictionary<int, DateTimeOffset> sweptAt = new();

    /// <summary>Writes marks and sees to what they make of their points.</summary>
    public async Task MarkAsync(Work work, IReadOnlyList<PointMark> marks)
    {
        foreach (var mark in marks)
        {
            await work.Db.ExecuteAsync(Insert, new
            {
                mark.Bank,
                mark.Id,
                mark.Point,
                agency = work.Caller.IsBank ? null : mark.Agency,
                mark.Case,
                mark = Words.Of(mark.Mark),
                person = work.Caller.Person,
                client = work.Caller.Client,
                now = work.Now,
            });
            await work.AuditAsync("contact_point.marked", mark.Point, Words.Of(mark.Mark));
            await work.EmitAsync(new("contact_point.marked", mark.Point, mark.Bank, mark.Agency, mark.Case, mark.Account));
        }

        foreach (var ofBank in marks.GroupBy(mark => mark.Bank, mark => mark.Point))
        {
            Id[] points = [.. ofBank.Distinct()];
            if (work.Caller.IsBank)
            {
                await SettleAsync(work, points);
            }
            else
            {
                work.AfterCommit(cancellation => system.RunAsync(ofBank.Key, settling => SettleAsync(settling, points), cancellation));
            }
        }
    }

    /// <summary>Sets what marks of late have not set yet, bank by bank.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        foreach (var bank in await tenants.BanksAsync(cancellation))
        {
            var now = clock.GetUtcNow();
            var since = sweptAt.TryGetValue(bank.Number, out var last) ? last - Overlap : now - FirstLook;
            if (await UnsettledAsync(bank.Number, since, cancellation) is { Count: > 0 } points)
            {
                await system.RunAsync(bank.Number, work => SettleAsync(work, points), cancellation);
            }

            sweptAt[bank.Number] = now;
        }
    }

    private async Task<List<Id>> UnsettledAsync(int bank, DateTimeOffset since, CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(TenantContext.SystemFor(bank), write: false, cancellation);
        List<Id> unsettled = [];
        foreach (var point in await session.ListAsync<Id>(MarkedSince, new { bank, since = FirstIdOf(since) }, cancellation))
        {
            if (await FindChangeAsync(session, bank, point) is not null)
            {
                unsettled.Add(point);
            }
        }

        return unsettled;
    }

    private static async Task SettleAsync(Work work, IReadOnlyList<Id> points)
    {
        foreach (var point in points)
        {
            if (await FindChangeAsync(work.Db, work.Tenant, point) is var (stands, change))
            {
                await work.Db.ExecuteAsync(Update, new { bank = work.Tenant, point, change.Status, change.Consent, now = work.Now });
                await work.AuditAsync("contact_point.changed", point, changes: BeforeAfter.Of(("status", stands.Status, change.Status), ("consent", stands.Consent, change.Consent)));
                await work.EmitAsync(new("contact_point.changed", point, work.Tenant, change.AgencyId, change.CaseId));
            }
        }
    }

    // What the point should be; null when it is that already.
    private static async Task<(PointState Stands, PointState Should)?> FindChangeAsync(Session session, int bank, Id point)
    {
        if (await session.FindAsync<PointState>(FindPoint, new { bank, point }) is not { } stands)
        {
            return null;
        }

        var marks = await session.ListAsync<string>(MarksOfPoint, new { bank, point, first = default(Id) });
        var should = stands with { Status = Words.Of(StatusOf(marks)), Consent = ConsentOf(marks) is { } consent ? Words.Of(consent) : stands.Consent };
        return should == stands ? null : (stands, should);
    }

    // An opt-out outlasts whatever is learned about the number, until the bank withdraws it.
    internal static ContactPointStatus StatusOf(IEnumerable<string> marks)
    {
        var (works, optedOut) = (ContactPointStatus.Unverified, false);
        foreach (var mark in marks.Select(Words.Read<Mark>))
        {
            (works, optedOut) = mark switch
            {
                Mark.Valid => (ContactPointStatus.Valid, optedOut),
                Mark.Invalid => (ContactPointStatus.Invalid, optedOut),
                Mark.OptedOut => (works, true),
                Mark.OptedIn => (works, false),
                _ => (works, optedOut),
            };
        }

        return optedOut ? ContactPointStatus.OptedOut : works;
    }

    internal static Consent? ConsentOf(IEnumerable<string> marks) => marks.Select(Words.Read<Mark>).LastOrDefault(mark => mark is Mark.Consented or Mark.ConsentWithdrawn) switch
    {
        Mark.Consented => Consent.Given,
        Mark.ConsentWithdrawn => Consent.Withdrawn,
        _ => null,
    };

    private static Id FirstIdOf(DateTimeOffset instant)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, instant.ToUnixTimeMilliseconds() << 16);
        return Id.FromBytes(bytes);
    }

    private sealed record PointState(string Status, string Consent, int? AgencyId, Id? CaseId);
}

/// <summary>Every minute looks for marks whose effect was lost.</summary>
internal sealed class StandingSweep(Standing standing, TimeProvider clock, ILogger<StandingSweep> log)
    : Sweep(TimeSpan.FromMinutes(1), clock, log)
{
    internal override Task RunAsync(CancellationToken cancellation) => standing.SweepAsync(cancellation);
}
