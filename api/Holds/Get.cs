using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Holds;

/// <summary>A bank reads a hold on its account; an agency one on an account it has an open case for.</summary>
internal static class Get
{
    private static readonly Sql FindForBank = new($"SELECT {HoldRow.Columns} FROM {HoldRow.Tables} WHERE h.bank_id = @tenant AND h.id = @id");

    // It may have been raised by the bank or in another agency's case, so the agency's own number does not lead to it.
    private static readonly Sql FindForAgency = new($"""
        SELECT {HoldRow.Columns}
        FROM {HoldRow.Tables}
        WHERE h.bank_id IN (SELECT g.bank_id FROM agreement AS g WHERE g.agency_id = @tenant) AND h.id = @id
        """);

    public static void Map(RouteGroupBuilder holds) => holds.MapGet("/{id}", HandleAsync)
        .Describe("Holds_Get", Scopes.HoldsRead, "Read a hold", "One hold. An agency sees it while it has an open case for the account; of one from another agency's case it sees the kind and the dates.")
        .Returns<Hold>()
        .On(ReadAsync, HoldProblems.NotFound);

    internal static async Task<Hold?> ReadAsync(Work work, Id id, CancellationToken cancellation) =>
        (await FindAsync(work, id, cancellation))?.View(work);

    internal static Task<HoldRow?> FindAsync(Work work, Id id, CancellationToken cancellation) =>
        work.Db.FindAsync<HoldRow>(work.Caller.IsBank ? FindForBank : FindForAgency, new { tenant = work.Tenant, id }, cancellation);

    private static async Task<Answer<Hold>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw HoldProblems.NotFound.Refuse());
}
