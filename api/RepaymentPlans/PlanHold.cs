using Agency.Api.AuditLog;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Holds;
using Agency.Api.Http;

namespace Agency.Api.RepaymentPlans;

/// <summary>CN-PLAN-01: while a plan is performed collection stops, whoever has the account. The hold stands and falls with the plan.</summary>
internal static class PlanHold
{
    private static readonly Sql Find = new("""
        SELECT id, account_id, case_id, agency_id
        FROM hold WITH (UPDLOCK, HOLDLOCK)
        WHERE bank_id = @tenant AND account_id = @account AND kind = 'plan_active' AND lifted_at IS NULL
        """);

    private static readonly Sql Lift = new("UPDATE hold SET lifted_at = @now, lift_reason = @reason WHERE bank_id = @tenant AND id = @id");

    /// <summary>Raises or lifts it. The account must be locked.</summary>
    public static async Task SetAsync(Work work, Id account, bool isInForce, string reason, CancellationToken cancellation)
    {
        var open = await Ending.FindOpenAsync(work, account);
        var standing = await work.Db.FindAsync<Standing>(Find, new { tenant = work.Tenant, account }, cancellation);
        if (isInForce && standing is null)
        {
            await Raising.WriteAsync(work, new(work.Tenant, account, open?.AgencyId, open?.Id), HoldKind.PlanActive, HoldRaiser.System, cancellation: cancellation);
        }
        else if (!isInForce && standing is not null)
        {
            await work.Db.ExecuteAsync(Lift, new { tenant = work.Tenant, standing.Id, reason, now = work.Now }, cancellation);
            await work.AuditAsync("hold.lifted", standing.Id, reason, BeforeAfter.Of<DateTimeOffset?>("liftedAt", null, work.Now));

            // The agency that works the account now is told, whoever worked it when the plan began.
            await work.EmitAsync(new("hold.lifted", standing.Id, work.Tenant, open?.AgencyId, open?.Id, account));
        }
    }

    private sealed record Standing(Id Id, Id AccountId, Id? CaseId, int? AgencyId);
}
