using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.SettlementProposals;

namespace Agency.Api.RepaymentPlans;

/// <summary>A plan as stored: the bank's row, kept by whoever moves money and by the calendar, under the account's lock.</summary>
internal sealed record RepaymentPlanRow(
    Id SettlementProposalId, int BankId, int AgencyId, Id CaseId, Id AccountId, string Kind, long Amount, string Currency, DateOnly PayBy, int? Instalments, DateOnly? FirstDueOn, long? Waiver,
    DateOnly CountsFrom, int GraceDays, string State, long Paid, DateOnly LookOn, DateTimeOffset ApprovedAt, DateTimeOffset? InForceAt, DateTimeOffset? EndedAt,
    DateOnly? ReinstatedUntil, DateOnly? WaivedOn)
{
    public const string Columns = """
        l.settlement_proposal_id, l.bank_id, l.agency_id, l.case_id, l.account_id, l.kind, l.amount, l.currency, l.pay_by, l.instalments, l.first_due_on, l.waiver,
        l.counts_from, l.grace_days, l.state, l.paid, l.look_on, l.approved_at, l.in_force_at, l.ended_at,
        l.reinstated_until, l.waived_on
        """;

    /// <summary>The day of those that nothing more is to be looked at.</summary>
    public static readonly DateOnly NoDay = new(9999, 12, 31);

    private static readonly Sql Insert = new("""
        INSERT INTO repayment_plan (bank_id, settlement_proposal_id, agency_id, case_id, account_id, kind, amount, currency, pay_by, instalments, first_due_on, waiver,
            counts_from, grace_days, state, paid, look_on, approved_at)
        VALUES (@tenant, @id, @agency, @case, @account, @kind, @amount, @currency, @payBy, @instalments, @firstDueOn, @waiver,
            @countsFrom, @graceDays, 'approved', 0, @payBy, @now)
        """);

    private static readonly Sql Update = new("""
        UPDATE repayment_plan
        SET state = @state, paid = @paid, look_on = @lookOn, in_force_at = @inForceAt, ended_at = @endedAt, reinstated_until = @reinstatedUntil, waived_on = @waivedOn
        WHERE bank_id = @tenant AND settlement_proposal_id = @id
        """);

    public SettlementTerms Terms => new(Words.Read<SettlementKind>(Kind), Amount, PayBy, Instalments, FirstDueOn, Waiver);

    public RepaymentPlanState Standing() => Words.Read<RepaymentPlanState>(State);

    /// <summary>An approved plan has expired as soon as its last day is over; it may take the system a minute to write that down.</summary>
    public static RepaymentPlanState Standing(RepaymentPlanState state, DateOnly payBy, DateOnly today) =>
        state == RepaymentPlanState.Approved && payBy < today ? RepaymentPlanState.Expired : state;

    /// <summary>The plan that an approved proposal becomes.</summary>
    public static async Task InsertAsync(Work work, SettlementProposalRow proposal, int graceDays)
    {
        var terms = proposal.Terms;
        await work.Db.ExecuteAsync(Insert, new
        {
            tenant = work.Tenant,
            id = proposal.Id,
            agency = proposal.AgencyId,
            @case = proposal.CaseId,
            account = proposal.AccountId,
            kind = Words.Of(terms.Kind),
            terms.Amount,
            proposal.Currency,
            terms.PayBy,
            terms.Instalments,
            terms.FirstDueOn,
            terms.Waiver,
            countsFrom = SettlementProposalRow.EarliestDay(proposal.SubmittedAt),
            graceDays,
            now = work.Now,
        });
    }

    public Task KeepAsync(Work work) => work.Db.ExecuteAsync(
        Update, new { tenant = work.Tenant, id = SettlementProposalId, State, Paid, LookOn, InForceAt, EndedAt, ReinstatedUntil, WaivedOn });

    public RepaymentPlan View(Work work)
    {
        var today = SettlementProposalRow.Today(work);
        return new(
            SettlementProposalId, AccountId, Words.Read<SettlementKind>(Kind), new Money(Amount, Currency), Waiver is { } waived ? new Money(waived, Currency) : null,
            new Money(Paid, Currency), Standing(Standing(), PayBy, today), [.. Terms.Payments().Select(payment => ViewOf(payment, today))],
            ApprovedAt, InForceAt, EndedAt, ReinstatedUntil);
    }

    private Instalment ViewOf(DuePayment payment, DateOnly today)
    {
        var has = Math.Clamp(Paid - (payment.UpToHere - payment.Amount), 0, payment.Amount);
        var state = has == payment.Amount ? InstalmentState.Paid : payment.DueOn < today ? InstalmentState.Late : InstalmentState.Due;
        return new(payment.Number, payment.DueOn, new Money(payment.Amount, Currency), new Money(has, Currency), state);
    }
}
