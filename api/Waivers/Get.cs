using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Waivers;

/// <summary>A bank reads a waiver of its own.</summary>
internal static class Get
{
    private static readonly Sql Find = new($"SELECT {WaiverRow.Columns} FROM {WaiverRow.Tables} WHERE w.bank_id = @tenant AND w.id = @id");

    public static void Map(RouteGroupBuilder waivers) => waivers.MapGet("/{id}", HandleAsync)
        .Describe("Waivers_Get", Scopes.WaiversRead, "Read a waiver", "What the bank forgave of its own accord, why, and whether it stands.")
        .Returns<Waiver>()
        .On(ReadAsync, WaiverProblems.NotFound);

    internal static async Task<Waiver?> ReadAsync(Work work, Id id, CancellationToken cancellation) => (await FindAsync(work, id, cancellation))?.View(work);

    internal static Task<WaiverRow?> FindAsync(Work work, Id id, CancellationToken cancellation) =>
        work.Db.FindAsync<WaiverRow>(Find, new { tenant = work.Tenant, id }, cancellation);

    private static async Task<Answer<Waiver>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw WaiverProblems.NotFound.Refuse());
}
