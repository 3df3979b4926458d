using Agency.Api.ContactRecords;

namespace Agency.Api.Holds;

/// <summary>Work that a hold can stop. What has happened is none: contacts had and money paid are recorded whatever stands.</summary>
internal enum HeldWork
{
    /// <summary>Seeking contact with the debtor.</summary>
    Contact,

    /// <summary>Agreeing with the debtor on how to pay: promises and settlement proposals.</summary>
    Arrangement,
}

/// <summary>What each kind of hold stops, and who may raise it: this table and nothing else.</summary>
internal static class HoldRules
{
    private static readonly Dictionary<HoldKind, (bool ByPeople, HeldWork[] Stops)> Table = new()
    {
        [HoldKind.Dispute] = (true, [HeldWork.Contact, HeldWork.Arrangement]),
        [HoldKind.Complaint] = (true, [HeldWork.Contact, HeldWork.Arrangement]),
        [HoldKind.Fraud] = (true, [HeldWork.Contact, HeldWork.Arrangement]),
        [HoldKind.Deceased] = (true, [HeldWork.Contact, HeldWork.Arrangement]),
        [HoldKind.Insolvency] = (true, [HeldWork.Contact, HeldWork.Arrangement]),
        [HoldKind.CeaseContact] = (true, [HeldWork.Contact, HeldWork.Arrangement]),
        [HoldKind.Moratorium] = (true, [HeldWork.Contact, HeldWork.Arrangement]),

        // The debtor is paying: nobody shall press for more (CN-PLAN-01), but what the debtor offers can be taken.
        [HoldKind.PlanActive] = (false, [HeldWork.Contact]),
        [HoldKind.PaymentPending] = (false, [HeldWork.Contact]),
    };

    public static bool MayBeRaisedByPeople(HoldKind kind) => Table[kind].ByPeople;

    public static bool Stops(HoldKind kind, HeldWork work) => Table[kind].Stops.Contains(work);

    /// <summary>The hold that the outcome of a contact brings; most bring none.</summary>
    public static HoldKind? BroughtBy(Outcome outcome) => outcome switch
    {
        Outcome.Disputed => HoldKind.Dispute,
        Outcome.FraudClaimed => HoldKind.Fraud,
        Outcome.CeaseRequested => HoldKind.CeaseContact,
        Outcome.ComplaintVoiced => HoldKind.Complaint,
        Outcome.DeceasedReported => HoldKind.Deceased,
        _ => null,
    };
}
