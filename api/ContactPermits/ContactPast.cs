using Agency.Api.ContactPoints;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.ContactPermits;

/// <summary>
/// What stood when a contact was made, where the agency's own sight can't tell: its case has ended since, or what is known of the contact
/// point has changed. Reads the bank's rows, and tells yes, no or a number; no row and no word of one leaves this class.
/// </summary>
internal static class ContactPast
{
    private static readonly Sql Holds = new("""
        SELECT COUNT(*)
        FROM hold AS h
        WHERE h.bank_id = @bank AND h.account_id = @account AND h.raised_at <= @at AND (h.lifted_at IS NULL OR h.lifted_at > @at)
        """);

    private static readonly Sql Zone = new("SELECT time_zone FROM debtor WHERE bank_id = @bank AND id = @debtor");

    private static readonly Sql PointNow = new("SELECT p.party, p.consent FROM contact_point AS p WHERE p.bank_id = @bank AND p.id = @point");

    // With a lower bound, of all ids, SQLite seeks the point; without, it takes the key and reads all of the bank's marks.
    private static readonly Sql Marks = new("""
        SELECT m.mark, m.marked_at
        FROM contact_point_mark AS m
        WHERE m.bank_id = @bank AND m.contact_point_id = @point AND m.id > @first
        ORDER BY m.id
        """);

    // The bank's own, what the bank adopted, and the agency's finds: what the agency knew to try.
    private static readonly Sql Phones = new("""
        SELECT (SELECT COUNT(*) FROM contact_point AS b
                WHERE b.bank_id = @bank AND b.debtor_id = @debtor AND b.kind = 'phone' AND b.agency_id IS NULL AND b.party = 'debtor' AND b.status <> 'invalid')
            + (SELECT COUNT(*) FROM contact_point AS a
                WHERE a.bank_id = @bank AND a.debtor_id = @debtor AND a.kind = 'phone' AND a.agency_id IS NOT NULL AND a.party = 'debtor' AND a.status <> 'invalid'
                    AND (a.agency_id = @agency OR a.adopted_at IS NOT NULL))
        """);

    /// <summary>Whether a hold stood on the account.</summary>
    public static async Task<bool> WasHeldAsync(Session asking, JudgedCase @case, DateTimeOffset at, CancellationToken cancellation) =>
        await (await BesideAsync(asking, @case.Bank, cancellation)).FindAsync<int>(Holds, new { @case.Bank, @case.Account, at }, cancellation) > 0;

    /// <summary>The debtor's time zone: the hour is judged by it, and it is not told.</summary>
    public static async Task<string?> TimeZoneAsync(Session asking, JudgedCase @case, CancellationToken cancellation) =>
        await (await BesideAsync(asking, @case.Bank, cancellation)).FindAsync<string>(Zone, new { @case.Bank, @case.Debtor }, cancellation);

    /// <summary>Whom a contact point reaches, and what its holder had asked for and agreed to by then; null when there is none.</summary>
    public static async Task<PointThen?> PointAsync(Session asking, int bank, Id point, DateTimeOffset at, CancellationToken cancellation)
    {
        var rows = await BesideAsync(asking, bank, cancellation);
        if (await rows.FindAsync<PointRow>(PointNow, new { bank, point }, cancellation) is not { } now)
        {
            return null;
        }

        var marks = await rows.ListAsync<MarkRow>(Marks, new { bank, point, first = default(Id) }, cancellation);
        List<string> then = [.. marks.Where(mark => mark.MarkedAt <= at).Select(mark => mark.Mark)];

        // What was said when the point was added is not kept once marks overrule it.
        var consent = Standing.ConsentOf(then) ?? (Standing.ConsentOf(marks.Select(mark => mark.Mark)) is null ? Words.Read<Consent>(now.Consent) : null);
        return new PointThen(now.Party, Standing.StatusOf(then) == ContactPointStatus.OptedOut, consent == Consent.Given);
    }

    /// <summary>How many phones of the debtor's the agency knows of that are not known to be wrong.</summary>
    public static async Task<int> CountPhonesAsync(Session asking, JudgedCase @case, int agency, CancellationToken cancellation) =>
        await (await BesideAsync(asking, @case.Bank, cancellation)).FindAsync<int>(Phones, new { @case.Bank, @case.Debtor, agency }, cancellation);

    private static Task<Session> BesideAsync(Session asking, int bank, CancellationToken cancellation) => asking.BesideAsync(TenantContext.SystemFor(bank), cancellation);

    /// <summary>A contact point as it stood.</summary>
    internal sealed record PointThen(string Party, bool IsOptedOut, bool IsConsented);

    private sealed record PointRow(string Party, string Consent);

    private sealed record MarkRow(string Mark, DateTimeOffset MarkedAt);
}
