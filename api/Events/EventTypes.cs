namespace Agency.Api.Events;

/// <summary>Every type of event there is and what it tells. The one list: the contract and the check of what is written read it.</summary>
public static class EventTypes
{
    /// <summary>By type, <c>noun.verb</c>; the noun is the kind of thing that the event is about.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["account.refreshed"] = "The bank's later figures for an account were taken over.",
        ["agreement.created"] = "A bank and an agency made an agreement.",
        ["agreement.changed"] = "The agreement has a new version; what runs already keeps its own.",
        ["assignment.created"] = "A bank assigns many accounts, which are being reserved; the agency is told when it is submitted.",
        ["assignment.submitted"] = "A bank assigned accounts to an agency.",
        ["assignment.acknowledged"] = "The agency takes the assignment.",
        ["assignment.rejected"] = "The agency does not take the assignment.",
        ["assignment.activated"] = "The term has begun and the cases were made.",
        ["assignment.voided"] = "The bank took the assignment back before any contact, or found nothing to assign.",
        ["assignment.recalled"] = "The bank took all cases of the assignment back; the agency sees none of them any more.",
        ["assignment.closed"] = "The bank closed the assignment: none of its cases is open.",
        ["assignment.released"] = "The accounts of the assignment can be assigned again.",
        ["assignment.retention_requested"] = "The agency asks to keep the open cases of the assignment longer.",
        ["assignment.retention_granted"] = "The bank lets the agency keep them.",
        ["assignment.retention_refused"] = "The bank does not let the agency keep them.",
        ["case.opened"] = "An agency has a new case.",
        ["case.ended"] = "The case was recalled, returned or closed. To the agency this event has the case's id and nothing else.",
        ["case.distributed"] = "The agency gave the case to another collector or team.",
        ["case.reference_set"] = "The agency gave the case its own number.",
        ["case.recall_pending"] = "The case is to be recalled on a day to come.",
        ["case.recall_withdrawn"] = "The bank took the notice of the recall back.",
        ["case.recall_objected"] = "The agency objects to the recall.",
        ["case.objection_accepted"] = "The bank accepts the objection: the agency works on until a later day.",
        ["case.objection_refused"] = "The bank refuses the objection: the notice stands.",
        ["case.return_requested"] = "The agency asks to give the case back.",
        ["case.return_refused"] = "The bank does not take the case back: the agency works on.",
        ["case.retention_requested"] = "The agency asks to keep the case beyond its term.",
        ["case.retention_granted"] = "The bank lets the agency keep the case.",
        ["case.retention_refused"] = "The bank does not let the agency keep the case.",
        ["contact_permit.checked"] = "The agency asked whether it may contact; the answer is kept.",
        ["contact_point.added"] = "A way to reach somebody was found.",
        ["contact_point.adopted"] = "The bank took over what an agency had found.",
        ["contact_point.marked"] = "Somebody said of a contact point that it works or not, or what the debtor wants.",
        ["contact_point.changed"] = "What is known of a contact point changed by its marks.",
        ["contact_record.reported"] = "An agency reported a contact.",
        ["direct_payment.booked"] = "A debtor paid the bank itself. The agency whose case is open acknowledges it.",
        ["direct_payment.acknowledged"] = "The agency knows of the direct payment.",
        ["direct_payment.reversed"] = "The directly paid money went back.",
        ["hold.raised"] = "Something stops work on an account until the bank lifts it.",
        ["hold.lifted"] = "The bank lifted a hold.",
        ["ledger_entry.posted"] = "A balance moved: money was confirmed or taken back, a part of the debt waived, or the bank's later figures taken over.",
        ["promise.made"] = "A debtor promised to pay an amount by a date.",
        ["promise.superseded"] = "The debtor promised anew: the earlier promise no longer counts.",
        ["promise.cancelled"] = "The agency took the promise back.",
        ["promise.kept"] = "What was promised was paid by the date, and the bank has it.",
        ["promise.partly_kept"] = "A part of what was promised was paid by the date; again when that part changes.",
        ["promise.broken"] = "The days of grace are over and nothing was paid by the date.",
        ["promise.reopened"] = "Money went back: what becomes of the promise can't be said any more.",
        ["repayment.reported"] = "An agency reported money that a debtor paid.",
        ["repayment.withdrawn"] = "The agency took its report back.",
        ["repayment.confirmed"] = "The bank has the money.",
        ["repayment.rejected"] = "The bank has no such money.",
        ["repayment.reversed"] = "Confirmed money went back.",
        ["repayment.settled"] = "The statement that the agency earned on the money is locked.",
        ["settlement_proposal.submitted"] = "An agency proposed to settle a debt for less.",
        ["settlement_proposal.approved"] = "The bank takes the amount, if it is paid by the date.",
        ["settlement_proposal.rejected"] = "The bank does not take the amount.",
        ["settlement_proposal.completed"] = "The amount was paid by the date, and the rest waived.",
        ["statement.drafted"] = "The month is over and what the agency earned in it was worked out.",
        ["statement.issued"] = "The agency asks for its commission.",
        ["statement.disputed"] = "The bank does not agree to the statement.",
        ["statement.reissued"] = "The agency answered the dispute with a new version.",
        ["statement.agreed"] = "The bank agrees to what it owes.",
        ["statement.paid"] = "The bank has paid the statement.",
        ["statement.locked"] = "The statement is closed for good.",
    };

    /// <summary>The kinds of things that events are about.</summary>
    public static IReadOnlySet<string> Kinds { get; } = All.Keys.Select(KindOf).ToHashSet(StringComparer.Ordinal);

    /// <summary>The kind of thing that an event of this type is about.</summary>
    public static string KindOf(string type) => type[..type.IndexOf('.', StringComparison.Ordinal)];
}
