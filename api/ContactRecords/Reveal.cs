using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.ContactRecords;

/// <summary>
/// Shows what was said and dialled, for a reason that is written down: while the case is open to whoever sees it, after its end to the agency's
/// managers and clients until the time of retention is over, and to the bank.
/// </summary>
internal static class Reveal
{
    private static readonly SidedSql Find = new("""
        SELECT r.id, r.bank_id, c.ended_at, s.ended_at AS assignment_ended_at, c.retain_until, n.note_cipher, n.point_cipher
        FROM contact_record AS r
        INNER JOIN [case] AS c ON c.bank_id = r.bank_id AND c.id = r.case_id
        INNER JOIN assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
        LEFT JOIN contact_note AS n ON n.bank_id = r.bank_id AND n.contact_record_id = r.id
        WHERE r.{side} = @tenant AND r.id = @id
        """);

    private static readonly Sql FindHidden = new("SELECT note_cipher, point_cipher FROM contact_note WHERE bank_id = @bank AND contact_record_id = @id");

    public static void Map(RouteGroupBuilder records) => records.MapPost("/{id}/reveal", HandleAsync)
        .Describe("ContactRecords_Reveal", Scopes.PiiRead, "Reveal a contact record's note", "What was said, and the number dialled or the address written to. After the case has ended the agency's managers and clients alone may ask, until the time of retention of the rule pack is over; then both are erased. Each reveal is written to the audit trail with its reason; an Idempotency-Key has no meaning here, so that no copy is kept.")
        .Returns<RevealedNote>()
        .Refuses(ContactRecordProblems.NoteHidden, ContactRecordProblems.NoNote)
        .WithMetadata(new NeverReplayed())
        .On(Get.ReadAsync, ContactRecordProblems.NotFound);

    private static async Task<Answer<RevealedNote>> HandleAsync(Id id, RevealReason reveal, Work work, Database database, CancellationToken cancellation)
    {
        var record = await work.Db.FindAsync<Row>(work.Side(Find), new { tenant = work.Tenant, id }, cancellation) ?? throw ContactRecordProblems.NotFound.Refuse();
        var note = new Ciphers(record.NoteCipher, record.PointCipher);
        if (!work.Caller.IsBank && record.HasEnded)
        {
            note = await FindHiddenAsync(work, record, database, cancellation);
        }

        if (note is not { NoteCipher: not null } and not { PointCipher: not null })
        {
            throw ContactRecordProblems.NoNote.Refuse();
        }

        await work.AuditAsync("contact_record.revealed", id, reveal.Reason);
        return Answer.Ok(new RevealedNote(Open("note_cipher", note.NoteCipher), Open("point_cipher", note.PointCipher)));

        string? Open(string column, byte[]? cipher) => cipher is null ? null : work.PrivateFields.Decrypt(record.BankId, "contact_note", column, id, cipher);
    }

    // The database shows it to no ordinary session of the agency's, so that no list has it by mistake.
    private static async Task<Ciphers?> FindHiddenAsync(Work work, Row record, Database database, CancellationToken cancellation)
    {
        if (work.Caller.Context.Sight != Sight.All)
        {
            throw ContactRecordProblems.NoteHidden.Refuse();
        }

        if (record.RetainUntil <= work.Now)
        {
            return null;
        }

        await using var session = await database.OpenAsync(new TenantContext(work.Tenant, TenantKind.Agency, work.Caller.Person, Sight.Reveal), write: false, cancellation);
        return await session.FindAsync<Ciphers>(FindHidden, new { bank = record.BankId, record.Id }, cancellation);
    }

    private sealed record Ciphers(byte[]? NoteCipher, byte[]? PointCipher);

    private sealed record Row(
        Id Id, int BankId, DateTimeOffset? EndedAt, DateTimeOffset? AssignmentEndedAt, DateTimeOffset? RetainUntil, byte[]? NoteCipher, byte[]? PointCipher)
    {
        public bool HasEnded => EndedAt is not null || AssignmentEndedAt is not null;
    }
}

/// <summary>What was said and dialled, in full.</summary>
/// <param name="Note">What was said.</param>
/// <param name="Point">The number dialled, the address written to or visited.</param>
public sealed record RevealedNote(string? Note, string? Point);
