using Agency.Api.Agreements;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Repayments;

namespace Agency.Api.DirectPayments;

/// <summary>Whose money a direct payment is: the case's in whose tenure it was paid, where that case's agreement counts by the day of the payment.</summary>
internal static class Tenures
{
    private static readonly Sql OfAccount = new("""
        SELECT c.id, c.opened_at, c.ended_at, d.time_zone
        FROM [case] AS c
        INNER JOIN debtor AS d ON d.bank_id = c.bank_id AND d.id = c.debtor_id
        WHERE c.bank_id = @tenant AND c.account_id = @account
        ORDER BY c.id
        """);

    /// <summary>The case that the money of this day is attributed to. On a day that ends one tenure and begins another it is the later one's.</summary>
    public static async Task<Id?> OfPaymentAsync(Work work, Id account, DateOnly paidOn, CancellationToken cancellation)
    {
        var cases = await work.Db.ListAsync<Tenure>(OfAccount, new { tenant = work.Tenant, account }, cancellation);
        return cases.LastOrDefault(tenure => tenure.Covers(paidOn)) is { } found
            && (await AgreementTerms.OfCaseAsync(work, work.Tenant, found.Id)).Attribution == Attribution.PaidInTenure
                ? found.Id
                : null;
    }

    private sealed record Tenure(Id Id, DateTimeOffset OpenedAt, DateTimeOffset? EndedAt, string TimeZone)
    {
        public bool Covers(DateOnly day) => day >= Report.FirstDay(TimeZone, OpenedAt) && (EndedAt is not { } end || day <= Report.LastDay(TimeZone, end));
    }
}
