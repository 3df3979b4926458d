using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Statements;

namespace Agency.Api.Figures;

/// <summary>
/// What was recovered on a case, written when the bank decides: a row when the money came off the debt, a row when the last record of it
/// was reversed. It is the very money that statements count (<see cref="AgencyMoney"/>), so that figures and commission agree; and the
/// agency's to count for good, when the account is in its sight no more.
/// </summary>
internal static class Recoveries
{
    private static readonly Sql Came = new("""
        INSERT INTO recovery (bank_id, payment_id, kind, agency_id, case_id, account_id, assignment_id, amount, currency, decided_on)
        SELECT c.bank_id, @payment, 'confirmed', c.agency_id, c.id, c.account_id, c.assignment_id, @amount, s.currency, @day
        FROM [case] AS c
        INNER JOIN assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
        WHERE c.bank_id = @tenant AND c.id = @case
        """);

    private static readonly Sql Went = new("""
        INSERT INTO recovery (bank_id, payment_id, kind, agency_id, case_id, account_id, assignment_id, amount, currency, decided_on)
        SELECT v.bank_id, v.payment_id, 'reversed', v.agency_id, v.case_id, v.account_id, v.assignment_id, v.amount, v.currency, @day
        FROM recovery AS v
        WHERE v.bank_id = @tenant AND v.payment_id = @payment AND v.kind = 'confirmed'
        """);

    /// <summary>The day of the bank's decision: statements go by months of UTC, and so do figures.</summary>
    private static DateOnly Day(Work work) => DateOnly.FromDateTime(work.Now.UtcDateTime);

    /// <summary>Money came that is attributed to this case, by the first record of it.</summary>
    /// <param name="amount">What came off the debt: without what exceeded the balance.</param>
    public static Task CameAsync(Work work, Id payment, Id @case, long amount, CancellationToken cancellation) => amount <= 0
        ? Task.CompletedTask
        : work.Db.ExecuteAsync(Came, new { tenant = work.Tenant, payment, @case, amount, day = Day(work) }, cancellation);

    /// <summary>A record of money was reversed: with the last of them the money is gone.</summary>
    public static async Task ReversedAsync(Work work, bool isRepayment, Id record, CancellationToken cancellation)
    {
        if (await AgencyMoney.GoneAsync(work, isRepayment, record) is { } payment)
        {
            await work.Db.ExecuteAsync(Went, new { tenant = work.Tenant, payment, day = Day(work) }, cancellation);
        }
    }
}
