using Agency.Api.ContactRecords;

namespace Agency.Api.RulePacks;

/// <summary>What the rules make of a contact's outcome.</summary>
internal static class OutcomeSets
{
    /// <summary>Nobody took the call.</summary>
    public static readonly IReadOnlySet<Outcome> Unanswered = new HashSet<Outcome>
    {
        Outcome.NoAnswer, Outcome.Busy, Outcome.SwitchedOff, Outcome.OutOfService, Outcome.Rejected, Outcome.Bounced,
    };

    /// <summary>The attempt did not reach whom it was for.</summary>
    public static readonly IReadOnlySet<Outcome> Failed = new HashSet<Outcome>(Unanswered) { Outcome.WrongNumber, Outcome.NotHome, Outcome.NotLocated };

    /// <summary>The dial was not connected to the number: 12 CFR 1006.14(b)(3)(ii) leaves it out of the count.</summary>
    public static readonly IReadOnlySet<Outcome> Unconnected = new HashSet<Outcome> { Outcome.Busy, Outcome.OutOfService };

    /// <summary>Somebody spoke. A voicemail or a message left is no conversation.</summary>
    public static readonly IReadOnlySet<Outcome> Spoken = new HashSet<Outcome>
    {
        Outcome.ThirdPartySpoke, Outcome.ThirdPartyRefused, Outcome.HungUpUnverified, Outcome.Promise, Outcome.PaidClaimed, Outcome.PlanRequested,
        Outcome.Hardship, Outcome.Refused, Outcome.NonCommittal, Outcome.Disputed, Outcome.FraudClaimed, Outcome.Callback, Outcome.CeaseRequested,
        Outcome.ComplaintVoiced, Outcome.Represented, Outcome.Vulnerable, Outcome.DeceasedReported,
    };

    /// <summary>The one it was for spoke, about the debt.</summary>
    public static readonly IReadOnlySet<Outcome> RightParty = new HashSet<Outcome>(Spoken.Except([Outcome.ThirdPartySpoke, Outcome.ThirdPartyRefused, Outcome.HungUpUnverified]));

    /// <summary>The words of a set, as a statement lists them.</summary>
    public static string Words(IReadOnlySet<Outcome> set) => string.Join(", ", set.Select(outcome => $"'{Http.Words.Of(outcome)}'"));
}
