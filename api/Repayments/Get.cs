using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Repayments;

/// <summary>The agency that reported a repayment, or the bank, reads it.</summary>
internal static class Get
{
    private static readonly SidedSql Find = new($"SELECT {RepaymentRow.Columns} FROM {RepaymentRow.Tables} WHERE p.{{side}} = @tenant AND p.id = @id");

    public static void Map(RouteGroupBuilder repayments) => repayments.MapGet("/{id}", HandleAsync)
        .Describe("Repayments_Get", Scopes.RepaymentsRead, "Read a repayment", "One repayment and what the bank decided on it.")
        .Returns<Repayment>()
        .On(ReadAsync, RepaymentProblems.NotFound);

    internal static async Task<Repayment?> ReadAsync(Work work, Id id, CancellationToken cancellation) =>
        (await FindAsync(work, id, cancellation))?.View(work);

    internal static Task<RepaymentRow?> FindAsync(Work work, Id id, CancellationToken cancellation) =>
        work.Db.FindAsync<RepaymentRow>(work.Side(Find), new { tenant = work.Tenant, id }, cancellation);

    private static async Task<Answer<Repayment>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw RepaymentProblems.NotFound.Refuse());
}
