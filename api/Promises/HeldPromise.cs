using Agency.Api.Data;

namespace Agency.Api.Promises;

/// <summary>Money paid on an account, known by its report or the bank's own record of it.</summary>
internal sealed record Payment(Id Id, DateOnly PaidOn, long Amount);

/// <summary>A promise and what bounds it, every day the debtor's.</summary>
/// <param name="LastDay">The last day of grace: it is not broken before it is over.</param>
/// <param name="NextId">The promise that took its place.</param>
/// <param name="NextOn">The day on which the debtor promised anew.</param>
/// <param name="EndedOn">The day on which its case ended.</param>
internal sealed record HeldPromise(Id Id, bool IsCancelled, long Amount, DateOnly MadeOn, DateOnly DueOn, DateOnly LastDay, Id? NextId, DateOnly? NextOn, DateOnly? EndedOn)
{
    /// <summary>Gives each promise what was paid towards it, the earliest due first: one yuan keeps one promise.</summary>
    public static Dictionary<Id, long> Spread(IReadOnlyList<HeldPromise> promises, IEnumerable<Payment> payments)
    {
        var left = payments.OrderBy(payment => payment.PaidOn).ThenBy(payment => payment.Id).ToList();
        var paid = promises.ToDictionary(promise => promise.Id, _ => 0L);
        foreach (var promise in promises.Where(p => !p.IsCancelled).OrderBy(p => p.DueOn).ThenBy(p => p.Id))
        {
            for (var at = 0; at < left.Count; at++)
            {
                if (promise.Counts(left[at]))
                {
                    var taken = Math.Min(left[at].Amount, promise.Amount - paid[promise.Id]);
                    paid[promise.Id] += taken;
                    left[at] = left[at] with { Amount = left[at].Amount - taken };
                }
            }
        }

        return paid;
    }

    /// <summary>Kept, partly kept or broken; open while that can't be said.</summary>
    /// <param name="before">What was found last.</param>
    public PromiseState VerdictOn(DateOnly today, PromiseState before, long paid, IEnumerable<Payment> pending)
    {
        if (paid >= Amount)
        {
            return PromiseState.Kept;
        }

        // One that was replaced, or whose case ended, in its time is not held against the debtor.
        var hadItsTime = LastDay < today && !(NextOn <= LastDay) && !(EndedOn <= LastDay);

        // Money that waits for the bank puts the finding off, and takes none back.
        if (!hadItsTime || (before is PromiseState.Open or PromiseState.Kept && pending.Any(p => p.Id > Id && p.PaidOn <= DueOn)))
        {
            return PromiseState.Open;
        }

        return paid > 0 ? PromiseState.PartlyKept : PromiseState.Broken;
    }

    // What was known before the promise was made is not what was promised; on the day on which the debtor promised anew, what
    // was known by then belongs to the former promise and the rest to the new one.
    private bool Counts(Payment payment) =>
        payment.Id > Id && payment.PaidOn >= MadeOn && payment.PaidOn <= DueOn && !(payment.PaidOn > EndedOn)
        && (NextOn is null || payment.PaidOn < NextOn || (payment.PaidOn == NextOn && payment.Id < NextId));
}
