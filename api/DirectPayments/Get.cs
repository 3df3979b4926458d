using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.DirectPayments;

/// <summary>A bank reads a direct payment of its own; an agency one that was booked while its case was open, as long as it is.</summary>
internal static class Get
{
    private static readonly SidedSql Find = new($"SELECT {DirectPaymentRow.Columns} FROM {DirectPaymentRow.Tables} WHERE d.{{side}} = @tenant AND d.id = @id");

    public static void Map(RouteGroupBuilder payments) => payments.MapGet("/{id}", HandleAsync)
        .Describe("DirectPayments_Get", Scopes.RepaymentsRead, "Read a direct payment", "Money that was paid to the bank itself, and whether the agency has acknowledged it. An agency reads it while the case is open that was open when it was booked.")
        .Returns<DirectPayment>()
        .On(ReadAsync, DirectPaymentProblems.NotFound);

    internal static async Task<DirectPayment?> ReadAsync(Work work, Id id, CancellationToken cancellation) => (await FindAsync(work, id, cancellation))?.View(work);

    internal static Task<DirectPaymentRow?> FindAsync(Work work, Id id, CancellationToken cancellation) =>
        work.Db.FindAsync<DirectPaymentRow>(work.Side(Find), new { tenant = work.Tenant, id }, cancellation);

    private static async Task<Answer<DirectPayment>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw DirectPaymentProblems.NotFound.Refuse());
}
