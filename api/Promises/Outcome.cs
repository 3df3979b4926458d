using Agency.Api.Accounts;
using Agency.Api.Agreements;
using Agency.Api.AuditLog;
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

    private static readonly Sql Pending = new("""
        SELECT r.id, r.paid_on, r.amount
        FROM [case] AS c
        INNER JOIN repayment AS r ON r.bank_id = c.bank_id AND r.case_id >= c.id AND r.case_id <= c.id
        WHERE c.bank_id = @tenant AND c.account_id >= @account AND c.account_id <= @account
            AND NOT EXISTS (SELECT 1 FROM repayment_decision AS w WHERE w.bank_id = r.bank_id AND w.repayment_id = r.id)
            AND NOT EXISTS (SELECT 1 FROM repayment_withdrawal AS t WHERE t.bank_id = r.bank_id AND t.repayment_id = r.id)
        """);

    private static readonly Sql Insert = new("""
        INSERT INTO promise_outcome (bank_id, promise_id, number, agency_id, case_id, outcome, paid, person_id, client_id, decided_at)
        VALUES (@tenant, @id, @number, @agency, @case, @outcome, @paid, @person, @client, @now)
        """);

    /// <summary>Locks the account, and writes what changed.</summary>
    public static async Task LookAgainAsync(Work work, Id account, CancellationToken cancellation) =>
        await SettleAsync(work, (await LockedAccount.ReadAsync(work, account)).Id, cancellation);

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
        var money = await Receipts.MoneyAsync(work, account, DateOnly.MinValue, cancellation);
        var pending = await PendingAsync(work, account, cancellation);
        var today = Days.In(rows[0].TimeZone, work.Now);
        var paid = HeldPromise.Spread(promises, money.Select(one => new Payment(one.Id, one.PaidOn, one.Amount)));
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

    /// <summary>What agencies reported on the account, and the bank has not decided on.</summary>
    public static Task<IReadOnlyList<Payment>> PendingAsync(Work work, Id account, CancellationToken cancellation) =>
        work.Db.ListAsync<Payment>(Pending, new { tenant = work.Tenant, account }, cancellation);

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
        await work.AuditAsync(deed, row.Id, changes: BeforeAfter.OfState(row.Verdict, verdict));
        await work.EmitAsync(new(deed, row.Id, work.Tenant, row.AgencyId, row.CaseId, account));
    }

    private sealed record Row(
        Id Id, int AgencyId, Id CaseId, Id AssignmentId, long Amount, DateOnly DueOn, DateTimeOffset MadeAt, DateTimeOffset? EndedAt, string TimeZone,
        DateTimeOffset? CancelledAt, int? Number, string? Outcome, long? Paid)
    {
        public PromiseState Verdict => Words.ReadOrNull<PromiseState>(Outcome) ?? PromiseState.Open;
    }
}
