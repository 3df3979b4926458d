using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Statements;

/// <summary>
/// A paid statement is closed for good, by the bank or, some days after the payment, by the system. What is reversed later goes to
/// the next one.
/// </summary>
internal static class Lock
{
    /// <summary>So many days after a payment the system locks: time enough to see that the money arrived.</summary>
    public const int AfterDays = 7;

    private static readonly Sql Close = new("UPDATE statement SET locked_at = @now WHERE bank_id = @tenant AND id = @id");

    private static readonly Sql Settled = new("""
        SELECT repayment_id, case_id, account_id
        FROM statement_line
        WHERE bank_id = @tenant AND statement_id = @id AND kind = 'repayment' AND repayment_id IS NOT NULL AND is_undone = 0
        ORDER BY number
        """);

    public static void Map(RouteGroupBuilder statements) => statements.MapPost("/{id}/lock", HandleAsync)
        .Describe("Statements_Lock", Scopes.StatementsApprove, "Lock a statement", "Closes a paid statement for good; the system does so by itself 7 days after the payment was written down. Its repayments are settled.")
        .Returns<Statement>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, .. StatementProblems.States.Except([StatementProblems.IsPaid])])
        .On(Get.ReadAsync, StatementProblems.NotFound);

    /// <summary>The system locks it, unless somebody has meanwhile.</summary>
    internal static async Task BySystemAsync(Work work, Id id, CancellationToken cancellation)
    {
        if (await Steps.LockAsync(work, id, cancellation) is { State: StatementState.Paid } statement)
        {
            await WriteAsync(work, statement, cancellation);
        }
    }

    private static async Task<Answer<Statement>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        await WriteAsync(work, await Steps.OpenAsync(work, TenantKind.Bank, id, cancellation, StatementState.Paid), cancellation);

    private static async Task<Answer<Statement>> WriteAsync(Work work, StatementRow statement, CancellationToken cancellation)
    {
        await work.Db.ExecuteAsync(Close, new { tenant = work.Tenant, id = statement.Id, now = work.Now }, cancellation);
        var repayments = await work.Db.ListAsync<SettledRow>(Settled, new { tenant = work.Tenant, id = statement.Id }, cancellation);
        await Event.WriteAsync(work.Db, repayments.Select(row => (new Event("repayment.settled", row.RepaymentId, work.Tenant, statement.AgencyId, row.CaseId, row.AccountId), work.NewId())), work.Now);
        return await Steps.DoneAsync(work, statement, "locked", cancellation);
    }

    private sealed record SettledRow(Id RepaymentId, Id CaseId, Id AccountId);
}
