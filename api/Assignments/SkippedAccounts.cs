using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Assignments;

/// <summary>A bank reads which accounts matched an assignment's filter and were left out, and why.</summary>
internal static class SkippedAccounts
{
    private static readonly Sql Page = new("""
        SELECT TOP (@take) k.account_id, a.account_number, k.reason
        FROM assignment_skip AS k
        INNER JOIN account AS a ON a.bank_id = k.bank_id AND a.id = k.account_id
        WHERE k.bank_id = @tenant AND k.assignment_id = @id AND k.account_id > @after
        ORDER BY k.account_id
        """);

    public static void Map(RouteGroupBuilder assignments) => assignments.MapGet("/{id}/skipped-accounts", HandleAsync)
        .Describe("Assignments_ListSkippedAccounts", Scopes.AssignmentsRead, "List an assignment's skipped accounts", "The accounts that matched the filter when the assignment was made and could not be assigned, each with the reason. For the bank alone.")
        .Returns<Page<SkippedAccount>>()
        .Refuses(HttpProblems.WrongTenantKind, HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, AssignmentProblems.NotFound);

    private static async Task<Answer<Page<SkippedAccount>>> HandleAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        _ = await Get.FindAsync(work, id, cancellation) ?? throw AssignmentProblems.NotFound.Refuse();
        var rows = await work.Db.ListAsync<Row>(Page, new { tenant = work.Tenant, id, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.AccountId, row => new SkippedAccount(row.AccountId, row.AccountNumber, Words.Read<SkipReason>(row.Reason))));
    }

    private sealed record Row(Id AccountId, string AccountNumber, string Reason);
}
