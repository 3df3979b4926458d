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

/// <summary>One contact with a debtor, as the agency reported it. It is never changed and never removed.</summary>
/// <param name="Id">The record.</param>
/// <param name="CaseId">The case it belongs to.</param>
/// <param name="Channel">How contact was sought.</param>
/// <param name="Direction">Who began it.</param>
/// <param name="Party">Whom it reached, or was meant for.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="OccurredAt">When it happened.</param>
/// <param name="ReceivedAt">When it was reported.</param>
/// <param name="DurationSeconds">How long the conversation was.</param>
/// <param name="AgencyReference">The agency's own number for it.</param>
/// <param name="Note">What was said. Shown to the bank, and to the agency while its case is open.</param>
/// <param name="CollectorId">The person who made the contact, when a person reported it.</param>
/// <param name="AccountNumber">The bank's number of the account; to the agency only while its case is open.</param>
public sealed record ContactRecord(
    Id Id, Id CaseId, Channel Channel, Direction Direction, Party Party, Outcome Outcome, DateTimeOffset OccurredAt, DateTimeOffset ReceivedAt,
    int? DurationSeconds, string? AgencyReference, string? Note, Id? CollectorId, string? AccountNumber);

/// <summary>What can be wrong with a contact record.</summary>
public static class ContactRecordProblems
{
    public static readonly Problem NotFound = new("contact_record.not_found", 404, "There is no such contact record.", "催记不存在。");
    public static readonly Problem InFuture = new("contact_record.in_future", 422, "A contact can't be reported before it happens.", "催记时间不能晚于当前时间。");
    public static readonly Problem BeforeTenure = new("contact_record.before_tenure", 422, "The contact is dated before the case was opened.", "催记时间早于案件开始时间。");
    public static readonly Problem OutcomeOfVisit = new("contact_record.outcome_of_visit", 422, "This outcome is one of a visit: the channel must be visit.", "该结果仅适用于外访。");
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
        Get.Map(records);
    }
}

/// <summary>A record as stored; its note comes along while the caller may read it.</summary>
internal sealed record ContactRecordRow(
    Id Id, int BankId, Id CaseId, string Channel, string Direction, string Party, string Outcome, DateTimeOffset OccurredAt, DateTimeOffset ReceivedAt,
    int? DurationSeconds, string? AgencyReference, Id? PersonId, byte[]? NoteCipher, string? AccountNumber)
{
    public const string Columns = """
        r.id, r.bank_id, r.case_id, r.channel, r.direction, r.party, r.outcome, r.occurred_at, r.received_at,
        r.duration_seconds, r.agency_reference, r.person_id, n.note_cipher,
        a.account_number
        """;

    public const string Tables = """
        contact_record AS r
        LEFT JOIN contact_note AS n ON n.bank_id = r.bank_id AND n.contact_record_id = r.id
        LEFT JOIN account AS a ON a.bank_id = r.bank_id AND a.id = r.account_id
        """;

    public ContactRecord View(PrivateFields fields) => new(
        Id, CaseId, Words.Read<Channel>(Channel), Words.Read<Direction>(Direction), Words.Read<Party>(Party), Words.Read<Outcome>(Outcome),
        OccurredAt, ReceivedAt, DurationSeconds, AgencyReference,
        NoteCipher is null ? null : fields.Decrypt(BankId, "contact_note", "note_cipher", Id, NoteCipher), PersonId, AccountNumber);
}
