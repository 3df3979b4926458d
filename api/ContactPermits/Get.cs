using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.ContactPermits;

/// <summary>The agency that asked, or the bank, reads what the rules said.</summary>
internal static class Get
{
    private static readonly SidedSql Find = new($"SELECT {ContactPermitRow.Columns} FROM contact_permit AS t WHERE t.{{side}} = @tenant AND t.id = @id");

    public static void Map(RouteGroupBuilder permits) => permits.MapGet("/{id}", HandleAsync)
        .Describe("ContactPermits_Get", Scopes.ContactRecordsRead, "Read a contact permit", "What the rules said of a contact before it was made, a denial too.")
        .Returns<ContactPermit>()
        .On(ReadAsync, ContactPermitProblems.NotFound);

    internal static async Task<ContactPermit?> ReadAsync(Work work, Id id, CancellationToken cancellation) => (await FindAsync(work, id, cancellation))?.View();

    internal static Task<ContactPermitRow?> FindAsync(Work work, Id id, CancellationToken cancellation) =>
        work.Db.FindAsync<ContactPermitRow>(work.Side(Find), new { tenant = work.Tenant, id }, cancellation);

    private static async Task<Answer<ContactPermit>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw ContactPermitProblems.NotFound.Refuse());
}
