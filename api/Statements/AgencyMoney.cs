using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Statements;

/// <summary>Money that became an agency's, or ceased to be, with what decides on the fee.</summary>
/// <param name="RepaymentId">The repayment that was confirmed or reversed, where it was one.</param>
/// <param name="DirectPaymentId">The direct payment that was booked or reversed, where it was one.</param>
/// <param name="Payment">The record that the money came with: a reversal has that of the money that it takes back, also where another record of it was the last to go.</param>
/// <param name="Amount">What was confirmed, overpayment included.</param>
/// <param name="Overpaid">What of it exceeded the balance then.</param>
/// <param name="DaysPastDue">How long overdue the account was when it was assigned; kept by the assignment, so that a later import changes nothing.</param>
/// <param name="OriginalStatementId">For a reversal: the statement that the money is in, unless it is in none yet.</param>
internal sealed record Posting(
    Id? RepaymentId, Id? DirectPaymentId, Id Payment, bool IsReversal, DateOnly PaidOn, DateTimeOffset DecidedAt, Id CaseId, Id AccountId, Id AssignmentId, Id AgreementId, int AgreementVersion,
    int DaysPastDue, long Amount, long Overpaid, string Currency, Id? OriginalStatementId, int? OriginalNumber, long? OriginalCommission)
{
    /// <summary>What came off the debt when the money came, or is taken back of that.</summary>
    public long Money => IsReversal ? Overpaid - Amount : Amount - Overpaid;
}

/// <summary>
/// Decides which money is an agency's, and nothing else does. It is the agency's while a record of it stands that is attributed to a case
/// of the agency: a repayment that the bank confirmed, or a direct payment. It comes with the first of those records, at the time of the
/// bank's decision, and goes when the last of them is reversed: money that is known twice is one money.
/// </summary>
/// <remarks>
/// How much it is, is settled when it comes: what came off the debt then. Money of the day of the bank's last refresh or before is in the
/// bank's figures and came off the debt there: it earns as if it had been confirmed before the refresh. What exceeded the balance
/// earns nothing, also where it is used up later, because other money went or the bank's figures rose.
/// </remarks>
internal static class AgencyMoney
{
    // Ranges of indexes by time; everything else is a seek a row by a key.
    private static readonly Sql RepaymentsNotYetStated = new("""
        SELECT 'repayment' AS kind, d.repayment_id AS id, d.decision, p.paid_on, d.decided_at, p.case_id, p.account_id, c.assignment_id, s.agreement_id, s.agreement_version,
            n.days_past_due, p.amount, f.overpaid, p.currency
        FROM repayment_decision AS d
        INNER JOIN repayment AS p ON p.bank_id = d.bank_id AND p.id = d.repayment_id
        INNER JOIN repayment_decision AS f ON f.bank_id = d.bank_id AND f.repayment_id = d.repayment_id AND f.decision = 'confirmed'
        INNER JOIN [case] AS c ON c.bank_id = p.bank_id AND c.id = p.case_id
        INNER JOIN assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
        INNER JOIN assignment_account AS n ON n.bank_id = c.bank_id AND n.assignment_id = c.assignment_id AND n.account_id = c.account_id
        WHERE d.bank_id = @bank AND d.agency_id = @agency AND d.decided_at >= @from AND d.decided_at < @before AND d.decision IN ('confirmed', 'reversed') AND f.attributed = 1
            AND NOT EXISTS
            (
                SELECT 1
                FROM statement_line AS l
                WHERE l.bank_id = d.bank_id AND l.repayment_id = d.repayment_id AND l.repayment_id IS NOT NULL AND l.kind = CASE d.decision WHEN 'reversed' THEN 'reversal' ELSE 'repayment' END
            )
            AND (d.decision = 'reversed' OR NOT EXISTS (SELECT 1 FROM direct_payment AS t WHERE t.bank_id = f.bank_id AND t.id = f.same_as_id AND t.attributed_case_id IS NOT NULL))
        """);

    private static readonly Sql PaymentsNotYetStated = new("""
        SELECT 'direct_payment' AS kind, x.id, 'confirmed' AS decision, x.paid_on, x.booked_at AS decided_at, c.id AS case_id, x.account_id, c.assignment_id, s.agreement_id,
            s.agreement_version, n.days_past_due, x.amount, x.overpaid, x.currency
        FROM direct_payment AS x
        INNER JOIN [case] AS c ON c.bank_id = x.bank_id AND c.id = x.attributed_case_id
        INNER JOIN assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
        INNER JOIN assignment_account AS n ON n.bank_id = c.bank_id AND n.assignment_id = c.assignment_id AND n.account_id = c.account_id
        WHERE x.bank_id = @bank AND x.attributed_case_id IS NOT NULL AND x.booked_at >= @from AND x.booked_at < @before AND x.same_as_id IS NULL AND c.agency_id = @agency
            AND NOT EXISTS
            (
                SELECT 1
                FROM statement_line AS l
                WHERE l.bank_id = x.bank_id AND l.direct_payment_id = x.id AND l.direct_payment_id IS NOT NULL AND l.kind = 'repayment'
            )
        """);

    private static readonly Sql ReversalsNotYetStated = new("""
        SELECT 'direct_payment' AS kind, x.id, 'reversed' AS decision, x.paid_on, x.reversed_at AS decided_at, c.id AS case_id, x.account_id, c.assignment_id, s.agreement_id,
            s.agreement_version, n.days_past_due, x.amount, x.overpaid, x.currency
        FROM direct_payment AS x
        INNER JOIN [case] AS c ON c.bank_id = x.bank_id AND c.id = x.attributed_case_id
        INNER JOIN assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
        INNER JOIN assignment_account AS n ON n.bank_id = c.bank_id AND n.assignment_id = c.assignment_id AND n.account_id = c.account_id
        WHERE x.bank_id = @bank AND x.reversed_at IS NOT NULL AND x.reversed_at >= @from AND x.reversed_at < @before AND x.attributed_case_id IS NOT NULL AND c.agency_id = @agency
            AND NOT EXISTS
            (
                SELECT 1
                FROM statement_line AS l
                WHERE l.bank_id = x.bank_id AND l.direct_payment_id = x.id AND l.direct_payment_id IS NOT NULL AND l.kind = 'reversal'
            )
        """);

    private static readonly Sql FindPayment = new("SELECT id, same_as_id AS same_as, reversed_at FROM direct_payment WHERE bank_id = @bank AND id = @id AND attributed_case_id IS NOT NULL");

    private static readonly Sql PaymentsNaming = new("SELECT id, same_as_id AS same_as, reversed_at FROM direct_payment WHERE bank_id = @bank AND same_as_id = @id AND attributed_case_id IS NOT NULL");

    private static readonly Sql FindRepayment = new("""
        SELECT f.repayment_id AS id, f.same_as_id AS same_as, v.decided_at AS reversed_at
        FROM repayment_decision AS f
        LEFT JOIN repayment_decision AS v ON v.bank_id = f.bank_id AND v.repayment_id = f.repayment_id AND v.decision = 'reversed'
        WHERE f.bank_id = @bank AND f.repayment_id = @id AND f.decision = 'confirmed' AND f.attributed = 1
        """);

    private static readonly Sql RepaymentsNaming = new("""
        SELECT f.repayment_id AS id, f.same_as_id AS same_as, v.decided_at AS reversed_at
        FROM repayment_decision AS f
        LEFT JOIN repayment_decision AS v ON v.bank_id = f.bank_id AND v.repayment_id = f.repayment_id AND v.decision = 'reversed'
        WHERE f.bank_id = @bank AND f.same_as_id = @id AND f.decision = 'confirmed' AND f.attributed = 1
        """);

    private static readonly Sql OriginalRepayment = new(
        "SELECT statement_id, number, commission FROM statement_line WHERE bank_id = @bank AND repayment_id = @id AND repayment_id IS NOT NULL AND kind = 'repayment'");

    private static readonly Sql OriginalPayment = new(
        "SELECT statement_id, number, commission FROM statement_line WHERE bank_id = @bank AND direct_payment_id = @id AND direct_payment_id IS NOT NULL AND kind = 'repayment'");

    private static readonly Sql FirstRepayment = new("SELECT MIN(decided_at) AS first_at FROM repayment_decision WHERE bank_id = @bank AND agency_id = @agency");

    private static readonly Sql FirstPayment = new("""
        SELECT MIN(x.booked_at) AS first_at
        FROM direct_payment AS x
        INNER JOIN [case] AS c ON c.bank_id = x.bank_id AND c.id = x.attributed_case_id
        WHERE x.bank_id = @bank AND x.attributed_case_id IS NOT NULL AND c.agency_id = @agency
        """);

    /// <summary>What came and went in that time and is in no statement yet, in the order of the decisions.</summary>
    public static async Task<IReadOnlyList<Posting>> NotYetStatedAsync(Work work, int agency, DateTimeOffset from, DateTimeOffset before)
    {
        var of = new { bank = work.Tenant, agency, from, before };
        List<Row> rows =
        [
            .. await work.Db.ListAsync<Row>(RepaymentsNotYetStated, of),
            .. await work.Db.ListAsync<Row>(PaymentsNotYetStated, of),
            .. await work.Db.ListAsync<Row>(ReversalsNotYetStated, of),
        ];
        List<Posting> postings = [];
        foreach (var row in rows.OrderBy(row => row.DecidedAt).ThenBy(row => row.Id).ThenBy(row => row.IsReversal))
        {
            if (!row.IsReversal)
            {
                postings.Add(row.Post(row.Id, null));
            }
            else if (await RecordsAsync(work, row.IsRepayment, row.Id) is { Count: > 0 } records && records.All(record => record.ReversedAt is not null) && records.MaxBy(record => (record.ReversedAt, record.Id))!.Id == row.Id)
            {
                var original = await work.Db.FindAsync<OriginalRow>(records[0].IsRepayment ? OriginalRepayment : OriginalPayment, new { bank = work.Tenant, records[0].Id });
                postings.Add(row.Post(records[0].Id, original));
            }
        }

        return postings;
    }

    /// <summary>When there was any for the first time.</summary>
    public static async Task<DateTimeOffset?> FirstAsync(Session db, int bank, int agency, CancellationToken cancellation)
    {
        var repayment = (await db.FindAsync<FirstRow>(FirstRepayment, new { bank, agency }, cancellation))?.FirstAt;
        var payment = (await db.FindAsync<FirstRow>(FirstPayment, new { bank, agency }, cancellation))?.FirstAt;
        return repayment is null || payment < repayment ? payment : repayment;
    }

    /// <summary>The record that the money came with, once the last one of it has been reversed; null while one stands, and for money that is no agency's.</summary>
    public static async Task<Id?> GoneAsync(Work work, bool isRepayment, Id record) =>
        await RecordsAsync(work, isRepayment, record) is [var first, ..] records && records.All(known => known.ReversedAt is not null) ? first.Id : null;

    // All records of the money, from the one that it came with on: each names the one that it was matched with. None where it is no agency's.
    private static async Task<List<Known>> RecordsAsync(Work work, bool ofRepayment, Id id)
    {
        if (await FindAsync(ofRepayment, id) is not { } first)
        {
            return [];
        }

        while (first.SameAs is { } same && await FindAsync(!first.IsRepayment, same) is { } earlier)
        {
            first = earlier;
        }

        List<Known> records = [first];
        for (var i = 0; i < records.Count; i++)
        {
            var (isRepayment, named) = (!records[i].IsRepayment, records[i].Id);
            records.AddRange((await work.Db.ListAsync<KnownRow>(isRepayment ? RepaymentsNaming : PaymentsNaming, new { bank = work.Tenant, id = named })).Select(found => found.As(isRepayment)));
        }

        return records;

        async Task<Known?> FindAsync(bool isRepayment, Id id) =>
            (await work.Db.FindAsync<KnownRow>(isRepayment ? FindRepayment : FindPayment, new { bank = work.Tenant, id }))?.As(isRepayment);
    }

    private sealed record Known(bool IsRepayment, Id Id, Id? SameAs, DateTimeOffset? ReversedAt);

    private sealed record KnownRow(Id Id, Id? SameAs, DateTimeOffset? ReversedAt)
    {
        public Known As(bool isRepayment) => new(isRepayment, Id, SameAs, ReversedAt);
    }

    private sealed record OriginalRow(Id StatementId, int Number, long Commission);

    private sealed record FirstRow(DateTimeOffset? FirstAt);

    private sealed record Row(
        string Kind, Id Id, string Decision, DateOnly PaidOn, DateTimeOffset DecidedAt, Id CaseId, Id AccountId, Id AssignmentId, Id AgreementId, int AgreementVersion, int DaysPastDue,
        long Amount, long Overpaid, string Currency)
    {
        public bool IsRepayment => Kind == "repayment";

        public bool IsReversal => Decision == "reversed";

        public Posting Post(Id payment, OriginalRow? original) => new(
            IsRepayment ? Id : null, IsRepayment ? null : Id, payment, IsReversal, PaidOn, DecidedAt, CaseId, AccountId, AssignmentId, AgreementId, AgreementVersion, DaysPastDue,
            Amount, Overpaid, Currency, original?.StatementId, original?.Number, original?.Commission);
    }
}
