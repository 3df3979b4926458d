using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Statements;

/// <summary>Confirmed money, or its reversal, with what decides on the fee.</summary>
/// <param name="Amount">What was confirmed, overpayment included.</param>
/// <param name="Overpaid">What of it exceeded the balance.</param>
/// <param name="DaysPastDue">How long overdue the account was when it was assigned; kept by the assignment, so that a later import changes nothing.</param>
/// <param name="OriginalStatementId">For a reversal: the statement that the money is in, unless it is in none yet.</param>
internal sealed record Posting(
    Id? RepaymentId, Id? DirectPaymentId, string Decision, DateOnly PaidOn, DateTimeOffset DecidedAt, Id CaseId, Id AccountId, Id AssignmentId, Id AgreementId, int AgreementVersion, int DaysPastDue,
    long Amount, long Overpaid, string Currency, Id? OriginalStatementId, int? OriginalNumber, long? OriginalCommission)
{
    /// <summary>The payment: a confirmation and its reversal have the same.</summary>
    public Id Payment => RepaymentId ?? DirectPaymentId ?? throw new InvalidOperationException("Money without a payment.");

    public bool IsReversal => Decision == "reversed";

    /// <summary>What came off the debt, or back onto it: the sum of its entries in the ledger, turned round.</summary>
    public long Money => IsReversal ? Overpaid - Amount : Amount - Overpaid;
}

/// <summary>
/// Decides which money is an agency's, and nothing else does: what it reported and the bank confirmed, at the time of the
/// confirmation, and what of that was reversed, at the time of the reversal.
/// </summary>
internal static class AgencyMoney
{
    // A range of the index by bank, agency and time of decision; everything else is one seek a row by a primary or unique key.
    private static readonly Sql NotYetStated = new("""
        SELECT d.repayment_id, d.decision, p.paid_on, d.decided_at, p.case_id, p.account_id, c.assignment_id, s.agreement_id, s.agreement_version,
            n.days_past_due, p.amount, f.overpaid, p.currency,
            o.statement_id AS original_statement_id, o.number AS original_number, o.commission AS original_commission
        FROM repayment_decision AS d
        INNER JOIN repayment AS p ON p.bank_id = d.bank_id AND p.id = d.repayment_id
        INNER JOIN repayment_decision AS f ON f.bank_id = d.bank_id AND f.repayment_id = d.repayment_id AND f.decision = 'confirmed'
        INNER JOIN [case] AS c ON c.bank_id = p.bank_id AND c.id = p.case_id
        INNER JOIN assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
        INNER JOIN assignment_account AS n ON n.bank_id = c.bank_id AND n.assignment_id = c.assignment_id AND n.account_id = c.account_id
        LEFT JOIN statement_line AS o ON o.bank_id = d.bank_id AND o.repayment_id = d.repayment_id AND o.repayment_id IS NOT NULL AND o.kind = 'repayment'
        WHERE d.bank_id = @bank AND d.agency_id = @agency AND d.decided_at >= @from AND d.decided_at < @before AND d.decision IN ('confirmed', 'reversed')
            AND NOT EXISTS
            (
                SELECT 1
                FROM statement_line AS l
                WHERE l.bank_id = d.bank_id AND l.repayment_id = d.repayment_id AND l.repayment_id IS NOT NULL AND l.kind = CASE d.decision WHEN 'reversed' THEN 'reversal' ELSE 'repayment' END
            )
        ORDER BY d.decided_at, d.repayment_id, d.decision
        """);

    private static readonly Sql First = new("SELECT MIN(decided_at) AS decided_at FROM repayment_decision WHERE bank_id = @bank AND agency_id = @agency");

    /// <summary>What was decided in that time and is in no statement yet, in the order of the decisions.</summary>
    public static Task<IReadOnlyList<Posting>> NotYetStatedAsync(Work work, int agency, DateTimeOffset from, DateTimeOffset before) =>
        work.Db.ListAsync<Posting>(NotYetStated, new { bank = work.Tenant, agency, from, before });

    /// <summary>When there was any for the first time.</summary>
    public static async Task<DateTimeOffset?> FirstAsync(Session db, int bank, int agency, CancellationToken cancellation) =>
        (await db.FindAsync<FirstRow>(First, new { bank, agency }, cancellation))?.DecidedAt;

    private sealed record FirstRow(DateTimeOffset? DecidedAt);
}
