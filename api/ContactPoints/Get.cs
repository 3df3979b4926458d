using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.ContactPoints;

/// <summary>Either side reads a contact point that it sees.</summary>
internal static class Get
{
    private static readonly Sql OfBank = new($"SELECT {ContactPointRow.Columns} FROM {ContactPointRow.Tables} WHERE p.bank_id = @tenant AND p.id = @id");

    // An agency names no bank; it works for few, and the key begins with the bank's number.
    private static readonly Sql OfAgency = new($"""
        SELECT {ContactPointRow.Columns}
        FROM {ContactPointRow.Tables}
        WHERE p.bank_id IN (SELECT a.bank_id FROM agreement AS a WHERE a.agency_id = @tenant) AND p.id = @id
        """);

    public static void Map(RouteGroupBuilder points) => points.MapGet("/{id}", HandleAsync)
        .Describe("ContactPoints_Get", Scopes.CasesRead, "Read a contact point", "One contact point, masked. For an agency it exists while it has an open case of the debtor's.")
        .Returns<ContactPoint>()
        .On(ReadAsync, ContactPointProblems.NotFound);

    internal static async Task<ContactPoint?> ReadAsync(Work work, Id id, CancellationToken cancellation) => (await FindAsync(work, id, cancellation))?.View(work);

    internal static async Task<ContactPointRow?> FindAsync(Work work, Id id, CancellationToken cancellation) =>
        await work.Db.FindAsync<ContactPointRow>(work.Caller.IsBank ? OfBank : OfAgency, new { tenant = work.Tenant, id }, cancellation) is { IsErased: false } point ? point : null;

    private static async Task<Answer<ContactPoint>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw ContactPointProblems.NotFound.Refuse());
}
