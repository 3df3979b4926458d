using Agency.Api.Cases;
using Agency.Api.Data;

namespace Agency.Api.ContactRecords;

/// <summary>
/// Says whether an agency whose case has ended saw a contact point while it had it: the bank's, or one that the bank adopted, from before
/// the end; or one of its own finding. The database shows the agency none of them any more, so the bank's system session is asked, and a
/// number is all that leaves this class.
/// </summary>
internal static class PastPoints
{
    private static readonly Sql CountSeen = new("""
        SELECT COUNT(*)
        FROM contact_point AS p
        WHERE p.bank_id = @bank AND p.id = @point AND p.debtor_id = @debtor
            AND ((p.agency_id IS NULL AND p.created_at <= @endedAt) OR p.agency_id = @agency OR p.adopted_at <= @endedAt)
        """);

    /// <summary>Those of the named points that were in the agency's sight.</summary>
    public static async Task<HashSet<(Id Case, Id Point)>> SeenAsync(
        Session asking, int agency, IEnumerable<(Tenure Tenure, Id Point)> named, CancellationToken cancellation)
    {
        HashSet<(Id, Id)> seen = [];
        foreach (var ofBank in named.Distinct().GroupBy(name => name.Tenure.BankId))
        {
            var session = await asking.BesideAsync(TenantContext.SystemFor(ofBank.Key), cancellation);
            foreach (var (tenure, point) in ofBank)
            {
                var count = await session.FindAsync<int>(
                    CountSeen, new { bank = tenure.BankId, point, debtor = tenure.DebtorId, endedAt = tenure.EndedAt, agency }, cancellation);
                if (count > 0)
                {
                    seen.Add((tenure.CaseId, point));
                }
            }
        }

        return seen;
    }
}
