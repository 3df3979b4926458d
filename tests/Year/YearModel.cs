namespace Agency.Tests.Year;

/// <summary>
/// The work between a bank and two agencies as domain.md describes it, in memory and plain: no transactions, no tenants, no
/// clock of its own. Each deed either changes the model and answers null, or changes nothing and answers the code of the refusal.
/// </summary>
internal sealed class YearModel
{
    public const int NoticeDays = 5;

    public List<AccountModel> Accounts { get; } = [];

    /// <summary>What the agreements of the year say.</summary>
    public const int LateReportDays = 7;

    public DateTimeOffset Now { get; set; }

    /// <summary>The day by every calendar there is: the year is played at an hour when it is the same day everywhere but at the edges.</summary>
    public DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);

    /// <summary>What the calendar brings about: a case past its term gets notice, and one whose recall day has come is recalled.</summary>
    public void DayBegins()
    {
        foreach (var account in Accounts)
        {
            if (account.Case is { } c && c.State is "active" or "return_requested" && c.RecallOn is null && c.TermEnd < Today)
            {
                Notice(c, "term_end", Today.AddDays(NoticeDays));
            }

            if (account.Case is { State: "active" or "return_requested" or "recall_pending" } due && due.RecallOn <= Today)
            {
                End(account, "recalled", due.RecallReason!);
            }
        }
    }

    public void Place(AccountModel account, string agency, DateOnly termEnd)
    {
        account.State = "placed";
        account.Case = new CaseModel(agency, termEnd);
        account.Cases.Add(account.Case);
    }

    public string? Recall(AccountModel account, CaseModel c, string reason)
    {
        if (c.Ended is { } ended)
        {
            return ended;
        }

        End(account, "recalled", reason);
        if (reason == "sold")
        {
            (account.State, account.Resolution) = ("resolved", "sold");
        }

        return null;
    }

    public string? GiveNotice(CaseModel c, string reason, DateOnly on)
    {
        if (c.Refusal("active", "return_requested") is { } refusal)
        {
            return refusal;
        }

        if (on < Today.AddDays(NoticeDays))
        {
            return "case.notice_too_short";
        }

        Notice(c, reason, on);
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

        if (termEnd <= Today || termEnd <= c.TermEnd)
        {
            return "case.date_too_early";
        }

        c.TermEnd = termEnd ?? c.TermEnd;
        (c.State, c.RecallOn, c.RecallReason, c.ObjectionRefused) = ("active", null, null, false);
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
        return null;
    }

    public string? AnswerObjection(CaseModel c, DateOnly? newDay)
    {
        if (c.Refusal("recall_objected") is { } refusal)
        {
            return refusal;
        }

        if (newDay <= Today || newDay <= c.RecallOn)
        {
            return "case.date_too_early";
        }

        (c.State, c.RecallOn, c.ObjectionRefused) = newDay is null ? ("recall_pending", c.RecallOn, true) : ("active", newDay, c.ObjectionRefused);
        return null;
    }

    public string? RequestReturn(CaseModel c, string code)
    {
        if (Ask(c) is { } refusal)
        {
            return refusal;
        }

        (c.State, c.ReturnCode) = ("return_requested", code);
        return null;
    }

    public string? AnswerReturn(AccountModel account, CaseModel c, bool accept)
    {
        if (c.Refusal("return_requested") is { } refusal)
        {
            return refusal;
        }

        c.State = "active";
        if (accept)
        {
            End(account, "returned", c.ReturnCode!);
        }

        return null;
    }

    public string? RequestRetention(CaseModel c, DateOnly end)
    {
        if (Ask(c) is { } refusal)
        {
            return refusal;
        }

        if (end <= Today || end <= c.TermEnd)
        {
            return "case.date_too_early";
        }

        c.RequestedEnd = end;
        return null;
    }

    public string? AnswerRetention(CaseModel c, bool grant)
    {
        if (c.Refusal("active") is { } refusal)
        {
            return refusal;
        }

        if (c.RequestedEnd is not { } end)
        {
            return "case.is_active";
        }

        if (grant)
        {
            if (end <= Today || end <= c.TermEnd)
            {
                return "case.date_too_early";
            }

            (c.TermEnd, c.RecallOn, c.RecallReason) = (end, null, null);
        }

        c.RequestedEnd = null;
        return null;
    }

    public string? Close(AccountModel account, CaseModel c, string resolution)
    {
        if (c.Ended is { } ended)
        {
            return ended;
        }

        if (resolution == "paid_in_full" && account.Total != 0)
        {
            return "case.balance_left";
        }

        Resolve(account, resolution);
        return null;
    }

    public static string? Raise(AccountModel account, string kind)
    {
        if (!account.Holds.Add(kind))
        {
            return "hold.stands";
        }

        return null;
    }

    public string? Contact(AccountModel account, CaseModel c, string outcome)
    {
        if (c.EndedAt is { } endedAt)
        {
            // What happens now happened after the case, but for what the clocks may differ by.
            var refusal = IsTooLate(c) ? "case.not_found" : Now > endedAt + TimeSpan.FromMinutes(5) ? "contact_record.after_tenure" : null;
            c.Contacts += refusal is null ? 1 : 0;
            return refusal;
        }

        c.Contacts++;
        var hold = outcome switch
        {
            "disputed" => "dispute",
            "fraud_claimed" => "fraud",
            "cease_requested" => "cease_contact",
            "complaint_voiced" => "complaint",
            "deceased_reported" => "deceased",
            _ => null,
        };
        if (hold is not null)
        {
            account.Holds.Add(hold);
        }

        return null;
    }

    public static string? Promise(AccountModel account, CaseModel c, long amount, DateOnly dueOn)
    {
        if (c.Ended is not null)
        {
            return "case.not_found";
        }

        if (account.Holds.Count > 0)
        {
            return "case.on_hold";
        }

        c.Promise = (amount, dueOn);
        return null;
    }

    public static string? CancelPromise(CaseModel c)
    {
        c.Promise = null;
        return null;
    }

    public string? Report(AccountModel account, CaseModel c, long amount, out RepaymentModel? made)
    {
        made = null;
        if (c.EndedAt is { } endedAt)
        {
            // A debtor whose zone no record tells may live where it is tomorrow already.
            var lastDay = DateOnly.FromDateTime(endedAt.UtcDateTime).AddDays(c.Contacts == 0 ? 1 : 0);
            if (IsTooLate(c) || Today > lastDay)
            {
                return IsTooLate(c) ? "case.not_found" : "repayment.after_tenure";
            }
        }

        made = new RepaymentModel(c, amount, Today);
        account.Repayments.Add(made);
        return null;
    }

    public string? Confirm(AccountModel account, RepaymentModel repayment, bool acceptOverpayment)
    {
        if (repayment.State != "reported")
        {
            return $"repayment.is_{repayment.State}";
        }

        if (repayment.Amount > account.Total && !acceptOverpayment)
        {
            return "repayment.over_balance";
        }

        repayment.State = "confirmed";
        repayment.ConfirmedAt = ++account.Sequence;
        repayment.Taken = account.Take(repayment.Amount);
        ResolveIfPaid(account);
        return null;
    }

    public static string? Reject(RepaymentModel repayment)
    {
        if (repayment.State != "reported")
        {
            return $"repayment.is_{repayment.State}";
        }

        repayment.State = "rejected";
        return null;
    }

    public static string? Reverse(AccountModel account, RepaymentModel repayment)
    {
        if (repayment.State != "confirmed")
        {
            return $"repayment.is_{repayment.State}";
        }

        if (account.Resolution == "settled_in_full")
        {
            return "repayment.settlement_completed";
        }

        repayment.State = "reversed";
        account.GiveBack(repayment.Taken);
        account.UseExcess();
        if (account.Resolution == "paid_in_full" && account.Total > 0)
        {
            (account.State, account.Resolution) = ("eligible", null);
        }

        return null;
    }

    public string? Propose(AccountModel account, CaseModel c, long amount, DateOnly payBy, out ProposalModel? made)
    {
        made = null;
        if (c.Ended is not null)
        {
            return "case.not_found";
        }

        if (c.Refusal("active") is { } refusal)
        {
            return refusal;
        }

        if (account.Holds.Count > 0)
        {
            return "case.on_hold";
        }

        if (amount >= account.Total)
        {
            return "settlement_proposal.no_concession";
        }

        if (account.Proposals.Exists(p => p.StateOn(Today) is "submitted" or "approved"))
        {
            return "settlement_proposal.pending";
        }

        made = new ProposalModel(amount, payBy, Today, ++account.Sequence);
        account.Proposals.Add(made);
        return null;
    }

    public string? Decide(AccountModel account, ProposalModel proposal, bool approve)
    {
        if (proposal.StateOn(Today) is var state && state != "submitted")
        {
            return $"settlement_proposal.is_{state}";
        }

        if (approve && account.State == "resolved")
        {
            return "settlement_proposal.account_resolved";
        }

        if (approve && account.Proposals.Exists(p => p != proposal && p.StateOn(Today) == "approved"))
        {
            return "settlement_proposal.pending";
        }

        proposal.Decision = approve ? "approved" : "rejected";
        ResolveIfPaid(account);
        return null;
    }

    private bool IsTooLate(CaseModel c) => Now > c.EndedAt!.Value.AddDays(LateReportDays);

    private static void Notice(CaseModel c, string reason, DateOnly on)
    {
        (c.State, c.RecallReason, c.RecallOn, c.ObjectionRefused, c.RequestedEnd) = ("recall_pending", reason, on, false, null);
    }

    private static string? Ask(CaseModel c)
    {
        if (c.Ended is not null)
        {
            return "case.not_found";
        }

        return c.Refusal("active") ?? (c.RequestedEnd is null ? null : "case.retention_open");
    }

    // An approved settlement is completed by the money paid from its day to its date and confirmed after it was made.
    private void ResolveIfPaid(AccountModel account)
    {
        if (account.State == "resolved")
        {
            return;
        }

        var completed = account.Proposals.Find(p => p.Decision == "approved" && account.Repayments
            .Where(r => r.State == "confirmed" && r.ConfirmedAt > p.Made && r.PaidOn >= p.SubmittedOn && r.PaidOn <= p.PayBy)
            .Sum(r => r.Taken.Fees + r.Taken.Interest + r.Taken.Principal) >= p.Amount);
        if (completed is not null)
        {
            completed.Decision = "completed";
            var settled = account.Total > 0;
            account.Waive();
            Resolve(account, settled ? "settled_in_full" : "paid_in_full");
        }
        else if (account.Total == 0)
        {
            Resolve(account, "paid_in_full");
        }
    }

    private void Resolve(AccountModel account, string resolution)
    {
        if (account.Case is not null)
        {
            End(account, "closed", resolution);
        }

        (account.State, account.Resolution) = ("resolved", resolution);
    }

    private void End(AccountModel account, string state, string reason)
    {
        var c = account.Case!;
        (c.State, c.EndReason, c.RequestedEnd, c.EndedAt) = (state, reason, null, Now);
        account.Case = null;
        account.State = "eligible";
    }
}

/// <summary>An account and all that hangs on it.</summary>
internal sealed class AccountModel(string number, long fees, long interest, long principal)
{
    public string Number { get; } = number;

    public Guid Id { get; set; }

    public long Fees { get; private set; } = fees;

    public long Interest { get; private set; } = interest;

    public long Principal { get; private set; } = principal;

    public long Total => Fees + Interest + Principal;

    public string State { get; set; } = "eligible";

    public string? Resolution { get; set; }

    /// <summary>The open case.</summary>
    public CaseModel? Case { get; set; }

    public List<CaseModel> Cases { get; } = [];

    public List<RepaymentModel> Repayments { get; } = [];

    public List<ProposalModel> Proposals { get; } = [];

    public SortedSet<string> Holds { get; } = new(StringComparer.Ordinal);

    public int Sequence { get; set; }

    /// <summary>Fees first, then interest, then principal; what exceeds the balance takes nothing off.</summary>
    public (long Fees, long Interest, long Principal) Take(long amount)
    {
        var takenFees = Math.Min(amount, Fees);
        var takenInterest = Math.Min(amount - takenFees, Interest);
        var takenPrincipal = Math.Min(amount - takenFees - takenInterest, Principal);
        (Fees, Interest, Principal) = (Fees - takenFees, Interest - takenInterest, Principal - takenPrincipal);
        return (takenFees, takenInterest, takenPrincipal);
    }

    public void GiveBack((long Fees, long Interest, long Principal) taken) =>
        (Fees, Interest, Principal) = (Fees + taken.Fees, Interest + taken.Interest, Principal + taken.Principal);

    /// <summary>What other money exceeded the balance by comes off it, once something is owed again.</summary>
    public void UseExcess()
    {
        foreach (var repayment in Repayments.Where(r => r.State == "confirmed").OrderBy(r => r.PaidOn).ThenBy(r => r.Id.ToString(), StringComparer.Ordinal))
        {
            var (fees, interest, principal) = Take(repayment.Amount - repayment.Taken.Fees - repayment.Taken.Interest - repayment.Taken.Principal);
            repayment.Taken = (repayment.Taken.Fees + fees, repayment.Taken.Interest + interest, repayment.Taken.Principal + principal);
        }
    }

    public void Waive() => (Fees, Interest, Principal) = (0, 0, 0);
}

/// <summary>A case, open or ended.</summary>
internal sealed class CaseModel(string agency, DateOnly termEnd)
{
    public Guid Id { get; set; }

    public string Agency { get; } = agency;

    public DateOnly TermEnd { get; set; } = termEnd;

    public string State { get; set; } = "active";

    public string? EndReason { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public DateOnly? RecallOn { get; set; }

    public string? RecallReason { get; set; }

    public bool ObjectionRefused { get; set; }

    public string? ReturnCode { get; set; }

    public DateOnly? RequestedEnd { get; set; }

    public int Contacts { get; set; }

    public (long Amount, DateOnly DueOn)? Promise { get; set; }

    /// <summary>The refusal of what needs an open case.</summary>
    public string? Ended => State is "recalled" or "returned" or "closed" ? $"case.is_{State}" : null;

    public string? Refusal(params string[] states) => states.Contains(State) ? null : $"case.is_{State}";
}

/// <summary>Money reported.</summary>
internal sealed class RepaymentModel(CaseModel @case, long amount, DateOnly paidOn)
{
    public Guid Id { get; set; }

    public CaseModel Case { get; } = @case;

    public long Amount { get; } = amount;

    public DateOnly PaidOn { get; } = paidOn;

    public string State { get; set; } = "reported";

    public int ConfirmedAt { get; set; }

    public (long Fees, long Interest, long Principal) Taken { get; set; }
}

/// <summary>A lump sum proposed.</summary>
internal sealed class ProposalModel(long amount, DateOnly payBy, DateOnly submittedOn, int made)
{
    public Guid Id { get; set; }

    public long Amount { get; } = amount;

    public DateOnly PayBy { get; } = payBy;

    public DateOnly SubmittedOn { get; } = submittedOn;

    public int Made { get; } = made;

    public string? Decision { get; set; }

    public string StateOn(DateOnly today) => Decision switch
    {
        "rejected" or "completed" => Decision,
        _ when PayBy < today => "expired",
        null => "submitted",
        _ => "approved",
    };
}
