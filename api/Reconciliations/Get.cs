using System.ComponentModel;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.SettlementProposals;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Reconciliations;

/// <summary>Either side asks what there is of a day. Everything is counted by the database, which knows what the caller may see.</summary>
internal static class Get
{
    // Ids sort by time of making, and are drawn no earlier than the time that their rows carry: their range is what the keys seek by,
    // the time says exactly which day it is.
    private static readonly TimeSpan IdsMayLag = TimeSpan.FromHours(1);

    private static readonly SidedSql CasesOpened = new("""
        SELECT c.state, COUNT(*) AS number
        FROM [case] AS c
        WHERE c.{side} = @tenant AND c.id >= @first AND c.id < @last AND c.opened_at >= @from AND c.opened_at < @to
        GROUP BY c.state
        """);

    private static readonly SidedSql CasesEnded = new("""
        SELECT c.state, COUNT(*) AS number
        FROM [case] AS c
        WHERE c.{side} = @tenant AND c.ended_at >= @from AND c.ended_at < @to
        GROUP BY c.state
        """);

    private static readonly SidedSql CasesOpen = new("SELECT COUNT(*) AS number FROM [case] AS c WHERE c.{side} = @tenant AND c.ended_at IS NULL");

    private static readonly SidedSql ContactRecords = new("""
        SELECT COUNT(*) AS number
        FROM contact_record AS r
        WHERE r.{side} = @tenant AND r.id >= @first AND r.id < @last AND r.received_at >= @from AND r.received_at < @to
        """);

    // Any later promise of the case takes the place of an open one; of an equal sign SQLite would read all the bank's later promises.
    private static readonly SidedSql Promises = new("""
        SELECT f.state, f.currency, COUNT(*) AS number, SUM(f.amount) AS amount
        FROM (
            SELECT p.currency, p.amount,
                CASE
                    WHEN x.promise_id IS NOT NULL THEN 'cancelled'
                    WHEN o.outcome <> 'open' THEN o.outcome
                    WHEN EXISTS (SELECT 1 FROM promise AS n WHERE n.bank_id = p.bank_id AND n.case_id >= p.case_id AND n.case_id <= p.case_id AND n.id > p.id) THEN 'superseded'
                    WHEN c.ended_at IS NOT NULL THEN 'lapsed'
                    ELSE 'open'
                END AS state
            FROM promise AS p
            INNER JOIN [case] AS c ON c.bank_id = p.bank_id AND c.id = p.case_id
            LEFT JOIN promise_cancellation AS x ON x.bank_id = p.bank_id AND x.promise_id = p.id
            LEFT JOIN promise_outcome AS o ON o.bank_id = p.bank_id AND o.promise_id = p.id
                AND o.number = (SELECT MAX(m.number) FROM promise_outcome AS m WHERE m.bank_id = p.bank_id AND m.promise_id = p.id)
            WHERE p.{side} = @tenant AND p.id >= @first AND p.id < @last AND p.made_at >= @from AND p.made_at < @to
        ) AS f
        GROUP BY f.state, f.currency
        """);

    private static readonly SidedSql Repayments = new("""
        SELECT f.state, f.currency, COUNT(*) AS number, SUM(f.amount) AS amount
        FROM (
            SELECT p.currency, p.amount, COALESCE(v.decision, w.decision, CASE WHEN x.repayment_id IS NULL THEN 'reported' ELSE 'withdrawn' END) AS state
            FROM repayment AS p
            LEFT JOIN repayment_decision AS w ON w.bank_id = p.bank_id AND w.repayment_id = p.id AND w.decision <> 'reversed'
            LEFT JOIN repayment_decision AS v ON v.bank_id = p.bank_id AND v.repayment_id = p.id AND v.decision = 'reversed'
            LEFT JOIN repayment_withdrawal AS x ON x.bank_id = p.bank_id AND x.repayment_id = p.id
            WHERE p.{side} = @tenant AND p.id >= @first AND p.id < @last AND p.reported_at >= @from AND p.reported_at < @to
        ) AS f
        GROUP BY f.state, f.currency
        """);

    private static readonly SidedSql DirectPayments = new("""
        SELECT f.state, f.currency, COUNT(*) AS number, SUM(f.amount) AS amount
        FROM (
            SELECT d.currency, d.amount, CASE WHEN d.reversed_at IS NULL THEN 'confirmed' ELSE 'reversed' END AS state
            FROM direct_payment AS d
            WHERE d.{side} = @tenant AND d.id >= @first AND d.id < @last AND d.booked_at >= @from AND d.booked_at < @to
        ) AS f
        GROUP BY f.state, f.currency
        """);

    private static readonly SidedSql SettlementProposals = new("""
        SELECT f.state, f.currency, COUNT(*) AS number, SUM(f.amount) AS amount
        FROM (
            SELECT p.currency, p.amount,
                CASE
                    WHEN l.state = 'approved' AND l.pay_by < @today THEN 'expired'
                    WHEN l.state IS NOT NULL THEN l.state
                    WHEN w.decision = 'rejected' THEN 'rejected'
                    WHEN n.reply IS NOT NULL THEN n.reply
                    WHEN w.decision = 'expired' OR COALESCE(c.agree_by, p.agree_by) < @today THEN 'expired'
                    WHEN c.countered_at IS NOT NULL AND y.replied_at IS NULL THEN 'countered'
                    ELSE 'submitted'
                END AS state
            FROM settlement_proposal AS p
            LEFT JOIN settlement_proposal_decision AS w ON w.bank_id = p.bank_id AND w.settlement_proposal_id = p.id AND w.decision <> 'first_approved'
            LEFT JOIN settlement_counter AS c ON c.bank_id = p.bank_id AND c.settlement_proposal_id = p.id
            LEFT JOIN settlement_reply AS y ON y.bank_id = p.bank_id AND y.settlement_proposal_id = p.id AND y.reply = 'accepted'
            LEFT JOIN settlement_reply AS n ON n.bank_id = p.bank_id AND n.settlement_proposal_id = p.id AND n.reply <> 'accepted'
            LEFT JOIN repayment_plan AS l ON l.bank_id = p.bank_id AND l.settlement_proposal_id = p.id
            WHERE p.{side} = @tenant AND p.id >= @first AND p.id < @last AND p.submitted_at >= @from AND p.submitted_at < @to
        ) AS f
        GROUP BY f.state, f.currency
        """);

    private static readonly Sql LedgerOfBank = new("""
        SELECT l.kind AS state, l.currency, COUNT(*) AS number, SUM(l.amount) AS amount
        FROM ledger_entry AS l
        WHERE l.bank_id = @tenant AND l.kind <> 'opening' AND l.created_at >= @from AND l.created_at < @to
        GROUP BY l.kind, l.currency
        """);

    private static readonly Sql LedgerOfAgency = new("""
        SELECT l.kind AS state, l.currency, COUNT(*) AS number, SUM(l.amount) AS amount
        FROM [case] AS c
        CROSS JOIN ledger_entry AS l
        WHERE c.agency_id = @tenant AND c.ended_at IS NULL AND l.bank_id = c.bank_id AND l.account_id = c.account_id AND l.id >= @first AND l.id < @last
            AND l.kind <> 'opening' AND l.created_at >= @from AND l.created_at < @to
        GROUP BY l.kind, l.currency
        """);

    private static readonly Sql Waivers = new("""
        SELECT f.state, f.currency, COUNT(*) AS number, SUM(f.amount) AS amount
        FROM (
            SELECT w.currency, w.principal + w.interest + w.fees AS amount, CASE WHEN w.reversed_at IS NULL THEN 'granted' ELSE 'reversed' END AS state
            FROM waiver AS w
            WHERE w.bank_id = @tenant AND w.id >= @first AND w.id < @last AND w.granted_at >= @from AND w.granted_at < @to
        ) AS f
        GROUP BY f.state, f.currency
        """);

    private static readonly SidedSql Holds = new("""
        SELECT f.state, COUNT(*) AS number
        FROM (
            SELECT CASE WHEN h.lifted_at IS NULL THEN 'standing' ELSE 'lifted' END AS state
            FROM hold AS h
            WHERE h.{side} = @tenant AND h.id >= @first AND h.id < @last AND h.raised_at >= @from AND h.raised_at < @to
        ) AS f
        GROUP BY f.state
        """);

    public static void Map(RouteGroupBuilder reconciliation) => reconciliation.MapGet("/", HandleAsync)
        .Describe("Reconciliations_Get", Scopes.ReconciliationsRead, "Compare a day", "Counts and sums of what was made on a day (UTC) between the caller and its banks or agencies, by the state in which it is now, and of the ledger's movements by kind: the numbers that the lists add up to. Both sides read their own; what an agency sees no more is not in its figures.")
        .Returns<Reconciliation>();

    private static async Task<Answer<Reconciliation>> HandleAsync(
        [FromQuery(Name = "day"), Description("The day, in UTC: 2026-03-02.")] DateOnly day, Work work, CancellationToken cancellation)
    {
        var from = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        var key = new { tenant = work.Tenant, from, to = from.AddDays(1), today = SettlementProposalRow.Today(work), first = Id.FirstAt(from), last = Id.FirstAt(from.AddDays(1) + IdsMayLag) };
        List<ReconciliationLine> lines = [];
        await AddAsync(ReconciliationFigure.CasesOpened, work.Side(CasesOpened));
        await AddAsync(ReconciliationFigure.CasesEnded, work.Side(CasesEnded));
        await AddAsync(ReconciliationFigure.CasesOpen, work.Side(CasesOpen));
        await AddAsync(ReconciliationFigure.ContactRecords, work.Side(ContactRecords));
        await AddAsync(ReconciliationFigure.Promises, work.Side(Promises));
        await AddAsync(ReconciliationFigure.Repayments, work.Side(Repayments));
        await AddAsync(ReconciliationFigure.DirectPayments, work.Side(DirectPayments));
        await AddAsync(ReconciliationFigure.SettlementProposals, work.Side(SettlementProposals));
        if (work.Caller.IsBank)
        {
            await AddAsync(ReconciliationFigure.Waivers, Waivers);
        }

        await AddAsync(ReconciliationFigure.LedgerEntries, work.Caller.IsBank ? LedgerOfBank : LedgerOfAgency);
        await AddAsync(ReconciliationFigure.Holds, work.Side(Holds));
        return Answer.Ok(new Reconciliation(day, lines));

        async Task AddAsync(ReconciliationFigure figure, Sql sql)
        {
            var rows = await work.Db.ListAsync<Row>(sql, key, cancellation);
            lines.AddRange(rows.Where(row => row.Number > 0).OrderBy(row => row.State, StringComparer.Ordinal).ThenBy(row => row.Currency, StringComparer.Ordinal)
                .Select(row => new ReconciliationLine(figure, row.State, row.Number, row.Currency is { } currency ? new Money(row.Amount, currency) : null)));
        }
    }

    private sealed record Row(string? State, string? Currency, long Number, long Amount);
}
