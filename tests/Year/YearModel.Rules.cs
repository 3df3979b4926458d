using Agency.Sdk;

namespace Agency.Tests.Year;

/// <content>
/// The rules of domain.md, said plainly. A contact that has happened is judged by the hour, the counts and the circumstances of when it
/// happened; of calls those of every agency count, and a record that was corrected counts no more.
/// </content>
internal sealed partial class YearModel
{
    private static readonly Outcome[] Unanswered = [Outcome.NoAnswer, Outcome.Busy, Outcome.SwitchedOff, Outcome.OutOfService, Outcome.Rejected, Outcome.Bounced];
    private static readonly Outcome[] Failed = [.. Unanswered, Outcome.WrongNumber, Outcome.NotHome, Outcome.NotLocated];
    private static readonly Outcome[] Unconnected = [Outcome.Busy, Outcome.OutOfService];

    private static readonly Outcome[] RightParty =
    [
        Outcome.Promise, Outcome.PaidClaimed, Outcome.PlanRequested, Outcome.Hardship, Outcome.Refused, Outcome.NonCommittal, Outcome.Disputed, Outcome.FraudClaimed,
        Outcome.Callback, Outcome.CeaseRequested, Outcome.ComplaintVoiced, Outcome.Represented, Outcome.Vulnerable, Outcome.DeceasedReported,
    ];

    private static readonly Outcome[] Spoken = [.. RightParty, Outcome.ThirdPartySpoke, Outcome.ThirdPartyRefused, Outcome.HungUpUnverified];

    private static List<FindingModel> Judge(ContactModel contact, TimeZoneInfo zone)
    {
        if (contact.Direction == Direction.Inbound)
        {
            return [];
        }

        var terms = contact.Case.Assignment.Terms;
        var point = contact.Point ?? contact.Permit?.Point;
        var party = point?.Party == Party.RelatedContact ? Party.RelatedContact : contact.Party;
        var findings = terms.Pack == RulePackCode.Cn
            ? JudgeInChina(contact, party, point, zone)
            : JudgeInAmerica(contact, party, point, zone);
        AddIf(findings, contact.Case.Notices.LastOrDefault(notice => notice.At <= contact.At).Given, "CASE-RECALL");
        AddIf(findings, contact.Case.Account.Holds.Exists(hold => hold.StoodAt(contact.At)), "CASE-HOLD");
        AddIf(findings, !terms.Allows(contact.Channel), "CASE-CHANNEL");
        return findings;
    }

    private static List<FindingModel> JudgeInChina(ContactModel contact, Party party, PointModel? point, TimeZoneInfo zone)
    {
        var (local, findings) = (Local(contact.At, zone), new List<FindingModel>());
        var today = Earlier(contact).Where(other => other.IsDial && Local(other.At, zone).Date == local.Date).ToList();
        var isUnreachable = IsUnreachable(contact);

        // CN-TIME-01: no contact 22:00–08:00 in the debtor's time zone, unless consented.
        AddIf(findings, local.Hour is < 8 or >= 22 && point?.ConsentAt(contact.At) != Consent.Given, "CN-TIME-01");

        // CN-FREQ-01: at most 3 effective voice conversations a day per debtor.
        AddIf(findings, contact.IsDial && MayBe(contact, Spoken) && today.Count(other => Is(other, Spoken)) >= 3, "CN-FREQ-01");

        // CN-FREQ-02: warn above 6 unanswered dials a day to one contact point.
        AddIf(findings, contact.IsDial && MayBe(contact, Unanswered) && today.Count(other => other.Point == point && Is(other, Unanswered)) >= 6, "CN-FREQ-02", RuleAnswer.Warn);

        // CN-TGT-01, CN-TGT-02: a related contact only when the debtor cannot be reached, and not after a refusal.
        var hasRefused = Earlier(contact).Any(other => other.Party == Party.RelatedContact && other.Outcome == Outcome.ThirdPartyRefused
            && (point is null || other.Point is null || other.Point == point));
        AddIf(findings, party == Party.RelatedContact && !isUnreachable, "CN-TGT-01");
        AddIf(findings, party == Party.RelatedContact && (!isUnreachable || hasRefused), "CN-TGT-02");
        AddIf(findings, point?.IsOptedOutAt(contact.At) is true, "CN-OPT-01");
        return findings;
    }

    private static List<FindingModel> JudgeInAmerica(ContactModel contact, Party party, PointModel? point, TimeZoneInfo zone)
    {
        var (local, findings) = (Local(contact.At, zone), new List<FindingModel>());
        var week = Earlier(contact)
            .Where(other => other.Channel == Channel.Call && other.Case.Account == contact.Case.Account && other.Party == party && Local(other.At, zone).Date > local.Date.AddDays(-7))
            .ToList();
        var wouldCount = contact.IsDial && !Is(contact, Unconnected);

        // US-TIME-01: 08:00–21:00 at the consumer's location.
        AddIf(findings, local.Hour is < 8 or >= 21, "US-TIME-01");

        // US-FREQ-01: warn above 7 calls in 7 consecutive days per person per debt.
        AddIf(findings, wouldCount && week.Count(other => other.IsDial && !Is(other, Unconnected)) >= 7, "US-FREQ-01", RuleAnswer.Warn);

        // US-FREQ-02: warn within 7 days after a conversation, its day being day 1.
        AddIf(findings, wouldCount && week.Exists(other => Is(other, RightParty)), "US-FREQ-02", RuleAnswer.Warn);
        AddIf(findings, point?.IsOptedOutAt(contact.At) is true, "US-OPT-01");
        return findings;
    }

    // No phone of the debtor's works, or three attempts at the debtor failed in a row.
    private static bool IsUnreachable(ContactModel contact)
    {
        var (debtor, agency) = (contact.Case.Account.Debtor, contact.Case.Agency);
        var attempts = Earlier(contact).Where(other => other.Party == Party.Debtor).ToList();
        var reached = attempts.Where(other => !Is(other, Failed)).Select(other => other.At).DefaultIfEmpty(DateTimeOffset.MinValue).Max();
        return !debtor.Points.Exists(point => point is { Kind.Value: "phone", Party.Value: "debtor", Status.Value: not "invalid" } && point.IsKnownTo(agency))
            || attempts.Count(other => other.At > reached && other.Direction == Direction.Outbound && Is(other, Failed)) >= 3;
    }

    private static IEnumerable<ContactModel> Earlier(ContactModel contact) =>
        contact.Case.Account.Debtor.Contacts.Where(other => other.SupersededBy is null && other != contact.Supersedes && other.At <= contact.At);

    private static bool Is(ContactModel contact, Outcome[] outcomes) => contact.Outcome is { } outcome && outcomes.Contains(outcome);

    private static bool MayBe(ContactModel contact, Outcome[] outcomes) => contact.Outcome is null || Is(contact, outcomes);

    private static DateTime Local(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).DateTime;

    private static void AddIf(List<FindingModel> findings, bool broken, string rule, RuleAnswer? answer = null)
    {
        if (broken)
        {
            findings.Add(new FindingModel(rule, answer ?? RuleAnswer.Deny));
        }
    }
}
