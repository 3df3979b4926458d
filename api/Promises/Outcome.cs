using Agency.Api.Agreements;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Promises;

/// <summary>
/// What becomes of an account's promises, worked out anew whenever money is decided on and when a date has passed. The bank's
/// deed or the system's, never the agency's, who made them.
/// </summary>
internal static class Outcome
{
    // Those that were cancelled too: they took the place of the ones before them. The ranges are one account, and one case: of an
    // equal sign SQLite thinks that the bank's whole clustered key is as short a way.
    private static readonly Sql OfAccount = new("""
        SELECT p.id, p.agency_id, p.case_id, c.assignment_id, p.amount, p.due_on, p.made_at, c.ended_at, d.time_zone, x.cancelled_at, o.number, o.outcome, o.paid
        FROM promise AS p
        INNER JOIN [case] AS c ON c.bank_id = p.bank_id AND c.id = p.case_id
        INNER JOIN debtor AS d ON d.bank_id = c.bank_id AND d.id = c.debtor_id
        LEFT JOIN promise_cancellation AS x ON x.bank_id = p.bank_id AND x.promise_id = p.id
        LEFT JOIN promise_outcome AS o ON o.bank_id = p.bank_id AND o.promise_id = p.id
            AND o.number = (SELECT MAX(m.number) FROM promise_outcome AS m WHERE m.bank_id = p.bank_id AND m.promise_id = p.id)
        WHERE p.bank_id = @tenant AND p.account_id >= @account AND p.account_id <= @account
        ORDER BY p.account_id, p.id
        """);

    // What was taken back adds up to nothing.
    private static readonly Sql Confirmed = new("""
        SELECT cause_id AS id, effective_on AS paid_on, -amount AS amount
        FROM ledger_entry
        WHERE bank_id = @tenant AND account_id = @account AND kind IN ('repayment', 'reversal')
        """);

    // It took nothing off the debt, and was paid all the same.
    private static readonly Sql Overpaid = new("""
        SELECT r.id, r.paid_on, w.overpaid AS amount
        FROM [case] AS c
        INNER JOIN repayment AS r ON r.bank_id = c.bank_id AND r.case_id >= c.id AND r.case_id <= c.id
        INNER JOIN repayment_decision AS w ON w.bank_id = r.bank_id AND w.repayment_id = r.id AND w.decision = 'confirmed'
        WHERE c.bank_id = @tenant AND c.account_id >= @account AND c.account_id <= @account AND w.overpaid > 0
            AND NOT EXISTS (SELECT 1 FROM repayment_decision AS v WHERE v.bank_id = r.bank_id AND v.repayment_id = r.id AND v.decision = 'reversed')
        """);

    private static readonly Sql Pending = new("""
        SELECT r.id, r.paid_on, r.amount
        FROM [case] AS c
        INNER JOIN repayment AS r ON r.bank_id = c.bank_id AND r.case_id >= c.id AND r.case_id <= c.id
        WHERE c.bank_id = @tenant AND c.account_id >= @account AND c.account_id <= @account
            AND NOT EXISTS (SELECT 1 FROM repayment_decision AS w WHERE w.bank_id = r.bank_id AND w.repayment_id = r.id)
        """);

    private static readonly Sql Insert = new("""
        INSERT INTO promise_outcome (bank_id, promise_id, number, agency_id, case_id, outcome, paid, person_id, client_id, decided_at)
        VALUES (@tenant, @id, @number, @agency, @case, @outcome, @paid, @person, @client, @now)
        """);

    /// <summary>Writes what changed. The account must be locked: so of two deeds on it one finds what the other left.</summary>
    public static async Task SettleAsync(Work work, Id account, CancellationToken cancellation)
    {
        // Who makes or cancels a promise locks the case.
        var open = await Ending.FindOpenAsync(work, account);
        var key = new { tenant = work.Tenant, account };
        var rows = await work.Db.ListAsync<Row>(OfAccount, key, cancellation);
        if (rows.All(row => row.CancelledAt is not null))
        {
            return;
        }

        var promises = await HeldAsync(work, rows);
        var confirmed = await work.Db.ListAsync<Payment>(Confirmed, key, cancellation);
        var overpaid = await work.Db.ListAsync<Payment>(Overpaid, key, cancellation);
        var pending = await work.Db.ListAsync<Payment>(Pending, key, cancellation);
        var today = Days.In(rows[0].TimeZone, work.Now);
        var paid = HeldPromise.Spread(promises, [.. confirmed, .. overpaid]);
        foreach (var (promise, row) in promises.Zip(rows).Where(pair => pair.Second.CancelledAt is null))
        {
            var verdict = promise.VerdictOn(today, row.Verdict, paid[promise.Id], pending);
            if (verdict != row.Verdict || (verdict != PromiseState.Open && paid[promise.Id] != row.Paid))
            {
                await WriteAsync(work, row, account, verdict, paid[promise.Id], cancellation);
                if (open?.Id == row.CaseId && promise.NextOn is null)
                {
                    await CaseOrder.PromisedAsync(work, work.Tenant, row.CaseId, verdict == PromiseState.Open ? row.DueOn : CaseOrder.NoDay);
                }
            }
        }
    }

    private static async Task<List<HeldPromise>> HeldAsync(Work work, IReadOnlyList<Row> rows)
    {
        var grace = new Dictionary<Id, int>();
        foreach (var assignment in rows.Select(row => row.AssignmentId).Distinct())
        {
            grace[assignment] = (await AgreementTerms.OfAssignmentAsync(work, work.Tenant, assignment)).PromiseGraceDays;
        }

        // Ids sort by time of making: the next of the case took this one's place.
        return [.. rows.Select((row, at) =>
        {
            var next = rows.Skip(at + 1).FirstOrDefault(later => later.CaseId == row.CaseId);
            return new HeldPromise(
                row.Id, row.CancelledAt is not null, row.Amount, DayOf(row.MadeAt), row.DueOn, row.DueOn.AddDays(grace[row.AssignmentId]), next?.Id, DayOrNull(next?.MadeAt), DayOrNull(row.EndedAt));

            DateOnly DayOf(DateTimeOffset instant) => Days.In(row.TimeZone, instant);
            DateOnly? DayOrNull(DateTimeOffset? instant) => instant is { } at ? DayOf(at) : null;
        })];
    }

    private static async Task WriteAsync(Work work, Row row, Id account, PromiseState verdict, long paid, CancellationToken cancellation)
    {
        await work.Db.ExecuteAsync(Insert, new
        {
            tenant = work.Tenant,
            row.Id,
            number = (row.Number ?? 0) + 1,
            agency = row.AgencyId,
            @case = row.CaseId,
            outcome = Words.Of(verdict),
            paid,
            person = work.Caller.Person,
            client = work.Caller.Client is "" ? null : work.Caller.Client,
            now = work.Now,
        }, cancellation);
        var deed = verdict == PromiseState.Open ? "promise.reopened" : $"promise.{Words.Of(verdict)}";
        await work.AuditAsync(deed, row.Id);
        await work.EmitAsync(new(deed, row.Id, work.Tenant, row.AgencyId, row.CaseId, account));
    }

    private sealed record Row(
        Id Id, int AgencyId, Id CaseId, Id AssignmentId, long Amount, DateOnly DueOn, DateTimeOffset MadeAt, DateTimeOffset? EndedAt, string TimeZone,
        DateTimeOffset? CancelledAt, int? Number, string? Outcome, long? Paid)
    {
        public PromiseState Verdict => Words.ReadOrNull<PromiseState>(Outcome) ?? PromiseState.Open;
    }
}

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
    public static Dictionary<Id, long> Spread(IReadOnlyList<HeldPromise> promises, IReadOnlyList<Payment> payments)
    {
        var left = payments.GroupBy(payment => (payment.Id, payment.PaidOn), (key, parts) => new Payment(key.Id, key.PaidOn, parts.Sum(part => part.Amount)))
            .OrderBy(payment => payment.PaidOn).ThenBy(payment => payment.Id).ToList();
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
