using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Imports;

/// <summary>A bank stops an import that is not at its end. What was loaded by then stays.</summary>
internal static class Cancel
{
    // A batch that is being written has the row: the cancellation waits for it, and the next batch finds the import finished.
    private static readonly Sql Lock = new("SELECT state FROM import WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @tenant AND id = @id");

    private static readonly Sql Update = new("UPDATE import SET state = 'cancelled', finished_at = @now WHERE bank_id = @tenant AND id = @id");

    public static void Map(RouteGroupBuilder imports) => imports.MapPost("/{id}/cancellation", HandleAsync)
        .Describe("Imports_Cancel", Scopes.PortfoliosWrite, "Cancel an import", "Stops an import that is staged, queued or running, between two batches, and deletes its file. What was loaded by then stays: `rowsAccepted` and `rowsRefreshed` of the answer say how much. Sending the file again takes those rows for known.")
        .Returns<Import>()
        .Refuses(HttpProblems.WrongTenantKind, ImportProblems.IsCompleted, ImportProblems.IsFailed, ImportProblems.IsCancelled)
        .On(Get.ReadAsync, ImportProblems.NotFound);

    private static async Task<Answer<Import>> HandleAsync(Id id, Work work, Spool spool, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var state = await work.Db.FindAsync<string>(Lock, new { tenant = work.Tenant, id }, cancellation) ?? throw ImportProblems.NotFound.Refuse();
        if (Words.Read<ImportState>(state) is var now && now is not (ImportState.Staged or ImportState.Queued or ImportState.Running))
        {
            throw ImportProblems.Is(now).Refuse();
        }

        await work.Db.ExecuteAsync(Update, new { tenant = work.Tenant, id, now = work.Now }, cancellation);
        await work.AuditAsync("import.cancelled", id);

        // Should this not come to pass, the sweep for orphans removes the file a day later.
        work.AfterCommit(_ =>
        {
            spool.Delete(id);
            return Task.CompletedTask;
        });
        return Answer.Ok((await Get.ReadAsync(work, id, cancellation))!);
    }
}
