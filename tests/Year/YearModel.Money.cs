namespace Agency.Tests.Year;

/// <content>Money: reported, confirmed, rejected, reversed; and what it does to the ledger and the account.</content>
internal sealed partial class YearModel
{
    public string? Report(CaseModel c, long amount, DateOnly paidOn, out RepaymentModel? made)
    {
        made = null;
        if (!c.TakesReports(Now))
        {
            return "case.not_found";
        }

        // A debtor whose zone nobody knows any more may live where it is tomorrow already.
        var slack = c.KnowsZone ? 0 : 1;
        if (paidOn > Today.AddDays(slack))
        {
            return "repayment.paid_in_future";
        }

        if (paidOn < DayOf(c.OpenedAt))
        {
            return "repayment.before_tenure";
        }

        if (c.EndedAt is { } ended && paidOn > DayOf(ended).AddDays(slack))
        {
            return "repayment.after_tenure";
        }

        made = new RepaymentModel(c, amount, paidOn, ++c.Account.Sequence);
        c.Account.Repayments.Add(made);
        Tell("repayment.reported", made, c.Agency, c, c.Account);
        return null;
    }

    public string? Confirm(RepaymentModel repayment, bool acceptOverpayment)
    {
        if (repayment.Refusal("reported") is { } refusal)
        {
            return refusal;
        }

        var account = repayment.Case.Account;
        if (repayment.Amount > account.Total && !acceptOverpayment)
        {
            return "repayment.over_balance";
        }

        repayment.State = "confirmed";
        repayment.ConfirmedAt = ++account.Sequence;
        repayment.Taken = Fill(repayment.Amount, account.Owed);
        Post(account, "repayment", (-repayment.Taken.Fees, -repayment.Taken.Interest, -repayment.Taken.Principal), repayment.PaidOn);
        TellDecision(repayment);
        ResolveIfPaid(account);
        return null;
    }

    public string? Reject(RepaymentModel repayment)
    {
        if (repayment.Refusal("reported") is { } refusal)
        {
            return refusal;
        }

        repayment.State = "rejected";
        TellDecision(repayment);
        return null;
    }

    public string? Reverse(RepaymentModel repayment)
    {
        if (repayment.Refusal("confirmed") is { } refusal)
        {
            return refusal;
        }

        var account = repayment.Case.Account;
        repayment.State = "reversed";
        TellDecision(repayment);
        Post(account, "reversal", repayment.Taken, repayment.PaidOn);
        LookAtSettlements(account);
        UseExcess(account);
        ResolveIfPaid(account);
        return null;
    }

    // What other money exceeded the balance by comes off it, once something is owed again.
    private void UseExcess(AccountModel account)
    {
        foreach (var other in account.Repayments.Where(r => r.State == "confirmed").OrderBy(r => r.PaidOn).ThenBy(r => r.Id.ToString(), StringComparer.Ordinal))
        {
            var more = Fill(other.Amount - other.Taken.Fees - other.Taken.Interest - other.Taken.Principal, account.Owed);
            other.Taken = (other.Taken.Fees + more.Fees, other.Taken.Interest + more.Interest, other.Taken.Principal + more.Principal);
            Post(account, "repayment", (-more.Fees, -more.Interest, -more.Principal), other.PaidOn);
        }
    }

    // Fees first, then interest, then principal; what exceeds the balance takes nothing off.
    private static (long Fees, long Interest, long Principal) Fill(long amount, (long Fees, long Interest, long Principal) owed)
    {
        var fees = Math.Min(amount, owed.Fees);
        var interest = Math.Min(amount - fees, owed.Interest);
        return (fees, interest, Math.Min(amount - fees - interest, owed.Principal));
    }

    private void Post(AccountModel account, string kind, (long Fees, long Interest, long Principal) movement, DateOnly on)
    {
        var c = account.Case;
        foreach (var (bucket, amount) in new[] { ("fees", movement.Fees), ("interest", movement.Interest), ("principal", movement.Principal) })
        {
            if (amount != 0)
            {
                var entry = new EntryModel(kind, bucket, amount, on);
                account.Ledger.Add(entry);
                Tell("ledger_entry.posted", entry, c?.Agency, c, account);
            }
        }

        account.Owed = (account.Owed.Fees + movement.Fees, account.Owed.Interest + movement.Interest, account.Owed.Principal + movement.Principal);
    }

    // What is left to collect, once money moved or a day passed.
    private void ResolveIfPaid(AccountModel account)
    {
        LookAtSettlements(account);
        if (account.Total == 0 && account.State != "resolved")
        {
            Resolve(account, account.Proposals.Exists(p => p.Waived != default) ? "settled_in_full" : "paid_in_full");
        }
        else if (account.Total > 0 && account.Resolution is "paid_in_full" or "settled_in_full")
        {
            (account.State, account.Resolution) = ("eligible", null);
        }
    }

    // An approved settlement is completed by the money paid from its day to its date and confirmed after it was made; what is left is
    // waived, and owed again if that money goes back.
    private void LookAtSettlements(AccountModel account)
    {
        foreach (var p in account.Proposals.Where(p => p.Decision is "approved" or "completed" or "lapsed"))
        {
            var paid = account.Repayments.Where(r => r.State == "confirmed" && r.ConfirmedAt > p.Made && r.PaidOn >= p.SubmittedOn && r.PaidOn <= p.PayBy).Sum(r => r.Amount);
            var found = paid >= p.Amount ? "completed" : p.PayBy < Today ? "lapsed" : "approved";
            if (found == "completed")
            {
                p.Waived = (p.Waived.Fees + account.Owed.Fees, p.Waived.Interest + account.Owed.Interest, p.Waived.Principal + account.Owed.Principal);
                Post(account, "waiver", (-account.Owed.Fees, -account.Owed.Interest, -account.Owed.Principal), Today);
            }
            else
            {
                Post(account, "waiver", p.Waived, p.CompletedOn);
                p.Waived = default;
            }

            if (found != p.Decision)
            {
                (p.Decision, p.CompletedOn) = (found, Today);
                Tell(found switch { "lapsed" => "settlement_proposal.expired", "approved" => "settlement_proposal.reopened", _ => "settlement_proposal.completed" }, p, p.Case.Agency, p.Case, account);
            }
        }
    }

    private void Resolve(AccountModel account, string resolution)
    {
        if (account.Case is { } open)
        {
            End(open, "closed", resolution);
        }

        (account.State, account.Resolution, account.Reserved) = ("resolved", resolution, null);
    }

    private void TellDecision(RepaymentModel repayment)
    {
        Tell($"repayment.{repayment.State}", repayment, repayment.Case.Agency, repayment.Case, repayment.Case.Account);
        SettlePromises(repayment.Case.Account);
    }

    private static DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(instant.UtcDateTime);
}

/// <summary>Money reported.</summary>
internal sealed class RepaymentModel(CaseModel @case, long amount, DateOnly paidOn, int reported) : Thing
{
    public CaseModel Case { get; } = @case;

    public long Amount { get; } = amount;

    public DateOnly PaidOn { get; } = paidOn;

    public string State { get; set; } = "reported";

    public int Reported { get; } = reported;

    public int ConfirmedAt { get; set; }

    public (long Fees, long Interest, long Principal) Taken { get; set; }

    public string? Refusal(string state) => State == state ? null : $"repayment.is_{State}";
}

/// <summary>A movement of one part of a balance.</summary>
internal sealed class EntryModel(string kind, string bucket, long amount, DateOnly on) : Thing
{
    public override string ToString() => $"{kind} {bucket} {amount} {on:O}";
}
