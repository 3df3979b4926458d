using Agency.Api.Data;
using Agency.Api.Tenancy;

namespace Agency.Api.Http;

/// <summary>Every hour forgets the answers that were kept for a week, tenant by tenant.</summary>
internal sealed class IdempotencySweep(Database database, TenantStore tenants, TimeProvider clock, ILogger<IdempotencySweep> log)
    : Sweep(TimeSpan.FromHours(1), clock, log)
{
    internal override async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var tenant in await tenants.AllAsync(cancellation))
        {
            await using var session = await database.OpenAsync(new TenantContext(tenant.Number, tenant.Kind), write: true, cancellation);
            await Idempotency.ForgetExpiredAsync(session, tenant.Number, Clock.GetUtcNow(), cancellation);
            await session.CommitAsync(cancellation);
        }
    }
}
