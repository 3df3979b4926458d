using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.SettlementProposals;

/// <summary>Nobody agreed in time. The system writes it down, so that whoever follows along hears of it; it is so from the day itself.</summary>
internal static class Expire
{
    /// <summary>Safe to do twice.</summary>
    public static async Task IfOverAsync(Work work, Id id, CancellationToken cancellation)
    {
        var (proposal, _) = await Decision.OpenAsync(work, id, cancellation);
        if (proposal.Answer is null && proposal.StateOn(SettlementProposalRow.Today(work)) == SettlementProposalState.Expired)
        {
            await Decision.WriteAsync(work, proposal, "expired", null, BeforeAfter.OfState(proposal.StateOn(DateOnly.MinValue), SettlementProposalState.Expired));
        }
    }
}
