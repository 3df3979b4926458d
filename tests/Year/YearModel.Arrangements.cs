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
        made = new PromiseModel(c, amount, dueOn);
        Tell("promise.made", made, c.Agency, c, c.Account);
        if (c.Promises.Find(promise => promise.State == "open") is { } before)
        {
            before.State = "superseded";
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

        promise.State = "cancelled";
        Tell("promise.cancelled", promise, promise.Case.Agency, promise.Case, promise.Case.Account);
        return null;
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
internal sealed class PromiseModel(CaseModel @case, long amount, DateOnly dueOn) : Thing
{
    public CaseModel Case { get; } = @case;

    public long Amount { get; } = amount;

    public DateOnly DueOn { get; } = dueOn;

    public string State { get; set; } = "open";
}

/// <summary>A lump sum proposed.</summary>
internal sealed class ProposalModel(CaseModel @case, long amount, DateOnly payBy, DateOnly submittedOn, int made) : Thing
{
    public CaseModel Case { get; } = @case;

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
