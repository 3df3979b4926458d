using System.Text.Json;
using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Statements;

/// <summary>What a line of a statement is about.</summary>
public enum StatementLineKind
{
    /// <summary>The bank confirmed money, or booked money that was paid to it directly.</summary>
    Repayment,

    /// <summary>Confirmed money went back.</summary>
    Reversal,
}

/// <summary>A part of a line's money and the rate that holds for it.</summary>
/// <param name="Tier">0 for the rate of the cycle itself, 1 for its first tier, and so on.</param>
/// <param name="BasisPoints">The rate in hundredths of a per cent.</param>
/// <param name="Amount">The part of the money.</param>
public sealed record CommissionPiece(int Tier, int BasisPoints, Money Amount);

/// <summary>The line of an earlier or the same statement that a reversal takes back.</summary>
/// <param name="StatementId">The statement.</param>
/// <param name="Number">The line in it.</param>
public sealed record StatementLineReference(Id StatementId, int Number);

/// <summary>One confirmation, direct payment or reversal and what it earned, with how. A line never changes.</summary>
/// <param name="Number">The line in its statement, from 1.</param>
/// <param name="Kind">Whether money was confirmed or went back.</param>
/// <param name="RepaymentId">The repayment that the agency reported.</param>
/// <param name="DirectPaymentId">The payment to the bank itself, where the agreement gives it to the agency's case. Money that is known as both is named by the record that came first.</param>
/// <param name="CaseId">The case whose money it is.</param>
/// <param name="AccountId">The account it was for.</param>
/// <param name="AssignmentId">The assignment the case came with.</param>
/// <param name="AccountNumber">The bank's number of the account; to the agency only while its case is open.</param>
/// <param name="AgencyReference">The agency's own number for the repayment.</param>
/// <param name="PaidOn">The day the debtor paid.</param>
/// <param name="DecidedAt">When the bank confirmed, booked or reversed it: this decides on the month. Money that is known twice goes with the second reversal.</param>
/// <param name="Cycle">The account's cycle when it was assigned: M1 to M6, M7+, or M0.</param>
/// <param name="Amount">What came off the debt when it was decided on, overpayment left out; negative for a reversal.</param>
/// <param name="Overpaid">What the debtor paid beyond the balance; it earns nothing, also where it is used up later.</param>
/// <param name="BasisPoints">The agreement's rate for the cycle; absent where it has none, and on what earns nothing of its own.</param>
/// <param name="Pieces">The money cut by the tiers, each part with its rate.</param>
/// <param name="Earned">What the parts earn together, rounded to the minor unit, half away from zero.</param>
/// <param name="AccountCapTaken">What the account's cap takes off.</param>
/// <param name="StatementCapTaken">What the statement's cap takes off.</param>
/// <param name="Commission">What is left.</param>
/// <param name="Original">For a reversal: the line it takes back.</param>
/// <param name="Explanation">All of this in a sentence, in the caller's language.</param>
public sealed record StatementLine(
    int Number, StatementLineKind Kind, Id? RepaymentId, Id? DirectPaymentId, Id CaseId, Id AccountId, Id AssignmentId, string? AccountNumber, string? AgencyReference, DateOnly PaidOn,
    DateTimeOffset DecidedAt, string Cycle, Money Amount, Money Overpaid, int? BasisPoints, IReadOnlyList<CommissionPiece> Pieces, Money Earned, Money AccountCapTaken,
    Money StatementCapTaken, Money Commission, StatementLineReference? Original, string Explanation);

/// <summary>A line as stored, with what is shown beside it.</summary>
internal sealed record StatementLineRow(
    int Number, string Kind, Id? RepaymentId, Id? DirectPaymentId, Id CaseId, Id AccountId, Id AssignmentId, int Cycle, long Amount, long Overpaid, int? BasisPoints, string Pieces,
    long Earned, long AccountCapTaken, long StatementCapTaken, long Commission, bool IsUndone, DateTimeOffset DecidedAt, Id? OriginalStatementId, int? OriginalNumber,
    DateOnly? OriginalMonth, string Currency, DateOnly PaidOn, string? AgencyReference, string? AccountNumber)
{
    private static readonly Sql Page = new("""
        SELECT TOP (@take) l.number, l.kind, l.repayment_id, l.direct_payment_id, l.case_id, l.account_id, l.assignment_id, l.cycle, l.amount, l.overpaid, l.basis_points, l.pieces,
            l.earned, l.account_cap_taken, l.statement_cap_taken, l.commission, l.is_undone, l.decided_at, l.original_statement_id, l.original_number,
            o.month AS original_month, s.currency, l.paid_on, p.agency_reference, a.account_number
        FROM statement_line AS l
        INNER JOIN statement AS s ON s.bank_id = l.bank_id AND s.id = l.statement_id
        LEFT JOIN repayment AS p ON p.bank_id = l.bank_id AND p.id = l.repayment_id
        LEFT JOIN statement AS o ON o.bank_id = l.bank_id AND o.id = l.original_statement_id
        LEFT JOIN account AS a ON a.bank_id = l.bank_id AND a.id = l.account_id
        WHERE l.bank_id = @bank AND l.statement_id = @id AND l.number > @after
        ORDER BY l.number
        """);

    public bool IsReversal => Kind == "reversal";

    public IReadOnlyList<Piece> Parts => JsonSerializer.Deserialize<IReadOnlyList<Piece>>(Pieces) ?? [];

    public string CycleName => DaysPastDue.CycleName(Cycle);

    /// <summary>The lines after a number.</summary>
    public static Task<IReadOnlyList<StatementLineRow>> ListAsync(Session db, int bank, Id statement, int after, int take, CancellationToken cancellation) =>
        db.ListAsync<StatementLineRow>(Page, new { bank, id = statement, after, take }, cancellation);

    /// <summary>The parts of a line as they are stored.</summary>
    public static string Write(IReadOnlyList<Piece> pieces) => JsonSerializer.Serialize(pieces);

    public StatementLine View() => new(
        Number, Words.Read<StatementLineKind>(Kind), RepaymentId, DirectPaymentId, CaseId, AccountId, AssignmentId, AccountNumber, AgencyReference, PaidOn, DecidedAt, CycleName,
        Of(Amount), Of(Overpaid), BasisPoints, [.. Parts.Select(piece => new CommissionPiece(piece.Tier, piece.BasisPoints, Of(piece.Amount)))],
        Of(Earned), Of(AccountCapTaken), Of(StatementCapTaken), Of(Commission),
        OriginalStatementId is { } original ? new StatementLineReference(original, OriginalNumber!.Value) : null, Statements.Explanation.Of(this));

    private Money Of(long amount) => new(amount, Currency);
}
