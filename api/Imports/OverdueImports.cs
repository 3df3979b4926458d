using Agency.Api.AuditLog;
using Agency.Api.Data;

namespace Agency.Api.Imports;

/// <summary>A staged file that nobody started within a day is cancelled and deleted: private data does not lie about for who has forgotten it.</summary>
internal sealed class OverdueImports(SystemWork system, Spool spool)
{
    private static readonly TimeSpan StagedFor = TimeSpan.FromDays(1);

    private static readonly Sql Lock = new("SELECT id FROM import WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @bank AND id = @id AND state = 'staged'");

    private static readonly Sql Cancel = new("UPDATE import SET state = 'cancelled', failure_code = @code, finished_at = @now WHERE bank_id = @bank AND id = @id");

    public static bool IsOverdue(DateTimeOffset sentAt, DateTimeOffset now) => now - sentAt >= StagedFor;

    public async Task CancelAsync(int bank, IEnumerable<Id> imports, CancellationToken cancellation)
    {
        foreach (var id in imports)
        {
            await system.RunAsync(bank, async work =>
            {
                if (await work.Db.FindAsync<Id?>(Lock, new { bank, id }, cancellation) is null)
                {
                    return;
                }

                await work.Db.ExecuteAsync(Cancel, new { bank, id, code = ImportFailure.NotStarted, now = work.Now }, cancellation);
                await work.AuditAsync("import.cancelled", id, ImportFailure.NotStarted, BeforeAfter.OfState(ImportState.Staged, ImportState.Cancelled));
                work.AfterCommit(_ =>
                {
                    spool.Delete(id);
                    return Task.CompletedTask;
                });
            }, cancellation);
        }
    }
}
