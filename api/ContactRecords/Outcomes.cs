using System.Collections.Frozen;
using Agency.Api.Http;

namespace Agency.Api.ContactRecords;

/// <summary>Which outcomes can come of which channel. What the right party says can be said on all of them.</summary>
internal static class Outcomes
{
    private static readonly Outcome[] OfRightParty =
    [
        Outcome.Promise, Outcome.PaidClaimed, Outcome.PlanRequested, Outcome.Hardship, Outcome.Refused, Outcome.NonCommittal, Outcome.Disputed,
        Outcome.FraudClaimed, Outcome.Callback, Outcome.CeaseRequested, Outcome.ComplaintVoiced, Outcome.Represented, Outcome.Vulnerable, Outcome.DeceasedReported,
    ];

    private static readonly Outcome[] OfThirdParty = [Outcome.ThirdPartySpoke, Outcome.ThirdPartyRefused];

    private static readonly Outcome[] OfVisit =
        [Outcome.Met, Outcome.NotHome, Outcome.NotLocated, Outcome.RefusedEntry, Outcome.NoticeDeliveredSigned, Outcome.NoticeRefused];

    private static readonly Dictionary<Channel, Outcome[]> Own = new()
    {
        [Channel.Call] =
        [
            Outcome.NoAnswer, Outcome.Busy, Outcome.SwitchedOff, Outcome.OutOfService, Outcome.WrongNumber, Outcome.Rejected,
            Outcome.Voicemail, Outcome.LeftMessage, Outcome.HungUpUnverified,
        ],
        [Channel.Sms] = [Outcome.NoAnswer, Outcome.OutOfService, Outcome.WrongNumber, Outcome.Rejected, Outcome.Bounced, Outcome.LeftMessage],
        [Channel.Email] = [Outcome.NoAnswer, Outcome.OutOfService, Outcome.Rejected, Outcome.Bounced, Outcome.LeftMessage],
        [Channel.Letter] = [Outcome.NoAnswer, Outcome.Rejected, Outcome.Bounced, Outcome.LeftMessage],
        [Channel.Fax] = [Outcome.NoAnswer, Outcome.Busy, Outcome.OutOfService, Outcome.WrongNumber, Outcome.Rejected, Outcome.Bounced, Outcome.LeftMessage],
        [Channel.Visit] = [Outcome.NoAnswer, Outcome.LeftMessage, .. OfVisit],
        [Channel.OfficeAppointment] = [Outcome.NoAnswer, Outcome.Rejected],
        [Channel.Legal] = [Outcome.NoAnswer, Outcome.Rejected, Outcome.Bounced, Outcome.LeftMessage],
    };

    private static readonly FrozenDictionary<Channel, FrozenSet<Outcome>> Fitting =
        Own.ToFrozenDictionary(channel => channel.Key, channel => channel.Value.Concat(OfThirdParty).Concat(OfRightParty).ToFrozenSet());

    /// <exception cref="ProblemException">The outcome can't come of the channel; the refusal names the channels it can come of.</exception>
    public static void Check(Channel channel, Outcome outcome)
    {
        if (Fitting[channel].Contains(outcome))
        {
            return;
        }

        var channels = string.Join(", ", Fitting.Where(fits => fits.Value.Contains(outcome)).Select(fits => fits.Key).Order().Select(Words.Of));
        var fitting = string.Join(", ", Fitting[channel].Order().Select(Words.Of));
        throw (OfVisit.Contains(outcome) ? ContactRecordProblems.OutcomeOfVisit : ContactRecordProblems.OutcomeOfOtherChannel).Refuse(
            new FieldError("/outcome", "outcome.of_other_channel", $"{Words.Of(outcome)} comes of: {channels}. {Words.Of(channel)} takes: {fitting}."));
    }

    /// <summary>Whether the outcome says that the point it was tried on is no good.</summary>
    public static bool MakesInvalid(Outcome outcome) => outcome is Outcome.WrongNumber or Outcome.OutOfService;
}
