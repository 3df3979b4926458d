using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Waivers;

/// <summary>A bank lists its waivers: all, or those of one account.</summary>
internal static class List
{
    private static readonly Sql Page = new($"""
        SELECT TOP (@take) {WaiverRow.Columns}
        FROM {WaiverRow.Tables}
        WHERE w.bank_id = @tenant AND w.id > @after
        ORDER BY w.id
        """);

    private static readonly Sql PageOfAccount = new($"""
        SELECT TOP (@take) {WaiverRow.Columns}
        FROM {WaiverRow.Tables}
        WHERE w.bank_id = @tenant AND w.account_id = @id AND w.id > @after
        ORDER BY w.id
        """);

    public static void Map(RouteGroupBuilder waivers) => waivers.MapGet("/", HandleAsync)
        .Describe("Waivers_List", Scopes.WaiversRead, "List waivers", "What the bank forgave of its own accord, in the order it was granted.")
        .Returns<Page<Waiver>>()
        .Refuses(HttpProblems.WrongTenantKind, HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    public static void MapOfAccount(RouteGroupBuilder ofAccount) => ofAccount.MapGet("/", HandleOfAccountAsync)
        .Describe("Waivers_ListOfAccount", Scopes.WaiversRead, "List an account's waivers", "What the bank forgave on the account of its own accord, in the order it was granted.")
        .Returns<Page<Waiver>>()
        .Refuses(HttpProblems.WrongTenantKind, AccountProblems.NotFound, HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static async Task<Answer<Page<Waiver>>> HandleAsync([AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var rows = await work.Db.ListAsync<WaiverRow>(Page, new { tenant = work.Tenant, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(work)));
    }

    private static async Task<Answer<Page<Waiver>>> HandleOfAccountAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        _ = await LedgerEntries.RequireBankAsync(work, id, cancellation);
        var rows = await work.Db.ListAsync<WaiverRow>(PageOfAccount, new { tenant = work.Tenant, id, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(work)));
    }
}
