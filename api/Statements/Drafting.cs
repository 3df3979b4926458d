using System.Text.Json;
using Agency.Api.Agreements;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Statements;

/// <summary>
/// Closes a month between a bank and an agency: a statement for each currency that money was confirmed or reversed in, with its
/// lines. A month is closed once; what was decided in it and committed only afterwards goes to the next month's.
/// </summary>
internal static class Drafting
{
    // Two that close at once come one after the other: the second finds the month closed.
    private static readonly Sql LockMandates = new("SELECT id FROM agreement WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @bank AND agency_id = @agency");

    private static readonly Sql Closed = new("SELECT MAX(month) AS month FROM statement_month WHERE bank_id = @bank AND agency_id = @agency");
    private static readonly Sql CloseMonth = new("INSERT INTO statement_month (bank_id, agency_id, month, closed_at) VALUES (@bank, @agency, @month, @now)");

    private static readonly Sql Insert = new("""
        INSERT INTO statement (bank_id, id, agency_id, month, currency, line_count, amount, commission, drafted_at)
        VALUES (@bank, @id, @agency, @month, @currency, @lines, @amount, @commission, @now)
        """);

    private static readonly Sql InsertLine = new("""
        INSERT INTO statement_line (bank_id, statement_id, number, agency_id, kind, repayment_id, direct_payment_id, case_id, account_id, assignment_id, agreement_id, agreement_version,
            cycle, amount, overpaid, basis_points, pieces, earned, account_cap_taken, statement_cap_taken, commission, is_undone, paid_on, decided_at, original_statement_id, original_number)
        VALUES (@bank, @statement, @number, @agency, @kind, @repayment, @directPayment, @case, @account, @assignment, @agreement, @agreementVersion,
            @cycle, @amount, @overpaid, @basisPoints, @pieces, @earned, @accountCapTaken, @statementCapTaken, @commission, @isUndone, @paidOn, @decidedAt, @originalStatement, @originalNumber)
        """);

    private static readonly Sql TermsOf = new("SELECT agreement_id, version, terms FROM agreement_version WHERE agency_id = @agency");

    // The cases of the month's money alone, each by the index of lines by case.
    private static readonly Sql EarnedBefore = new(
        """
        SELECT l.case_id, SUM(l.commission) AS commission
        FROM OPENJSON(@cases) WITH (id varchar(32) COLLATE Latin1_General_100_BIN2 '$') AS named
        INNER JOIN statement_line AS l ON l.bank_id = @bank AND l.case_id = CONVERT(binary(16), named.id, 2)
        GROUP BY l.case_id
        """,
        """
        SELECT l.case_id, SUM(l.commission) AS commission
        FROM json_each(@cases) AS named
        CROSS JOIN statement_line AS l ON l.case_id = unhex(named.value)
        GROUP BY l.case_id
        """);

    /// <summary>The last month that was closed between the two.</summary>
    public static async Task<DateOnly?> ClosedAsync(Session db, int bank, int agency, CancellationToken cancellation) =>
        (await db.FindAsync<ClosedRow>(Closed, new { bank, agency }, cancellation))?.Month;

    /// <summary>Closes the month, unless it is closed.</summary>
    public static async Task CloseAsync(Work work, int agency, DateOnly month)
    {
        var pair = new { bank = work.Tenant, agency };
        _ = await work.Db.ListAsync<Id>(LockMandates, pair);
        if (await ClosedAsync(work.Db, work.Tenant, agency, CancellationToken.None) >= month)
        {
            return;
        }

        // What the month before missed: a decision is dated when its request begins, and committed when it ends.
        var (from, before) = (Begin(month.AddMonths(-1)), Begin(month.AddMonths(1)));
        var postings = await AgencyMoney.NotYetStatedAsync(work, agency, from, before);
        await work.Db.ExecuteAsync(CloseMonth, new { bank = work.Tenant, agency, month, now = work.Now });
        if (postings.Count == 0)
        {
            return;
        }

        var terms = (await work.Db.ListAsync<VersionRow>(TermsOf, pair)).ToDictionary(row => (row.AgreementId, row.Version), row => AgreementTerms.Read(row.Terms));
        var cases = JsonSerializer.Serialize(postings.Select(posting => posting.CaseId.Value.ToString("N")).Distinct(StringComparer.Ordinal));
        var earnedBefore = (await work.Db.ListAsync<EarnedRow>(EarnedBefore, new { bank = work.Tenant, cases })).ToDictionary(row => row.CaseId, row => row.Commission);
        foreach (var ofCurrency in postings.GroupBy(posting => posting.Currency, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var commission = new Commission(ofCurrency.Key, (agreement, version) => terms[(agreement, version)], earnedBefore);
            await WriteAsync(work, agency, month, ofCurrency.Key, commission.Of([.. ofCurrency]));
        }
    }

    /// <summary>The instant at which a month begins: months are UTC's, the same for both sides wherever they are.</summary>
    public static DateTimeOffset Begin(DateOnly month) => new(month.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static async Task WriteAsync(Work work, int agency, DateOnly month, string currency, IReadOnlyList<Earning> earnings)
    {
        var (bank, statement) = (work.Tenant, work.NewId());
        var own = earnings.Select((earning, index) => (earning.Posting, Number: index + 1)).Where(line => !line.Posting.IsReversal).ToDictionary(line => line.Posting.Payment, line => line.Number);
        await work.Db.ExecuteAsync(Insert, new
        {
            bank,
            id = statement,
            agency,
            month,
            currency,
            lines = earnings.Count,
            amount = earnings.Sum(earning => earning.Posting.Money),
            commission = earnings.Sum(earning => earning.Commission),
            now = work.Now,
        });
        await work.Db.ExecuteAsync(InsertLine, earnings.Select((earning, index) => new
        {
            bank,
            statement,
            number = index + 1,
            agency,
            kind = earning.Posting.IsReversal ? "reversal" : "repayment",
            repayment = earning.Posting.RepaymentId,
            directPayment = earning.Posting.DirectPaymentId,
            @case = earning.Posting.CaseId,
            account = earning.Posting.AccountId,
            assignment = earning.Posting.AssignmentId,
            agreement = earning.Posting.AgreementId,
            agreementVersion = earning.Posting.AgreementVersion,
            cycle = earning.Cycle,
            amount = earning.Posting.Money,
            overpaid = earning.Posting.IsReversal ? 0 : earning.Posting.Overpaid,
            basisPoints = earning.BasisPoints,
            pieces = StatementLineRow.Write(earning.Pieces),
            earned = earning.Earned,
            accountCapTaken = earning.AccountCapTaken,
            statementCapTaken = earning.StatementCapTaken,
            commission = earning.Commission,
            isUndone = earning.IsUndone,
            paidOn = earning.Posting.PaidOn,
            decidedAt = earning.Posting.DecidedAt,
            originalStatement = !earning.Posting.IsReversal ? null : own.ContainsKey(earning.Posting.Payment) ? statement : earning.Posting.OriginalStatementId,
            originalNumber = !earning.Posting.IsReversal ? null : own.TryGetValue(earning.Posting.Payment, out var number) ? number : earning.Posting.OriginalNumber,
        }).ToList());
        await Steps.RecordAsync(work, statement, bank, agency, "drafted");
    }

    private sealed record ClosedRow(DateOnly? Month);

    private sealed record VersionRow(Id AgreementId, int Version, string Terms);

    private sealed record EarnedRow(Id CaseId, long Commission);
}
