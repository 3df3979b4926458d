using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api;

/// <summary>
/// Work that nobody asked for: what the clock or the other side's deed brings about. It runs like a request, in one transaction
/// and with the same verbs' rules, for the tenant it is told.
/// </summary>
internal sealed class SystemWork(Database database, TenantStore tenants, Ids ids, TimeProvider clock, PrivateFields privateFields, AuditWriter audit)
{
    /// <summary>Does it for a bank, as the system: the one who may make cases and end them.</summary>
    public Task RunAsync(int bank, Func<Work, Task> deed, CancellationToken cancellation) => RunAsync(TenantContext.SystemFor(bank), deed, cancellation);

    /// <summary>Does it for a tenant. What the deed asks for after the commit is done before this returns.</summary>
    public async Task RunAsync(TenantContext context, Func<Work, Task> deed, CancellationToken cancellation)
    {
        var tenant = await tenants.FindAsync(context.Tenant, cancellation) ?? throw new InvalidOperationException($"There is no tenant {context.Tenant}.");
        var work = new Work(ids, clock, privateFields, audit);
        await using (var session = await database.OpenAsync(context, write: true, cancellation))
        {
            work.Begin(new Caller(tenant, "", null, null), session);
            await deed(work);
            await work.AnsweredAsync();
            await session.CommitAsync(cancellation);
        }

        await work.RunAfterCommitAsync();
    }
}
