using System.Text.Json;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.RepaymentPlans;

namespace Agency.Api.SettlementProposals;

/// <summary>A proposal as stored, with all that both sides said to it beside it.</summary>
internal sealed record SettlementProposalRow(
    Id Id, int BankId, int AgencyId, Id CaseId, Id AccountId, string Kind, long Amount, string Currency, DateOnly PayBy, int? Instalments, DateOnly? FirstDueOn, long? Waiver,
    long Balance, byte[] ReasonCipher, byte[]? CircumstancesCipher, string? AgencyReference, DateTimeOffset SubmittedAt,
    DateTimeOffset? FirstApprovedAt, Id? FirstPersonId, string? FirstClientId, string? Answer, string? AnswerReason, DateTimeOffset? AnsweredAt,
    string? CounterKind, long? CounterAmount, DateOnly? CounterPayBy, int? CounterInstalments, DateOnly? CounterFirstDueOn, long? CounterWaiver, long? CounterBalance,
    string? CounterReason, Id? CounterPersonId, string? CounterClientId, DateTimeOffset? CounteredAt,
    DateTimeOffset? AcceptedAt, string? Reply, string? ReplyReason, DateTimeOffset? RepliedAt,
    string? PlanState, DateTimeOffset? InForceAt, DateTimeOffset? EndedAt, string? AccountNumber)
{
    public const string Columns = """
        p.id, p.bank_id, p.agency_id, p.case_id, p.account_id, p.kind, p.amount, p.currency, p.pay_by, p.instalments, p.first_due_on, p.waiver,
        p.balance, p.reason_cipher, p.circumstances_cipher, p.agency_reference, p.submitted_at,
        f.decided_at AS first_approved_at, f.person_id AS first_person_id, f.client_id AS first_client_id, w.decision AS answer, w.reason AS answer_reason, w.decided_at AS answered_at,
        c.kind AS counter_kind, c.amount AS counter_amount, c.pay_by AS counter_pay_by, c.instalments AS counter_instalments, c.first_due_on AS counter_first_due_on, c.waiver AS counter_waiver, c.balance AS counter_balance,
        c.reason AS counter_reason, c.person_id AS counter_person_id, c.client_id AS counter_client_id, c.countered_at,
        y.replied_at AS accepted_at, n.reply, n.reason AS reply_reason, n.replied_at,
        l.state AS plan_state, l.in_force_at, l.ended_at, a.account_number
        """;

    public const string Tables = """
        settlement_proposal AS p
        LEFT JOIN settlement_proposal_decision AS f ON f.bank_id = p.bank_id AND f.settlement_proposal_id = p.id AND f.decision = 'first_approved'
        LEFT JOIN settlement_proposal_decision AS w ON w.bank_id = p.bank_id AND w.settlement_proposal_id = p.id AND w.decision <> 'first_approved'
        LEFT JOIN settlement_counter AS c ON c.bank_id = p.bank_id AND c.settlement_proposal_id = p.id
        LEFT JOIN settlement_reply AS y ON y.bank_id = p.bank_id AND y.settlement_proposal_id = p.id AND y.reply = 'accepted'
        LEFT JOIN settlement_reply AS n ON n.bank_id = p.bank_id AND n.settlement_proposal_id = p.id AND n.reply <> 'accepted'
        LEFT JOIN repayment_plan AS l ON l.bank_id = p.bank_id AND l.settlement_proposal_id = p.id
        LEFT JOIN account AS a ON a.bank_id = p.bank_id AND a.id = p.account_id
        """;

    /// <summary>What the agency offered.</summary>
    public SettlementTerms Offered => new(Words.Read<SettlementKind>(Kind), Amount, PayBy, Instalments, FirstDueOn, Waiver);

    /// <summary>What the bank offered instead.</summary>
    public SettlementTerms? Countered => CounterKind is null
        ? null
        : new(Words.Read<SettlementKind>(CounterKind), CounterAmount!.Value, CounterPayBy!.Value, CounterInstalments, CounterFirstDueOn, CounterWaiver);

    /// <summary>What stands to be agreed to.</summary>
    public SettlementTerms Terms => Countered ?? Offered;

    /// <summary>What was owed when those terms were offered.</summary>
    public long BalanceThen => CounterBalance ?? Balance;

    public SettlementProposalState StateOn(DateOnly today) => (Words.ReadOrNull<RepaymentPlanState>(PlanState), Answer, Reply) switch
    {
        ({ } plan, _, _) => RepaymentPlanRow.Standing(plan, Terms.PayBy, today) switch
        {
            RepaymentPlanState.Approved => SettlementProposalState.Approved,
            RepaymentPlanState.InForce => SettlementProposalState.InForce,
            RepaymentPlanState.Completed => SettlementProposalState.Completed,
            RepaymentPlanState.Defaulted => SettlementProposalState.Defaulted,
            _ => SettlementProposalState.Expired,
        },
        (_, "rejected", _) => SettlementProposalState.Rejected,
        (_, _, { } reply) => Words.Read<SettlementProposalState>(reply),
        _ when Answer == "expired" || Terms.AgreeBy < today => SettlementProposalState.Expired,
        _ => CounteredAt is not null && AcceptedAt is null ? SettlementProposalState.Countered : SettlementProposalState.Submitted,
    };

    /// <param name="whole">With what the debtor says of himself: not in lists.</param>
    public SettlementProposal View(Work work, bool whole = false) => new(
        Id, CaseId, AccountId, Words.Read<SettlementKind>(Kind), new Money(Amount, Currency), PayBy, Instalments, FirstDueOn, MoneyOrNull(Waiver), new Money(Balance, Currency),
        StateOn(Today(work)), work.PrivateFields.DecryptUnlessErased(BankId, "settlement_proposal", "reason_cipher", Id, ReasonCipher),
        whole && AccountNumber is not null ? ReadCircumstances(work) : null,
        Countered is { } counter
            ? new(counter.Kind, new Money(counter.Amount, Currency), counter.PayBy, counter.Instalments, counter.FirstDueOn, MoneyOrNull(counter.Waiver), CounterReason, CounteredAt!.Value, AcceptedAt)
            : null,
        Answer is "expired" ? null : AnswerReason, ReplyReason,
        AgencyReference, SubmittedAt, FirstApprovedAt, Answer is "expired" ? null : AnsweredAt, RepliedAt, InForceAt, PlanState is "completed" ? EndedAt : null, AccountNumber);

    /// <summary>Today where it is earliest: a debtor's last day to pay is over when it is over everywhere.</summary>
    public static DateOnly Today(Work work) => EarliestDay(work.Now);

    /// <summary>The date of an instant at UTC−12, the last place where a day ends.</summary>
    public static DateOnly EarliestDay(DateTimeOffset instant) => DateOnly.FromDateTime(instant.UtcDateTime.AddHours(-12));

    private Money? MoneyOrNull(long? amount) => amount is { } some ? new Money(some, Currency) : null;

    private Circumstances? ReadCircumstances(Work work) => CircumstancesCipher is null
        ? null
        : JsonSerializer.Deserialize<Circumstances>(work.PrivateFields.Decrypt(BankId, "settlement_proposal", "circumstances_cipher", Id, CircumstancesCipher), Json.Options);
}
