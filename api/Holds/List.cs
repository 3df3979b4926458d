using Agency.Api.Accounts;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Holds;

/// <summary>The holds of an account, standing and lifted: either side by its case, the bank by the account too.</summary>
internal static class List
{
    private static readonly Sql FindAccount = new("SELECT id FROM account WHERE bank_id = @tenant AND id = @id");

    private static readonly Sql Page = new($"""
        SELECT TOP (@take) {HoldRow.Columns}
        FROM {HoldRow.Tables}
        WHERE h.bank_id = @bank AND h.account_id = @account AND h.id > @after
        ORDER BY h.id
        """);

    public static void MapOfCase(RouteGroupBuilder ofCase) => ofCase.MapGet("/", HandleOfCaseAsync)
        .Describe("Holds_ListOfCase", Scopes.HoldsRead, "List a case's holds", "The holds on the case's account, standing and lifted, in the order they were raised.")
        .Returns<Page<Hold>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, CaseProblems.NotFound);

    public static void MapOfAccount(RouteGroupBuilder ofAccount) => ofAccount.MapGet("/", HandleOfAccountAsync)
        .Describe("Holds_ListOfAccount", Scopes.HoldsRead, "List an account's holds", "The holds on an account of the bank's, standing and lifted, in the order they were raised.")
        .Returns<Page<Hold>>()
        .Refuses(HttpProblems.WrongTenantKind, HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, AccountProblems.NotFound);

    internal static Task<IReadOnlyList<HoldRow>> OfAccountAsync(Work work, int bank, Id account, Id after, int take, CancellationToken cancellation) =>
        work.Db.ListAsync<HoldRow>(Page, new { bank, account, after, take }, cancellation);

    private static async Task<Answer<Page<Hold>>> HandleOfCaseAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var found = (await Cases.Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse()).Case;
        return await ReadAsync(found.BankId, found.AccountId, page, work, cursors, http, cancellation);
    }

    private static async Task<Answer<Page<Hold>>> HandleOfAccountAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        _ = await work.Db.FindAsync<Id?>(FindAccount, new { tenant = work.Tenant, id }, cancellation) ?? throw AccountProblems.NotFound.Refuse();
        return await ReadAsync(work.Tenant, id, page, work, cursors, http, cancellation);
    }

    private static async Task<Answer<Page<Hold>>> ReadAsync(
        int bank, Id account, PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var rows = await OfAccountAsync(work, bank, account, cursors.After(http, work, page), page.Take, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(work)));
    }
}
