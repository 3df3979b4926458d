using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Statements;

/// <summary>Where a statement stands; read off what the system, the agency and the bank did.</summary>
public enum StatementState
{
    /// <summary>Made by the system once the month was over; the agency has not issued it.</summary>
    Draft,

    /// <summary>The agency asks for its commission.</summary>
    Issued,

    /// <summary>The bank does not agree, and says to which lines.</summary>
    Disputed,

    /// <summary>The agency answered the dispute with a new version.</summary>
    Reissued,

    /// <summary>The bank agrees to the version that stands.</summary>
    Agreed,

    /// <summary>The bank has paid.</summary>
    Paid,

    /// <summary>Closed for good; what is reversed later goes to the next statement.</summary>
    Locked,
}

/// <summary>What an agency earned on the money that a bank confirmed in a month, in one currency. Its lines never change; each version adds adjustments to them.</summary>
/// <param name="Id">The statement.</param>
/// <param name="BankId">Who pays.</param>
/// <param name="AgencyId">Who is paid.</param>
/// <param name="Month">The first day of the month, which is one of UTC.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Version">How often it was issued; 0 for a draft.</param>
/// <param name="LineCount">How many lines it has.</param>
/// <param name="Amount">The money of the lines: what was confirmed less what was reversed, overpayment left out.</param>
/// <param name="Commission">What the lines earn.</param>
/// <param name="Adjusted">What the version's adjustments add or take off.</param>
/// <param name="Total">What is to be paid: commission and adjustments. Negative when the agency gives back.</param>
/// <param name="Note">What the agency wrote beside the version.</param>
/// <param name="DraftedAt">When the system made it.</param>
/// <param name="IssuedAt">When this version was issued.</param>
/// <param name="DisputedAt">When the bank disputed this version.</param>
/// <param name="DisputeReason">Why it disputed this version.</param>
/// <param name="AgreedAt">When the bank agreed.</param>
/// <param name="PaidAt">When the bank said that it had paid.</param>
/// <param name="PaidOn">The day of the payment.</param>
/// <param name="PaymentReference">The payment's number at the bank.</param>
/// <param name="LockedAt">When it was closed for good.</param>
public sealed record Statement(
    Id Id, Id BankId, Id AgencyId, DateOnly Month, StatementState State, int Version, int LineCount, Money Amount, Money Commission, Money Adjusted, Money Total,
    string? Note, DateTimeOffset DraftedAt, DateTimeOffset? IssuedAt, DateTimeOffset? DisputedAt, string? DisputeReason, DateTimeOffset? AgreedAt,
    DateTimeOffset? PaidAt, DateOnly? PaidOn, string? PaymentReference, DateTimeOffset? LockedAt);

/// <summary>What can be wrong with a statement.</summary>
public static class StatementProblems
{
    public static readonly Problem NotFound = new("statement.not_found", 404, "There is no such statement.", "对账结算单不存在。");
    public static readonly Problem NoVersion = new("statement.version_not_found", 404, "The statement has no such version.", "对账结算单没有该版本。");
    public static readonly Problem MonthOpen = new("statement.month_open", 409, "The month is not over: money may still be confirmed in it.", "该月尚未结束，仍可能有新的确认款项。");
    public static readonly Problem NoMonth = new("statement.month_malformed", 400, "A month is named by its first day.", "月份须以该月第一天表示。");
    public static readonly Problem UnknownLine = new("statement.line_unknown", 422, "The statement has no line of that number.", "对账结算单没有该行。");
    public static readonly Problem WrongCurrency = new("statement.wrong_currency", 422, "The amount is not in the statement's currency.", "币种与对账结算单不符。");
    public static readonly Problem InFuture = new("statement.paid_in_future", 422, "A payment can't be dated after today.", "付款日期不能晚于今天。");
    public static readonly Problem IsDraft = new("statement.is_draft", 409, "The statement is not issued yet.", "对账结算单尚未开具。");
    public static readonly Problem IsIssued = new("statement.is_issued", 409, "The statement is issued already, and the bank has not answered.", "对账结算单已开具，等待委托方答复。");
    public static readonly Problem IsDisputed = new("statement.is_disputed", 409, "The bank disputes the statement: the agency has to answer.", "委托方对该对账结算单有异议，须由催收机构答复。");
    public static readonly Problem IsReissued = new("statement.is_reissued", 409, "The statement is issued anew, and the bank has not answered.", "对账结算单已重新开具，等待委托方答复。");
    public static readonly Problem IsAgreed = new("statement.is_agreed", 409, "The bank has agreed to the statement.", "委托方已确认该对账结算单。");
    public static readonly Problem IsPaid = new("statement.is_paid", 409, "The statement is paid already.", "对账结算单已付款。");
    public static readonly Problem IsLocked = new("statement.is_locked", 409, "The statement is closed for good: what comes later goes to the next one.", "对账结算单已锁定，后续款项计入下一期。");

    /// <summary>Every refusal that names a state, for the contract.</summary>
    internal static Problem[] States => [IsDraft, IsIssued, IsDisputed, IsReissued, IsAgreed, IsPaid, IsLocked];

    /// <summary>The refusal that names the state a statement is in.</summary>
    internal static Problem Is(StatementState state) => States[(int)state];
}

internal static class StatementRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var statements = v1.MapGroup("/statements").WithTags("Statements");
        Draft.Map(statements);
        List.Map(statements);
        Get.Map(statements);
        ListLines.Map(statements);
        ListVersions.Map(statements);
        GetCsv.Map(statements);
        GetDocument.Map(statements);
        Issue.Map(statements);
        Dispute.Map(statements);
        Reissue.Map(statements);
        Agree.Map(statements);
        Pay.Map(statements);
        Lock.Map(statements);
    }
}

/// <summary>A statement as stored, with its latest version and the bank's answers to it.</summary>
internal sealed record StatementRow(
    Id Id, int BankId, int AgencyId, Id BankKey, Id AgencyKey, string BankName, string AgencyName, DateOnly Month, string Currency, int LineCount, long Amount,
    long Commission, DateTimeOffset DraftedAt, DateTimeOffset? LockedAt, int? Version, long? Adjusted, long? Total, string? Note, DateTimeOffset? IssuedAt,
    DateTimeOffset? DisputedAt, string? DisputeReason, DateTimeOffset? AgreedAt, DateTimeOffset? PaidAt, DateOnly? PaidOn, string? PaymentReference)
{
    public const string Columns = """
        s.id, s.bank_id, s.agency_id, b.id AS bank_key, g.id AS agency_key, b.name AS bank_name, g.name AS agency_name, s.month, s.currency, s.line_count, s.amount,
        s.commission, s.drafted_at, s.locked_at, i.version, i.adjusted, i.total, i.note, i.issued_at,
        d.decided_at AS disputed_at, d.reason AS dispute_reason, w.decided_at AS agreed_at, y.decided_at AS paid_at, y.paid_on, y.reference AS payment_reference
        """;

    public const string Tables = """
        statement AS s
        INNER JOIN tenant AS b ON b.tenant_id = s.bank_id
        INNER JOIN tenant AS g ON g.tenant_id = s.agency_id
        LEFT JOIN statement_issue AS i ON i.bank_id = s.bank_id AND i.statement_id = s.id
            AND i.version = (SELECT MAX(n.version) FROM statement_issue AS n WHERE n.bank_id = s.bank_id AND n.statement_id = s.id)
        LEFT JOIN statement_decision AS d ON d.bank_id = i.bank_id AND d.statement_id = i.statement_id AND d.version = i.version AND d.decision = 'disputed'
        LEFT JOIN statement_decision AS w ON w.bank_id = i.bank_id AND w.statement_id = i.statement_id AND w.version = i.version AND w.decision = 'agreed'
        LEFT JOIN statement_decision AS y ON y.bank_id = i.bank_id AND y.statement_id = i.statement_id AND y.version = i.version AND y.decision = 'paid'
        """;

    public StatementState State => this switch
    {
        { LockedAt: not null } => StatementState.Locked,
        { PaidAt: not null } => StatementState.Paid,
        { AgreedAt: not null } => StatementState.Agreed,
        { DisputedAt: not null } => StatementState.Disputed,
        { Version: null } => StatementState.Draft,
        { Version: 1 } => StatementState.Issued,
        _ => StatementState.Reissued,
    };

    public Statement View() => new(
        Id, BankKey, AgencyKey, Month, State, Version ?? 0, LineCount, Of(Amount), Of(Commission), Of(Adjusted ?? 0), Of(Total ?? Commission), Note,
        DraftedAt, IssuedAt, DisputedAt, DisputeReason, AgreedAt, PaidAt, PaidOn, PaymentReference, LockedAt);

    private Money Of(long amount) => new(amount, Currency);
}
