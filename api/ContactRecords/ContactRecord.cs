using System.Globalization;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.ContactRecords;

/// <summary>How contact was sought.</summary>
public enum Channel
{
    Call,
    Sms,
    Email,
    Letter,
    Fax,
    Visit,
    OfficeAppointment,
    Legal,
}

/// <summary>Who began it.</summary>
public enum Direction
{
    Outbound,
    Inbound,
}

/// <summary>Whom it reached, or was meant for.</summary>
public enum Party
{
    Debtor,
    LiableParty,
    RelatedContact,
}

/// <summary>What came of it.</summary>
public enum Outcome
{
    NoAnswer,
    Busy,
    SwitchedOff,
    OutOfService,
    WrongNumber,
    Rejected,
    Bounced,
    Voicemail,
    LeftMessage,
    ThirdPartySpoke,
    ThirdPartyRefused,
    HungUpUnverified,
    Promise,
    PaidClaimed,
    PlanRequested,
    Hardship,
    Refused,
    NonCommittal,
    Disputed,
    FraudClaimed,
    Callback,
    CeaseRequested,
    ComplaintVoiced,
    Represented,
    Vulnerable,
    DeceasedReported,
    Met,
    NotHome,
    NotLocated,
    RefusedEntry,
    NoticeDeliveredSigned,
    NoticeRefused,
}

/// <summary>One contact with a debtor, as the agency reported it. It is never changed and never removed; a later record may correct it.</summary>
/// <param name="Id">The record.</param>
/// <param name="CaseId">The case it belongs to.</param>
/// <param name="Channel">How contact was sought.</param>
/// <param name="Direction">Who began it.</param>
/// <param name="Party">Whom it reached, or was meant for.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="OccurredAt">When it happened.</param>
/// <param name="ReceivedAt">When it was reported.</param>
/// <param name="Late">It was reported more than 24 hours after it happened, or after the case had ended.</param>
/// <param name="TimeZone">The debtor's time zone at the time of the report. Absent where it was no longer known.</param>
/// <param name="LocalTime">When it happened, on the debtor's clock: RFC 3339 with the zone's offset.</param>
/// <param name="DurationSeconds">How long the conversation was.</param>
/// <param name="ContactPointId">The contact point that was used, when the agency named it.</param>
/// <param name="AgencyReference">The agency's own number for it.</param>
/// <param name="RecordingReference">Where the agency keeps the recording.</param>
/// <param name="RecordingSha256">The recording's SHA-256, in hexadecimal.</param>
/// <param name="Note">What was said. Shown to the bank, and to the agency while its case is open; its managers may reveal it after, until it is erased.</param>
/// <param name="CollectorId">The person who made the contact.</param>
/// <param name="Breaches">The ids of the rules that the contact broke. It is recorded all the same.</param>
/// <param name="PermitId">The contact check that it relied on.</param>
/// <param name="OverrideReason">Why the contact was made in spite of a warning.</param>
/// <param name="Supersedes">The record that this one corrects.</param>
/// <param name="SupersededBy">The record that corrects this one; this one stays and counts no more.</param>
/// <param name="AccountNumber">The bank's number of the account; to the agency only while its case is open.</param>
public sealed record ContactRecord(
    Id Id, Id CaseId, Channel Channel, Direction Direction, Party Party, Outcome Outcome, DateTimeOffset OccurredAt, DateTimeOffset ReceivedAt, bool Late,
    string? TimeZone, string? LocalTime, int? DurationSeconds, Id? ContactPointId, string? AgencyReference, string? RecordingReference, string? RecordingSha256,
    string? Note, Id? CollectorId, IReadOnlyList<string> Breaches, Id? PermitId, string? OverrideReason, Id? Supersedes, Id? SupersededBy, string? AccountNumber);

/// <summary>What can be wrong with a contact record.</summary>
public static class ContactRecordProblems
{
    public static readonly Problem NotFound = new("contact_record.not_found", 404, "There is no such contact record.", "催记不存在。");
    public static readonly Problem InFuture = new("contact_record.in_future", 422, "A contact can't be reported before it happens.", "催记时间不能晚于当前时间。");
    public static readonly Problem BeforeTenure = new("contact_record.before_tenure", 422, "The contact is dated before the case was opened.", "催记时间早于案件开始时间。");
    public static readonly Problem AfterTenure = new("contact_record.after_tenure", 422, "The contact is dated after the case ended.", "催记时间晚于案件结束时间。");
    public static readonly Problem OutcomeOfVisit = new("contact_record.outcome_of_visit", 422, "This outcome is one of a visit: the channel must be visit.", "该结果仅适用于外访。");
    public static readonly Problem OutcomeOfOtherChannel = new("contact_record.outcome_of_other_channel", 422, "This outcome can't come of this channel.", "该结果不适用于此渠道。");
    public static readonly Problem ContactPointUnknown = new("contact_record.contact_point_unknown", 422, "The contact point is none of this debtor's that you see, or saw while you had the case: leave it out, or name one of the case's.", "联系方式不属于该债务人，或在案件期间对本机构不可见，请留空或使用本案件的联系方式。");
    public static readonly Problem CollectorUnknown = new("contact_record.collector_unknown", 422, "The collector named is no person of this agency.", "所填催收员不是本机构人员。");
    public static readonly Problem SupersedesUnknown = new("contact_record.supersedes_unknown", 422, "The record to correct is none that you reported on this case.", "被更正的催记不是本机构在该案件下的催记。");
    public static readonly Problem NoteHidden = new("contact_record.note_hidden", 409, "The case has ended: a manager may reveal what was said.", "案件已结束，备注仅可由经理查看。");
    public static readonly Problem NoNote = new("contact_record.no_note", 409, "There is no note and no point dialled: none was reported, or they are erased.", "该催记没有备注或拨打号码，或已被删除。");
    public static readonly Problem IsSuperseded = new("contact_record.is_superseded", 409, "The record is corrected already: correct the one that corrects it.", "该催记已被更正，请更正其最新记录。");
}

internal static class ContactRecordRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var ofCase = v1.MapGroup("/cases/{id}/contact-records").WithTags("ContactRecords");
        Report.Map(ofCase);
        List.MapOfCase(ofCase);

        var records = v1.MapGroup("/contact-records").WithTags("ContactRecords");
        List.Map(records);
        ReportBatch.Map(records);
        Get.Map(records);
        Reveal.Map(records);
    }
}

/// <summary>A record as stored, with its case's end and its correction; its note comes along while the caller may read it.</summary>
internal sealed record ContactRecordRow(
    Id Id, int BankId, Id CaseId, string Channel, string Direction, string Party, string Outcome, DateTimeOffset OccurredAt, DateTimeOffset ReceivedAt,
    int? DurationSeconds, string? AgencyReference, Id? CollectorId, string? TimeZone, Id? ContactPointId, Id? PermitId, string? Breaches, string? OverrideReason,
    string? RecordingReference, byte[]? RecordingSha256, Id? SupersedesId, Id? SupersededById, DateTimeOffset? CaseEndedAt, byte[]? NoteCipher, string? AccountNumber)
{
    public const string Columns = """
        r.id, r.bank_id, r.case_id, r.channel, r.direction, r.party, r.outcome, r.occurred_at, r.received_at,
        r.duration_seconds, r.agency_reference, COALESCE(r.collector_id, r.person_id) AS collector_id, r.time_zone, r.contact_point_id, r.permit_id, r.breaches, r.override_reason,
        r.recording_reference, r.recording_sha256, r.supersedes_id, y.id AS superseded_by_id, k.ended_at AS case_ended_at, n.note_cipher, a.account_number
        """;

    public const string Tables = """
        contact_record AS r
        LEFT JOIN contact_note AS n ON n.bank_id = r.bank_id AND n.contact_record_id = r.id
        LEFT JOIN contact_record AS y ON y.bank_id = r.bank_id AND y.supersedes_id = r.id
        LEFT JOIN [case] AS k ON k.bank_id = r.bank_id AND k.id = r.case_id
        LEFT JOIN account AS a ON a.bank_id = r.bank_id AND a.id = r.account_id
        """;

    private static readonly TimeSpan InTime = TimeSpan.FromHours(24);

    public ContactRecord View(PrivateFields fields) => new(
        Id, CaseId, Words.Read<Channel>(Channel), Words.Read<Direction>(Direction), Words.Read<Party>(Party), Words.Read<Outcome>(Outcome),
        OccurredAt, ReceivedAt, ReceivedAt - OccurredAt > InTime || ReceivedAt > CaseEndedAt, TimeZone, TimeZone is null ? null : LocalTime(TimeZone),
        DurationSeconds, ContactPointId, AgencyReference, RecordingReference, RecordingSha256 is null ? null : Convert.ToHexStringLower(RecordingSha256),
        NoteCipher is null ? null : fields.Decrypt(BankId, "contact_note", "note_cipher", Id, NoteCipher),
        CollectorId, Breaches?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [], PermitId, OverrideReason, SupersedesId, SupersededById, AccountNumber);

    private string LocalTime(string zone) =>
        TimeZoneInfo.ConvertTime(OccurredAt, TimeZoneInfo.FindSystemTimeZoneById(zone)).ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
}
