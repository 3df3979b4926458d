using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.ContactRecords;

/// <summary>The agency that wrote a contact record, or the bank, reads it: also after the case has ended.</summary>
internal static class Get
{
    private static readonly SidedSql Find = new($"SELECT {ContactRecordRow.Columns} FROM {ContactRecordRow.Tables} WHERE r.{{side}} = @tenant AND r.id = @id");

    public static void Map(RouteGroupBuilder records) => records.MapGet("/{id}", HandleAsync)
        .Describe("ContactRecords_Get", Scopes.ContactRecordsRead, "Read a contact record", "One contact record; its note is no longer shown to the agency once the case has ended.")
        .Returns<ContactRecord>()
        .On(ReadAsync, ContactRecordProblems.NotFound);

    internal static async Task<ContactRecord?> ReadAsync(Work work, Id id, CancellationToken cancellation) =>
        (await work.Db.FindAsync<ContactRecordRow>(work.Side(Find), new { tenant = work.Tenant, id }, cancellation))?.View(work.PrivateFields);

    private static async Task<Answer<ContactRecord>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw ContactRecordProblems.NotFound.Refuse());
}
