using Agency.Sdk;

namespace Agency.Portal.Pages.Cases;

/// <summary>An outcome as it is offered.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Key">The key that chooses it.</param>
/// <param name="Channels">The channels that it can come of; empty for all. The API decides, this is what is offered first.</param>
public sealed record OutcomeKey(Outcome Outcome, char Key, IReadOnlyList<Channel> Channels);

/// <summary>The outcomes of a contact under a hand: digits where nobody was reached, the upper row where somebody else was or on a visit, the lower two where the debtor spoke.</summary>
public static class OutcomeKeys
{
    private static readonly Channel[] Calls = [Channel.Call];
    private static readonly Channel[] Visits = [Channel.Visit];
    private static readonly Channel[] Written = [Channel.Sms, Channel.Email, Channel.Letter, Channel.Fax, Channel.Legal];

    /// <summary>By group, whose text is <c>outcome.group.{name}</c>.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<OutcomeKey> Outcomes)> Groups { get; } =
    [
        ("fail",
        [
            new(Outcome.NoAnswer, '1', []),
            new(Outcome.Busy, '2', [Channel.Call, Channel.Fax]),
            new(Outcome.SwitchedOff, '3', Calls),
            new(Outcome.OutOfService, '4', [Channel.Call, Channel.Sms, Channel.Email, Channel.Fax]),
            new(Outcome.WrongNumber, '5', [Channel.Call, Channel.Sms, Channel.Fax]),
            new(Outcome.Rejected, '6', [Channel.Call, .. Written, Channel.OfficeAppointment]),
            new(Outcome.Bounced, '0', Written),
        ]),
        ("reach",
        [
            new(Outcome.Voicemail, '7', Calls),
            new(Outcome.LeftMessage, '8', [Channel.Call, .. Written, Channel.Visit]),
            new(Outcome.HungUpUnverified, '9', Calls),
            new(Outcome.ThirdPartySpoke, 'q', []),
            new(Outcome.ThirdPartyRefused, 'w', []),
        ]),
        ("right_party",
        [
            new(Outcome.Promise, 'a', []),
            new(Outcome.PaidClaimed, 's', []),
            new(Outcome.PlanRequested, 'd', []),
            new(Outcome.Hardship, 'f', []),
            new(Outcome.Refused, 'g', []),
            new(Outcome.NonCommittal, 'h', []),
            new(Outcome.Callback, 'j', []),
            new(Outcome.Disputed, 'k', []),
            new(Outcome.FraudClaimed, 'l', []),
            new(Outcome.CeaseRequested, 'z', []),
            new(Outcome.ComplaintVoiced, 'x', []),
            new(Outcome.Represented, 'c', []),
            new(Outcome.Vulnerable, 'v', []),
            new(Outcome.DeceasedReported, 'b', []),
        ]),
        ("visit",
        [
            new(Outcome.Met, 'e', Visits),
            new(Outcome.NotHome, 'r', Visits),
            new(Outcome.NotLocated, 't', Visits),
            new(Outcome.RefusedEntry, 'y', Visits),
            new(Outcome.NoticeDeliveredSigned, 'u', Visits),
            new(Outcome.NoticeRefused, 'i', Visits),
        ]),
    ];
}
