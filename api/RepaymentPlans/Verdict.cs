using Agency.Api.Promises;

namespace Agency.Api.RepaymentPlans;

/// <summary>What the money and the calendar make of a plan.</summary>
/// <param name="LookOn">The day after which the calendar alone may change it.</param>
internal sealed record Verdict(RepaymentPlanState State, long Paid, DateOnly LookOn)
{
    /// <summary>Works out where a plan stands. What is known says it all, in whatever order it came.</summary>
    /// <param name="payments">The money that stands and counts towards it.</param>
    /// <param name="pending">Reported money that the bank has not decided on.</param>
    /// <param name="isOwedNothing">The account owes nothing any more.</param>
    public static Verdict On(RepaymentPlanRow plan, DateOnly today, IReadOnlyCollection<Payment> payments, IReadOnlyCollection<Payment> pending, bool isOwedNothing)
    {
        var terms = plan.Terms;
        if (!terms.IsPlan || plan.InForceAt is null)
        {
            var inTime = PaidBy(terms.PayBy);
            return !terms.IsPlan && inTime >= terms.Amount ? new(RepaymentPlanState.Completed, inTime, RepaymentPlanRow.NoDay)
                : terms.PayBy < today ? new(RepaymentPlanState.Expired, inTime, RepaymentPlanRow.NoDay)
                : new(RepaymentPlanState.Approved, inTime, terms.PayBy);
        }

        var paid = PaidBy(DateOnly.MaxValue);
        foreach (var due in terms.Payments())
        {
            var deadline = Deadline(plan, due.DueOn);
            if (PaidBy(deadline) >= due.UpToHere || isOwedNothing)
            {
                continue;
            }

            if (today <= deadline)
            {
                return new(RepaymentPlanState.InForce, paid, deadline);
            }

            // Money that waits for the bank puts a default off, and takes none back.
            return plan.Standing() != RepaymentPlanState.Defaulted && pending.Any(payment => payment.PaidOn <= deadline)
                ? new(RepaymentPlanState.InForce, paid, today)
                : new(RepaymentPlanState.Defaulted, paid, RepaymentPlanRow.NoDay);
        }

        return new(RepaymentPlanState.Completed, paid, RepaymentPlanRow.NoDay);

        long PaidBy(DateOnly day) => payments.Where(payment => payment.PaidOn >= plan.CountsFrom && payment.PaidOn <= day).Sum(payment => payment.Amount);
    }

    // A reinstated plan wants what was late by the new day.
    private static DateOnly Deadline(RepaymentPlanRow plan, DateOnly dueOn)
    {
        var deadline = dueOn.AddDays(plan.GraceDays);
        return plan.ReinstatedUntil is { } until && until > deadline ? until : deadline;
    }
}
