namespace Agency.Tests.Year;

/// <content>What happens to a case: recall at once or with notice, objection, return, retention, closure.</content>
internal sealed partial class YearModel
{
    public string? Recall(CaseModel c, string reason)
    {
        if (c.Ended is { } ended)
        {
            return ended;
        }

        RecallNow(c, reason);
        return null;
    }

    public string? GiveNotice(CaseModel c, string reason, DateOnly? on)
    {
        if (c.Refusal("active", "return_requested") is { } refusal)
        {
            return refusal;
        }

        var earliest = Today.AddDays(c.Assignment.Terms.NoticeDays);
        if (on < earliest)
        {
            return "case.notice_too_short";
        }

        Notice(c, reason, on ?? earliest);
        return null;
    }

    public string? WithdrawRecall(CaseModel c, DateOnly? termEnd)
    {
        if (!(c.State == "active" && c.RecallOn is not null) && c.Refusal("recall_pending") is { } refusal)
        {
            return refusal;
        }

        if (termEnd is null && c.RecallReason == "term_end")
        {
            return "case.term_over";
        }

        if (termEnd is { } end && CheckLater(c, end) is { } early)
        {
            return early;
        }

        (c.State, c.RecallOn, c.RecallReason, c.ObjectionRefused, c.ExtendedTo) = ("active", null, null, false, termEnd ?? c.ExtendedTo);
        c.Notices.Add((Now, false));
        TellOf("case.recall_withdrawn", c);
        return null;
    }

    public string? Object(CaseModel c)
    {
        if (c.Ended is not null)
        {
            return "case.not_found";
        }

        if (c.Refusal("recall_pending") is { } refusal)
        {
            return refusal;
        }

        if (c.ObjectionRefused)
        {
            return "case.recall_objected_before";
        }

        c.State = "recall_objected";
        TellOf("case.recall_objected", c);
        return null;
    }

    public string? AcceptObjection(CaseModel c, DateOnly newDay)
    {
        if (c.Refusal("recall_objected") is { } refusal)
        {
            return refusal;
        }

        if (newDay <= Today || newDay <= c.RecallOn)
        {
            return "case.date_too_early";
        }

        (c.State, c.RecallOn) = ("active", newDay);
        c.Notices.Add((Now, false));
        TellOf("case.objection_accepted", c);
        return null;
    }

    public string? RefuseObjection(CaseModel c)
    {
        if (c.Refusal("recall_objected") is { } refusal)
        {
            return refusal;
        }

        (c.State, c.ObjectionRefused) = ("recall_pending", true);
        TellOf("case.objection_refused", c);
        return null;
    }

    public string? RequestReturn(CaseModel c, string code)
    {
        if (Ask(c) is { } refusal)
        {
            return refusal;
        }

        (c.State, c.ReturnCode) = ("return_requested", code);
        TellOf("case.return_requested", c);
        return null;
    }

    public string? AcceptReturn(CaseModel c)
    {
        if (c.Refusal("return_requested") is { } refusal)
        {
            return refusal;
        }

        End(c, "returned", c.ReturnCode!);
        Release(c.Account, c.ReturnCode!);
        return null;
    }

    public string? RefuseReturn(CaseModel c)
    {
        if (c.Refusal("return_requested") is { } refusal)
        {
            return refusal;
        }

        c.State = "active";
        TellOf("case.return_refused", c);
        return null;
    }

    public string? RequestRetention(CaseModel c, DateOnly end)
    {
        if ((Ask(c) ?? CheckLater(c, end)) is { } refusal)
        {
            return refusal;
        }

        c.RequestedEnd = end;
        TellOf("case.retention_requested", c);
        return null;
    }

    public string? AnswerRetention(CaseModel c, bool grant, DateOnly? given)
    {
        if (c.Refusal("active") is { } refusal)
        {
            return refusal;
        }

        if (c.RequestedEnd is not { } asked)
        {
            return "case.is_active";
        }

        if (grant && CheckLater(c, given ?? asked) is { } early)
        {
            return early;
        }

        Answer(c, grant, given);
        return null;
    }

    public string? Close(CaseModel c, string resolution)
    {
        if (c.Ended is { } ended)
        {
            return ended;
        }

        if (resolution == "paid_in_full" && c.Account.Total != 0)
        {
            return "case.balance_left";
        }

        Resolve(c.Account, resolution);
        return null;
    }

    private void Notice(CaseModel c, string reason, DateOnly on)
    {
        (c.State, c.RecallReason, c.RecallOn, c.ObjectionRefused, c.RequestedEnd) = ("recall_pending", reason, on, false, null);
        c.Notices.Add((Now, true));
        TellOf("case.recall_pending", c);
    }

    private void Answer(CaseModel c, bool grant, DateOnly? given)
    {
        if (grant)
        {
            (c.ExtendedTo, c.RecallOn, c.RecallReason) = (given ?? c.RequestedEnd, null, null);
        }

        c.RequestedEnd = null;
        TellOf(grant ? "case.retention_granted" : "case.retention_refused", c);
    }

    private void RecallNow(CaseModel c, string reason)
    {
        End(c, "recalled", reason);
        Release(c.Account, reason);
    }

    private string? CheckLater(CaseModel c, DateOnly end) =>
        end <= Today || end <= c.TermEnd ? "case.date_too_early" : end > c.Assignment.Terms.ValidTo ? "agreement.not_in_force" : null;

    private static string? Ask(CaseModel c) => c.Ended is not null ? "case.not_found" : c.Refusal("active") ?? (c.RequestedEnd is null ? null : "case.retention_open");

    private void End(CaseModel c, string state, string reason)
    {
        (c.State, c.EndReason, c.EndedAt, c.RecallOn, c.RequestedEnd) = (state, reason, Now, null, null);
        TellOf("case.ended", c);
    }
}

/// <summary>An agency's work on one account under one assignment.</summary>
internal sealed class CaseModel(AccountModel account, AssignmentModel assignment, DateTimeOffset openedAt) : Thing
{
    public AccountModel Account { get; } = account;

    public AssignmentModel Assignment { get; } = assignment;

    public AgencyModel Agency => Assignment.Agency;

    public DateTimeOffset OpenedAt { get; } = openedAt;

    public DateTimeOffset? EndedAt { get; set; }

    public bool IsOpen => EndedAt is null;

    public string State { get; set; } = "active";

    public string? EndReason { get; set; }

    public DateOnly? ExtendedTo { get; set; }

    public DateOnly TermEnd => ExtendedTo > Assignment.TermEnd ? ExtendedTo.Value : Assignment.TermEnd;

    public DateOnly? RecallOn { get; set; }

    public string? RecallReason { get; set; }

    public bool ObjectionRefused { get; set; }

    public string? ReturnCode { get; set; }

    public DateOnly? RequestedEnd { get; set; }

    /// <summary>When notice was given, and when it no longer stood.</summary>
    public List<(DateTimeOffset At, bool Given)> Notices { get; } = [];

    public List<ContactModel> Contacts { get; } = [];

    public List<PromiseModel> Promises { get; } = [];

    public List<PermitModel> Permits { get; } = [];

    /// <summary>It has lain on a desk, or was given a number: it is not dealt out by itself.</summary>
    public bool Touched { get; set; }

    public PersonModel? Collector { get; set; }

    public TeamModel? Team { get; set; }

    public string? Reference { get; set; }

    /// <summary>The refusal of what needs an open case.</summary>
    public string? Ended => IsOpen ? null : $"case.is_{State}";

    /// <summary>What the agency asks and the bank has not answered.</summary>
    public string? Asks => State switch
    {
        "recall_objected" => "recall_objection",
        "return_requested" => "return",
        _ => RequestedEnd is null ? null : "retention",
    };

    /// <summary>The contact that was last, of those that no other corrects.</summary>
    public DateTimeOffset? LastContactAt => Contacts.Where(contact => contact.SupersededBy is null).Select(contact => (DateTimeOffset?)contact.At).Max();

    public bool TakesReports(DateTimeOffset now) => EndedAt is not { } ended || now <= ended.AddDays(Assignment.Terms.LateReportDays);

    /// <summary>The agency still knows where the debtor lives: from an open case of the debtor's, or from its records of this one.</summary>
    public bool KnowsZone => Account.Debtor.OpenCasesOf(Agency).Any() || Contacts.Exists(contact => contact.KnewZone);

    public string? Refusal(params string[] states) => states.Contains(State) ? null : $"case.is_{State}";
}
