namespace Agency.Tests.Year;

/// <content>What is arranged with the debtor: promises and settlement proposals.</content>
internal sealed partial class YearModel
{
    public string? Promise(CaseModel c, long amount, DateOnly dueOn, out PromiseModel? made)
    {
        made = null;
        if (c.Ended is not null)
        {
            return "case.not_found";
        }

        if (c.Account.Standing.Any())
        {
            return "case.on_hold";
        }

        if (dueOn < Today || dueOn > Today.AddDays(365))
        {
            return "promise.due_on_out_of_range";
        }

        // The new one supersedes the open one.
        made = new PromiseModel(c, amount, Today, dueOn, ++c.Account.Sequence);
        Tell("promise.made", made, c.Agency, c, c.Account);
        if (c.Promises.Find(promise => promise.State == "open") is { } before)
        {
            Tell("promise.superseded", before, c.Agency, c, c.Account);
        }

        c.Promises.Add(made);
        return null;
    }

    public string? CancelPromise(PromiseModel promise)
    {
        if (promise.State != "open")
        {
            return $"promise.is_{promise.State}";
        }

        promise.IsCancelled = true;
        Tell("promise.cancelled", promise, promise.Case.Agency, promise.Case, promise.Case.Account);
        return null;
    }

    // What becomes of an account's promises: each yuan goes to one, the earliest due first, of those in whose time it was paid and
    // after which it was reported.
    private void SettlePromises(AccountModel account)
    {
        var left = account.Repayments.Where(r => r.State == "confirmed").OrderBy(r => r.PaidOn).ThenBy(r => r.Reported).Select(r => (Money: r, r.Amount)).ToList();
        var promises = account.Cases.SelectMany(c => c.Promises).Where(p => !p.IsCancelled).ToList();
        foreach (var promise in promises.OrderBy(p => p.DueOn).ThenBy(p => p.Made))
        {
            promise.Paid = 0;
            for (var at = 0; at < left.Count; at++)
            {
                var taken = promise.Takes(left[at].Money) ? Math.Min(left[at].Amount, promise.Amount - promise.Paid) : 0;
                promise.Paid += taken;
                left[at] = (left[at].Money, left[at].Amount - taken);
            }
        }

        foreach (var promise in promises)
        {
            Find(promise);
        }
    }

    // Nobody is told of a part that stays what it was.
    private void Find(PromiseModel promise)
    {
        var hadItsTime = promise.LastDay < Today && !(promise.Next?.MadeOn <= promise.LastDay) && !(promise.Case.EndedAt is { } end && DayOf(end) <= promise.LastDay);
        var waits = promise.Found is "open" or "kept" && promise.IsWaitedFor;
        var found = promise.Paid == promise.Amount ? "kept" : !hadItsTime || waits ? "open" : promise.Paid > 0 ? "partly_kept" : "broken";
        if (found != promise.Found || (found == "partly_kept" && promise.Paid != promise.Told))
        {
            (promise.Found, promise.Told) = (found, promise.Paid);
            Tell(found == "open" ? "promise.reopened" : $"promise.{found}", promise, promise.Case.Agency, promise.Case, promise.Case.Account);
        }
    }

    public string? Propose(CaseModel c, long amount, DateOnly payBy, out ProposalModel? made)
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

        if (c.Account.Standing.Any())
        {
            return "case.on_hold";
        }

        if (amount >= c.Account.Total)
        {
            return "settlement_proposal.no_concession";
        }

        if (payBy < Today)
        {
            return "settlement_proposal.pay_by_past";
        }

        if (c.Account.Proposals.Exists(p => p.StateOn(Today) is "submitted" or "approved"))
        {
            return "settlement_proposal.pending";
        }

        made = new ProposalModel(c, amount, payBy, Today, ++c.Account.Sequence);
        c.Account.Proposals.Add(made);
        Tell("settlement_proposal.submitted", made, c.Agency, c, c.Account);
        return null;
    }

    public string? Decide(ProposalModel proposal, bool approve)
    {
        if (proposal.StateOn(Today) is var state && state != "submitted")
        {
            return $"settlement_proposal.is_{state}";
        }

        var account = proposal.Case.Account;
        if (approve && account.State == "resolved")
        {
            return "settlement_proposal.account_resolved";
        }

        // A concession binds the bank after a recall too.
        if (approve && account.Proposals.Exists(p => p != proposal && p.StateOn(Today) == "approved"))
        {
            return "settlement_proposal.pending";
        }

        proposal.Decision = approve ? "approved" : "rejected";
        Tell($"settlement_proposal.{proposal.Decision}", proposal, proposal.Case.Agency, proposal.Case, account);
        ResolveIfPaid(account);
        return null;
    }
}

/// <summary>A debtor's word.</summary>
internal sealed class PromiseModel(CaseModel @case, long amount, DateOnly madeOn, DateOnly dueOn, int made) : Thing
{
    private const int Grace = 3;

    public CaseModel Case { get; } = @case;

    public long Amount { get; } = amount;

    public DateOnly DueOn { get; } = dueOn;

    public DateOnly MadeOn { get; } = madeOn;

    public DateOnly LastDay => DueOn.AddDays(Grace);

    public int Made { get; } = made;

    public bool IsCancelled { get; set; }

    /// <summary>What was found last: open, kept, partly_kept or broken.</summary>
    public string Found { get; set; } = "open";

    public long Paid { get; set; }

    /// <summary>How much was paid when it was last told.</summary>
    public long Told { get; set; }

    /// <summary>The one that took its place, be it cancelled since or not.</summary>
    public PromiseModel? Next => Case.Promises.Find(later => later.Made > Made);

    /// <summary>Reported money that may keep it waits for the bank.</summary>
    public bool IsWaitedFor => Case.Account.Repayments.Exists(r => r.State == "reported" && r.Reported > Made && r.PaidOn <= DueOn);

    public string State => IsCancelled ? "cancelled" : Found != "open" ? Found : Next is not null ? "superseded" : Case.Ended is not null ? "lapsed" : "open";

    public bool Takes(RepaymentModel money) =>
        money.Reported > Made && money.PaidOn >= MadeOn && money.PaidOn <= DueOn && !(Case.EndedAt is { } end && money.PaidOn > DateOnly.FromDateTime(end.UtcDateTime))
        && (Next is null || money.PaidOn < Next.MadeOn || (money.PaidOn == Next.MadeOn && money.Reported < Next.Made));
}

/// <summary>A lump sum proposed.</summary>
internal sealed class ProposalModel(CaseModel @case, long amount, DateOnly payBy, DateOnly submittedOn, int made) : Thing
{
    public CaseModel Case { get; } = @case;

    public long Amount { get; } = amount;

    public DateOnly PayBy { get; } = payBy;

    public DateOnly SubmittedOn { get; } = submittedOn;

    public int Made { get; } = made;

    /// <summary>Of the bank's, or what time and money made of it: rejected, approved, completed, lapsed once approved, expired while nobody had decided.</summary>
    public string? Decision { get; set; }

    public DateOnly CompletedOn { get; set; }

    /// <summary>What was forgiven when it was completed.</summary>
    public (long Fees, long Interest, long Principal) Waived { get; set; }

    public string StateOn(DateOnly today) => Decision switch
    {
        "rejected" or "completed" => Decision,
        "lapsed" or "expired" => "expired",
        _ when PayBy < today => "expired",
        null => "submitted",
        _ => "approved",
    };
}
