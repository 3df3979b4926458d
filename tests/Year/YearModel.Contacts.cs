using Agency.Sdk;

namespace Agency.Tests.Year;

/// <content>Contacts that were had or sought, and corrected; permits asked for before.</content>
internal sealed partial class YearModel
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    public string? Report(ContactModel contact)
    {
        var c = contact.Case;
        if (!c.TakesReports(Now))
        {
            return "case.not_found";
        }

        var refusal = contact.At > Now + Skew ? "contact_record.in_future"
            : contact.At < c.OpenedAt - Skew ? "contact_record.before_tenure"
            : contact.At > c.EndedAt + Skew ? "contact_record.after_tenure"
            : Fits(contact.Channel, contact.Outcome)
            ?? (contact.Point is { } point && !(c.IsOpen ? point.IsSeenBy(c) : point.WasSeenIn(c)) ? "contact_record.contact_point_unknown" : null)
            ?? (contact.Supersedes is { } wrong && wrong.Case != c ? "contact_record.supersedes_unknown" : null)
            ?? (contact.Supersedes?.SupersededBy is not null ? "contact_record.is_superseded" : null)
            ?? Use(contact);
        if (refusal is null)
        {
            Write(contact);
        }

        return refusal;
    }

    /// <summary>Asks whether a contact may be made; a permit is made whatever the answer.</summary>
    public string? Check(PermitModel asked)
    {
        if (asked.Case.Ended is not null)
        {
            return "case.not_found";
        }

        if (asked.At < Now - Skew || asked.At > Now.AddDays(7))
        {
            return "contact_permit.time_out_of_range";
        }

        if (asked.Point is { } point && !point.IsSeenBy(asked.Case))
        {
            return "contact_permit.point_unknown";
        }

        asked.Findings.AddRange(Judge(new ContactModel(asked.Case, asked.Channel, Direction.Outbound, asked.Party, null, asked.At) { Point = asked.Point }, asked.Case.Account.Debtor.Zone));
        asked.Case.Permits.Add(asked);
        Tell("contact_permit.checked", asked, asked.Case.Agency, asked.Case, asked.Case.Account);
        return null;
    }

    private static string? Use(ContactModel contact)
    {
        if (contact.Permit is not { } permit)
        {
            return null;
        }

        return permit.Case != contact.Case ? "contact_permit.unknown"
            : permit.Answer == RuleAnswer.Deny ? "contact_permit.is_denied"
            : permit.Answer == RuleAnswer.Warn && permit.Reason is null ? "contact_permit.needs_reason"
            : permit.Channel != contact.Channel || permit.Party != contact.Party || contact.Direction != Direction.Outbound
                || (permit.Point is not null && contact.Point is not null && permit.Point != contact.Point) ? "contact_permit.differs"
            : contact.At < permit.At - Skew || contact.At >= permit.At.AddMinutes(15) ? "contact_permit.is_expired"
            : null;
    }

    private void Write(ContactModel contact)
    {
        var (c, permit) = (contact.Case, contact.Permit);
        contact.KnewZone = c.KnowsZone;
        contact.Late = Now - contact.At > TimeSpan.FromHours(24) || !c.IsOpen;

        // A warning is no breach where a reason was given: the record's own covers all, the permit's those it was warned of.
        contact.Breaches.AddRange(Judge(contact, c.Account.Debtor.Zone)
            .Where(finding => finding.Answer == RuleAnswer.Deny || (contact.Reason is null && !(permit is { Reason: not null } && permit.Findings.Contains(finding))))
            .Select(finding => finding.Rule));
        contact.Supersedes?.SupersededBy = contact;
        c.Contacts.Add(contact);
        c.Account.Debtor.Contacts.Add(contact);
        Tell("contact_record.reported", contact, c.Agency, c, c.Account);
        if (!c.IsOpen)
        {
            return;
        }

        if (HoldOf(contact.Outcome!.Value) is { } kind)
        {
            _ = Raise(c.Account, c, kind, "agency", out _);
        }

        if (contact is { Point: { } point, Outcome.Value: "wrong_number" or "out_of_service" })
        {
            Mark(point, Sdk.Mark.Invalid, c.Agency, c);
        }
    }

    private static string? HoldOf(Outcome outcome) => outcome.Value switch
    {
        "disputed" => "dispute",
        "fraud_claimed" => "fraud",
        "cease_requested" => "cease_contact",
        "complaint_voiced" => "complaint",
        "deceased_reported" => "deceased",
        _ => null,
    };

    // What a visit alone can bring comes of nothing else, and what a call alone can bring neither. The year makes no other misfits.
    private static string? Fits(Channel channel, Outcome? outcome) => (channel.Value, outcome?.Value) switch
    {
        (not "visit", "met" or "not_home" or "not_located" or "refused_entry" or "notice_refused") => "contact_record.outcome_of_visit",
        (not "call", "voicemail" or "switched_off" or "hung_up_unverified") => "contact_record.outcome_of_other_channel",
        _ => null,
    };
}

/// <summary>A contact, had or asked for; of one that is asked for the outcome is not known.</summary>
internal sealed class ContactModel(CaseModel @case, Channel channel, Direction direction, Party party, Outcome? outcome, DateTimeOffset at) : Thing
{
    public CaseModel Case { get; } = @case;

    public Channel Channel { get; } = channel;

    public Direction Direction { get; } = direction;

    public Party Party { get; } = party;

    public Outcome? Outcome { get; } = outcome;

    public DateTimeOffset At { get; } = at;

    public PointModel? Point { get; init; }

    public PermitModel? Permit { get; init; }

    public string? Reason { get; init; }

    public ContactModel? Supersedes { get; init; }

    public ContactModel? SupersededBy { get; set; }

    public bool KnewZone { get; set; }

    public bool Late { get; set; }

    public List<string> Breaches { get; } = [];

    public bool IsDial => Channel == Channel.Call && Direction == Direction.Outbound;
}

/// <summary>What the rules said of a contact before it was made.</summary>
internal sealed class PermitModel(CaseModel @case, Channel channel, Party party, DateTimeOffset at) : Thing
{
    public CaseModel Case { get; } = @case;

    public Channel Channel { get; } = channel;

    public Party Party { get; } = party;

    public DateTimeOffset At { get; } = at;

    public PointModel? Point { get; init; }

    public string? Reason { get; init; }

    public List<FindingModel> Findings { get; } = [];

    public RuleAnswer Answer => RuleAnswer.Known.Last(answer => answer == RuleAnswer.Allow || Findings.Exists(finding => finding.Answer == answer));
}

/// <summary>A rule that a contact breaks.</summary>
internal sealed record FindingModel(string Rule, RuleAnswer Answer);
