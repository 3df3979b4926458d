using Agency.Api.Cases;
using Agency.Api.ContactPermits;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.ContactRecords;

/// <summary>An agency reports a contact it had or sought. What happened is always recorded, allowed or not.</summary>
internal static class Report
{
    private static readonly Sql Insert = new("""
        INSERT INTO contact_record (bank_id, id, agency_id, case_id, account_id, channel, direction, party, outcome, occurred_at, received_at,
            duration_seconds, agency_reference, person_id, client_id, note_digest, point_digest, debtor_id, permit_id, breaches, override_reason)
        VALUES (@bank, @id, @tenant, @case, @account, @channel, @direction, @party, @outcome, @occurredAt, @now,
            @durationSeconds, @agencyReference, @person, @client, @noteDigest, @pointDigest, @debtor, @permitId, @breaches, @overrideReason)
        """);

    // Apart from the record, because these two are erased one day and the record stays.
    private static readonly Sql InsertNote = new("""
        INSERT INTO contact_note (bank_id, contact_record_id, agency_id, case_id, note_cipher, point_cipher)
        VALUES (@bank, @id, @tenant, @case, @note, @point)
        """);

    public static void Map(RouteGroupBuilder ofCase) => ofCase.MapPost("/", HandleAsync)
        .Describe("ContactRecords_Create", Scopes.ContactRecordsWrite, "Report a contact", "Adds a contact record to an open case. It can't be changed afterwards.")
        .Returns<ContactRecord>(StatusCodes.Status201Created)
        .Refuses(
            HttpProblems.WrongTenantKind, ContactRecordProblems.InFuture, ContactRecordProblems.BeforeTenure, ContactRecordProblems.OutcomeOfVisit,
            ContactPermitProblems.Unknown, ContactPermitProblems.IsDenied, ContactPermitProblems.NeedsReason, ContactPermitProblems.IsExpired, ContactPermitProblems.Differs)
        .On(Cases.Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<ContactRecord>> HandleAsync(
        Id id, NewContactRecord contact, Work work, ContactRules rules, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        var found = await Cases.Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var @case = found.Case;
        Check(contact, @case, work.Now);
        var judged = await rules.JudgeRecordAsync(
            work,
            new(@case.BankId, id, @case.AccountId, @case.DebtorId, found.Account.TimeZone),
            new(contact.Channel, contact.Direction, contact.Party, contact.Outcome, contact.OccurredAt, Point: contact.Point),
            contact.PermitId,
            contact.OverrideReason,
            cancellation);

        var record = work.NewId();
        var fields = work.PrivateFields;
        await work.Db.ExecuteAsync(Insert, new
        {
            bank = @case.BankId,
            id = record,
            tenant = work.Tenant,
            @case = id,
            account = @case.AccountId,
            debtor = @case.DebtorId,
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
            contact.PermitId,
            breaches = judged.Breaches.Count == 0 ? null : string.Join(' ', judged.Breaches),
            judged.OverrideReason,
            noteDigest = contact.Note is null ? null : fields.BlindIndex(@case.BankId, "contact_note", "note", contact.Note),
            pointDigest = contact.Point is null ? null : fields.BlindIndex(@case.BankId, "contact_note", "point", contact.Point),
        }, cancellation);
        if (contact.Note is not null || contact.Point is not null)
        {
            await work.Db.ExecuteAsync(InsertNote, new
            {
                bank = @case.BankId,
                id = record,
                tenant = work.Tenant,
                @case = id,
                note = contact.Note is null ? null : fields.Encrypt(@case.BankId, "contact_note", "note_cipher", record, contact.Note),
                point = contact.Point is null ? null : fields.Encrypt(@case.BankId, "contact_note", "point_cipher", record, contact.Point),
            }, cancellation);
        }

        await CaseOrder.ContactedAsync(work, @case.BankId, id, contact.OccurredAt);
        await work.AuditAsync("contact_record.reported", record);
        await work.EmitAsync(new("contact_record.reported", record, @case.BankId, work.Tenant, id, @case.AccountId));
        return Answer.Created($"/v1/contact-records/{record}", (await Get.ReadAsync(work, record, cancellation))!);
    }

    private static void Check(NewContactRecord contact, CaseRow @case, DateTimeOffset now)
    {
        if (contact.OccurredAt > now + ContactRules.ClockSkew)
        {
            throw ContactRecordProblems.InFuture.Refuse();
        }

        if (contact.OccurredAt < @case.OpenedAt - ContactRules.ClockSkew)
        {
            throw ContactRecordProblems.BeforeTenure.Refuse();
        }

        if (contact.Outcome >= Outcome.Met && contact.Channel != Channel.Visit)
        {
            throw ContactRecordProblems.OutcomeOfVisit.Refuse();
        }
    }
}

/// <summary>The contact to report.</summary>
/// <param name="Channel">How contact was sought.</param>
/// <param name="Direction">Who began it.</param>
/// <param name="Party">Whom it reached, or was meant for.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="OccurredAt">When it happened; not before the case was opened, not in the future.</param>
/// <param name="DurationSeconds">How long the conversation was; zero or more.</param>
/// <param name="Point">The number dialled, the address written to or visited. Kept encrypted, never shown again.</param>
/// <param name="Note">What was said; up to 4,000 characters. Kept encrypted.</param>
/// <param name="AgencyReference">The agency's own number for it; up to 64 characters.</param>
/// <param name="PermitId">The contact permit that was asked for before: of this case, for this contact, and holding when it was made.</param>
/// <param name="OverrideReason">Why it was made in spite of a warning; up to 400 characters, no private data of the debtor's.</param>
public sealed record NewContactRecord(
    Channel Channel, Direction Direction, Party Party, Outcome Outcome, DateTimeOffset OccurredAt,
    int? DurationSeconds = null, string? Point = null, string? Note = null, string? AgencyReference = null, Id? PermitId = null, string? OverrideReason = null)
{
    private const int SecondsOfADay = 86_400;

    private sealed class Rules : AbstractValidator<NewContactRecord>
    {
        public Rules()
        {
            RuleFor(c => c.DurationSeconds).InclusiveBetween(0, SecondsOfADay);
            RuleFor(c => c.Point).MaximumLength(400);
            RuleFor(c => c.Note).MaximumLength(4000);
            RuleFor(c => c.AgencyReference).MaximumLength(64);
            RuleFor(c => c.OverrideReason).NotEmpty().MaximumLength(400).When(c => c.OverrideReason is not null);
        }
    }
}
