namespace Agency.Api.Events;

/// <summary>Every type of event there is and what it tells. The one list: the contract and the check of what is written read it.</summary>
public static class EventTypes
{
    /// <summary>By type, <c>noun.verb</c>; the noun is the kind of thing that the event is about.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["agreement.created"] = "A bank and an agency made an agreement.",
        ["assignment.submitted"] = "A bank assigned accounts to an agency.",
        ["assignment.acknowledged"] = "The agency takes the assignment.",
        ["assignment.rejected"] = "The agency does not take the assignment.",
        ["assignment.activated"] = "The term has begun and the cases were made.",
        ["case.opened"] = "An agency has a new case.",
        ["case.ended"] = "The case was recalled, returned or closed. To the agency this event has the case's id and nothing else.",
        ["contact_record.reported"] = "An agency reported a contact.",
        ["ledger_entry.posted"] = "A balance moved: money was confirmed or taken back, or a part of the debt waived.",
        ["repayment.reported"] = "An agency reported money that a debtor paid.",
        ["repayment.confirmed"] = "The bank has the money.",
        ["repayment.rejected"] = "The bank has no such money.",
        ["repayment.reversed"] = "Confirmed money went back.",
        ["settlement_proposal.submitted"] = "An agency proposed to settle a debt for less.",
        ["settlement_proposal.approved"] = "The bank takes the amount, if it is paid by the date.",
        ["settlement_proposal.rejected"] = "The bank does not take the amount.",
        ["settlement_proposal.completed"] = "The amount was paid by the date, and the rest waived.",
    };

    /// <summary>The kinds of things that events are about.</summary>
    public static IReadOnlySet<string> Kinds { get; } = All.Keys.Select(KindOf).ToHashSet(StringComparer.Ordinal);

    /// <summary>The kind of thing that an event of this type is about.</summary>
    public static string KindOf(string type) => type[..type.IndexOf('.', StringComparison.Ordinal)];
}
