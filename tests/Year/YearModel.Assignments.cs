namespace Agency.Tests.Year;

/// <content>Assignments, from their submission to their end.</content>
internal sealed partial class YearModel
{
    /// <summary>Why an account that matches the filter is left out; null when it is not.</summary>
    public static string? SkipReason(AccountModel account) => account switch
    {
        { State: "resolved" } => "resolved",
        { State: "placed" } => "open_case",
        { Reserved: not null } => "reserved",
        _ => account.Standing.Any() ? "hold" : null,
    };

    public string? DryRun(AssignmentModel offer) => CheckTerm(offer);

    public string? Submit(AssignmentModel offer)
    {
        if (CheckTerm(offer) is { } refusal)
        {
            return refusal;
        }

        var matching = Accounts.Where(account => offer.Matches(account, Today)).ToList();
        offer.Accounts.AddRange(matching.Where(account => SkipReason(account) is null));
        offer.Skipped.AddRange(matching.Select(account => (account, SkipReason(account))).Where(skip => skip.Item2 is not null).Select(skip => (skip.account, skip.Item2!)));
        if (offer.Accounts.Count == 0)
        {
            return "assignment.no_eligible_accounts";
        }

        offer.Balance = offer.Accounts.Sum(account => account.Total);
        offer.Accounts.ForEach(account => account.Reserved = offer);
        Assignments.Add(offer);
        Tell("assignment.submitted", offer, offer.Agency);
        return null;
    }

    public string? Acknowledge(AssignmentModel assignment)
    {
        if (assignment.Refusal("submitted") is { } refusal)
        {
            return refusal;
        }

        assignment.State = "acknowledged";
        Tell("assignment.acknowledged", assignment, assignment.Agency);
        if (assignment.TermStart <= Today)
        {
            Activate(assignment);
        }

        return null;
    }

    public string? Reject(AssignmentModel assignment)
    {
        if (assignment.Refusal("submitted") is { } refusal)
        {
            return refusal;
        }

        assignment.State = "rejected";
        Tell("assignment.rejected", assignment, assignment.Agency);
        GiveBack(assignment, "placed_in_error");
        return null;
    }

    public string? Void(AssignmentModel assignment)
    {
        if (assignment.Refusal("submitted", "acknowledged", "active") is { } refusal)
        {
            return refusal;
        }

        if (assignment.Cases.Exists(c => c.Contacts.Count > 0))
        {
            return "assignment.has_contact_records";
        }

        assignment.State = "voided";
        Tell("assignment.voided", assignment, assignment.Agency);
        GiveBack(assignment, "placed_in_error");
        return null;
    }

    public string? Recall(AssignmentModel assignment, string reason)
    {
        if (assignment.Refusal("acknowledged", "active") is { } refusal)
        {
            return refusal;
        }

        assignment.State = "recalled";
        Tell("assignment.recalled", assignment, assignment.Agency);
        GiveBack(assignment, reason);
        return null;
    }

    public string? Close(AssignmentModel assignment)
    {
        if (assignment.Refusal("active") is { } refusal)
        {
            return refusal;
        }

        if (assignment.Cases.Exists(c => c.IsOpen))
        {
            return "assignment.has_open_cases";
        }

        assignment.State = "closed";
        Tell("assignment.closed", assignment, assignment.Agency);
        return null;
    }

    public string? RequestRetention(AssignmentModel assignment, DateOnly end, out int cases)
    {
        cases = 0;
        if ((assignment.Refusal("active") ?? CheckNewEnd(assignment, end)) is { } refusal)
        {
            return refusal;
        }

        var asked = assignment.Cases.Where(c => c.State == "active" && c.RequestedEnd is null && !(c.ExtendedTo >= end)).ToList();
        foreach (var c in asked)
        {
            c.RequestedEnd = end;
            TellOf("case.retention_requested", c);
        }

        cases = asked.Count;
        if (cases > 0)
        {
            Tell("assignment.retention_requested", assignment, assignment.Agency);
        }

        return null;
    }

    /// <summary>Answers every retention that waits among the cases, as if each were answered alone.</summary>
    public string? AnswerRetention(AssignmentModel assignment, bool grant, DateOnly? given, out int cases)
    {
        cases = 0;
        if (assignment.Refusal("active") is { } refusal)
        {
            return refusal;
        }

        var asked = assignment.Cases.Where(c => c.IsOpen && c.RequestedEnd is not null).ToList();
        if (asked.Count == 0)
        {
            return "assignment.no_retention_asked";
        }

        if (grant && asked.Select(c => CheckNewEnd(assignment, given ?? c.RequestedEnd!.Value)).FirstOrDefault(code => code is not null) is { } early)
        {
            return early;
        }

        if (grant && asked.Exists(c => (given ?? c.RequestedEnd) <= c.TermEnd))
        {
            return "assignment.term_not_later";
        }

        foreach (var c in asked)
        {
            Answer(c, grant, given);
        }

        cases = asked.Count;
        Tell(grant ? "assignment.retention_granted" : "assignment.retention_refused", assignment, assignment.Agency);
        return null;
    }

    private string? CheckNewEnd(AssignmentModel assignment, DateOnly end) =>
        end <= assignment.TermEnd || end <= Today ? "assignment.term_not_later" : end > assignment.Terms.ValidTo ? "agreement.not_in_force" : null;

    private string? CheckTerm(AssignmentModel offer) =>
        offer.TermEnd > offer.Terms.ValidTo ? "agreement.not_in_force" : offer.TermEnd < Today ? "assignment.term_past" : null;

    // One that was paid since the offer is no longer reserved for it.
    private void Activate(AssignmentModel assignment)
    {
        foreach (var account in assignment.Accounts.Where(account => account.Reserved == assignment && account.State == "eligible"))
        {
            account.State = "placed";
            var c = new CaseModel(account, assignment, Now);
            account.Cases.Add(c);
            assignment.Cases.Add(c);
            TellOf("case.opened", c);
        }

        assignment.State = "active";
        Tell("assignment.activated", assignment, assignment.Agency);
        DealOut(assignment.Agency);
    }

    private void GiveBack(AssignmentModel assignment, string reason)
    {
        foreach (var c in assignment.Cases.Where(c => c.IsOpen).ToList())
        {
            RecallNow(c, reason);
        }

        foreach (var account in assignment.Accounts.Where(account => account.Reserved == assignment && account.State == "eligible"))
        {
            Release(account, reason);
        }

        Tell("assignment.released", assignment, assignment.Agency);
    }

    // What was sold is nobody's to collect for this bank any more.
    private static void Release(AccountModel account, string reason)
    {
        var isSold = reason == "sold";
        (account.State, account.Resolution, account.Reserved) = (isSold ? "resolved" : "eligible", isSold ? "sold" : null, null);
    }
}

/// <summary>Accounts handed to an agency for a term, under the version of the mandate that stood then.</summary>
internal sealed class AssignmentModel(AgencyModel agency, DateOnly termStart, DateOnly termEnd) : Thing
{
    public AgencyModel Agency { get; } = agency;

    public TermsModel Terms { get; } = agency.Agreement.Terms;

    public int AgreementVersion { get; } = agency.Agreement.Version;

    public DateOnly TermStart { get; } = termStart;

    public DateOnly TermEnd { get; } = termEnd;

    public string? Product { get; init; }

    public string? City { get; init; }

    public string? Cycle { get; init; }

    public long? MinBalance { get; init; }

    public long? MaxBalance { get; init; }

    public int? MinDaysPastDue { get; init; }

    public string State { get; set; } = "submitted";

    public long Balance { get; set; }

    public List<AccountModel> Accounts { get; } = [];

    public List<(AccountModel Account, string Reason)> Skipped { get; } = [];

    public List<CaseModel> Cases { get; } = [];

    public bool Matches(AccountModel account, DateOnly today) =>
        (Product is null || account.Product == Product)
        && (City is null || account.City == City)
        && (Cycle is null || account.Cycle(today) == Cycle)
        && !(account.Total < MinBalance) && !(account.Total > MaxBalance) && !(account.DaysPastDue(today) < MinDaysPastDue);

    public string? Refusal(params string[] states) => states.Contains(State) ? null : $"assignment.is_{State}";
}
