using Agency.Api.Data;
using Agency.Api.Tenancy;

namespace Agency.Api.EvidenceFiles;

/// <summary>Every hour removes what was kept for a row that never was, a request that was refused or died after its file was stored, or for one that is erased.</summary>
internal sealed class EvidenceSweep(IEvidenceStore store, Database database, TenantStore tenants, TimeProvider clock, ILogger<EvidenceSweep> log)
    : Sweep(TimeSpan.FromHours(1), clock, log)
{
    // Longer than any request.
    private static readonly TimeSpan Settled = TimeSpan.FromDays(1);

    private static readonly Sql Find = new("SELECT id FROM evidence_file WHERE bank_id = @bank AND id = @id AND name_cipher <> @erased");

    internal override async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var bank in await tenants.BanksAsync(cancellation))
        {
            await foreach (var name in store.KeptBeforeAsync(bank.Id, Clock.GetUtcNow() - Settled, cancellation))
            {
                if (!await HasRowAsync(bank.Number, name.File, cancellation))
                {
                    await store.DeleteAsync(name, cancellation);
                }
            }
        }
    }

    private async Task<bool> HasRowAsync(int bank, Id id, CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(TenantContext.SystemFor(bank), write: false, cancellation);
        return await session.FindAsync<Id?>(Find, new { bank, id, erased = PrivateFields.Erased }, cancellation) is not null;
    }
}
