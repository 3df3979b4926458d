using Agency.Api.Cases;
using Agency.Api.ContactPoints;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Holds;
using Agency.Api.Http;

namespace Agency.Api.ContactRecords;

/// <summary>Writes contacts that were found fit, one or a thousand alike, and what follows from them.</summary>
internal static class ContactRecordWriter
{
    private static readonly Sql Insert = new("""
        INSERT INTO contact_record (bank_id, id, agency_id, case_id, account_id, debtor_id, channel, direction, party, outcome, occurred_at, received_at,
            duration_seconds, agency_reference, person_id, client_id, collector_id, note_digest, point_digest, time_zone, contact_point_id,
            recording_reference, recording_sha256, supersedes_id, breaches, permit_id, override_reason)
        VALUES (@bank, @id, @tenant, @case, @account, @debtor, @channel, @direction, @party, @outcome, @occurredAt, @now,
            @durationSeconds, @agencyReference, @person, @client, @collector, @noteDigest, @pointDigest, @timeZone, @contactPointId,
            @recordingReference, @recordingSha256, @supersedes, @breaches, @permitId, @overrideReason)
        """);

    // Apart from the record, because these two are erased one day and the record stays.
    private static readonly Sql InsertNote = new("""
        INSERT INTO contact_note (bank_id, contact_record_id, agency_id, case_id, note_cipher, point_cipher, received_at)
        VALUES (@bank, @id, @tenant, @case, @note, @point, @now)
        """);

    public static async Task WriteAsync(Work work, Standing standing, IReadOnlyList<ContactReport> reports, CancellationToken cancellation)
    {
        await work.Db.ExecuteAsync(Insert, reports.Select(report => RecordOf(work, report)).ToList(), cancellation);
        var withNote = reports.Where(report => report.Contact.Note is not null || report.Contact.Point is not null).ToList();
        if (withNote.Count > 0)
        {
            await work.Db.ExecuteAsync(InsertNote, withNote.ConvertAll(report => NoteOf(work, report)), cancellation);
        }

        foreach (var report in reports)
        {
            await work.AuditAsync("contact_record.reported", report.Id);
        }

        await work.EmitAllAsync([.. reports.Select(report => HappenedBy(work, report))]);
        await RaiseHoldsAsync(work, reports);
        await OrderAsync(work, reports);
        await MarkAsync(work, standing, reports);
    }

    private static object RecordOf(Work work, ContactReport report)
    {
        var (tenure, contact) = (report.Tenure, report.Contact);
        return new
        {
            bank = tenure.BankId,
            report.Id,
            tenant = work.Tenant,
            @case = tenure.CaseId,
            account = tenure.AccountId,
            debtor = tenure.DebtorId,
            channel = Words.Of(contact.Channel),
            direction = Words.Of(contact.Direction),
            party = Words.Of(contact.Party),
            outcome = Words.Of(contact.Outcome),
            contact.OccurredAt,
            now = work.Now,
            contact.DurationSeconds,
            contact.AgencyReference,
            person = work.Caller.Person,
            client = work.Caller.Client,
            collector = contact.CollectorId ?? work.Caller.Person,
            noteDigest = DigestOf("note", contact.Note),
            pointDigest = DigestOf("point", report.NormalPoint),
            tenure.TimeZone,
            contact.ContactPointId,
            contact.RecordingReference,
            recordingSha256 = contact.RecordingSha256 is null ? null : Convert.FromHexString(contact.RecordingSha256),
            contact.Supersedes,
            report.Breaches,
            contact.PermitId,
            report.OverrideReason,
        };

        byte[]? DigestOf(string column, string? value) => value is null ? null : work.PrivateFields.BlindIndex(tenure.BankId, "contact_note", column, value);
    }

    private static object NoteOf(Work work, ContactReport report)
    {
        var bank = report.Tenure.BankId;
        return new
        {
            bank,
            report.Id,
            tenant = work.Tenant,
            @case = report.Tenure.CaseId,
            note = CipherOf("note_cipher", report.Contact.Note),
            point = CipherOf("point_cipher", report.Contact.Point),
            now = work.Now,
        };

        byte[]? CipherOf(string column, string? value) => value is null ? null : work.PrivateFields.Encrypt(bank, "contact_note", column, report.Id, value);
    }

    private static Event HappenedBy(Work work, ContactReport report) =>
        new("contact_record.reported", report.Id, report.Tenure.BankId, work.Tenant, report.Tenure.CaseId, report.Tenure.AccountId);

    // A case that has ended is worked by nobody, so there is no work to stop.
    private static async Task RaiseHoldsAsync(Work work, IReadOnlyList<ContactReport> reports)
    {
        foreach (var report in reports.Where(report => report.Tenure.EndedAt is null))
        {
            var tenure = report.Tenure;
            await OutcomeHolds.RaiseAsync(work, new HoldPlace(tenure.BankId, tenure.AccountId, work.Tenant, tenure.CaseId), report.Id, report.Contact.Outcome);
        }
    }

    private static async Task OrderAsync(Work work, IReadOnlyList<ContactReport> reports)
    {
        foreach (var ofCase in reports.GroupBy(report => (report.Tenure.BankId, report.Tenure.CaseId)))
        {
            await (ofCase.Any(report => report.Contact.Supersedes is not null)
                ? CaseOrder.CorrectedAsync(work, ofCase.Key.BankId, ofCase.Key.CaseId)
                : CaseOrder.ContactedAsync(work, ofCase.Key.BankId, ofCase.Key.CaseId, ofCase.Max(report => report.Contact.OccurredAt)));
        }
    }

    // What was tried in vain is known not to work: the next collector need not try it again.
    private static async Task MarkAsync(Work work, Standing standing, IReadOnlyList<ContactReport> reports)
    {
        PointMark[] marks =
        [
            .. from report in reports
               where report.Tenure.IsOpen && Outcomes.MakesInvalid(report.Contact.Outcome)
               let tenure = report.Tenure
               from point in report.Contact.ContactPointId is { } named ? [named] : Array.Empty<Id>()
               select new PointMark(work.NewId(), tenure.BankId, point, Mark.Invalid, tenure.CaseId, tenure.AccountId, work.Tenant),
        ];
        if (marks.Length > 0)
        {
            await standing.MarkAsync(work, marks);
        }
    }
}
