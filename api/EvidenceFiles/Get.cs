using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.EvidenceFiles;

/// <summary>The bank reads what a file is, and so does the agency that sent it, while its case is open.</summary>
internal static class Get
{
    private static readonly SidedSql Find = new($"SELECT {EvidenceFileRow.Columns} FROM {EvidenceFileRow.Tables} WHERE e.{{side}} = @tenant AND e.id = @id");

    public static void Map(RouteGroupBuilder files) => files.MapGet("/{id}", HandleAsync)
        .Describe("EvidenceFiles_Get", Scopes.EvidenceFilesRead, "Read an evidence file's facts", "What it is, its size and digest, and whether the bank has verified it. Its content is fetched by a link.")
        .Returns<EvidenceFile>()
        .On(ReadAsync, EvidenceFileProblems.NotFound);

    internal static async Task<EvidenceFile?> ReadAsync(Work work, Id id, CancellationToken cancellation) => (await FindAsync(work, id, cancellation))?.View(work);

    internal static Task<EvidenceFileRow?> FindAsync(Work work, Id id, CancellationToken cancellation) =>
        work.Db.FindAsync<EvidenceFileRow>(work.Side(Find), new { tenant = work.Tenant, id }, cancellation);

    private static async Task<Answer<EvidenceFile>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw EvidenceFileProblems.NotFound.Refuse());
}
