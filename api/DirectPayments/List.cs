using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.DirectPayments;

/// <summary>Either side lists direct payments: all that it sees, or those of one account.</summary>
internal static class List
{
    private static readonly SidedSql Page = new($$"""
        SELECT TOP (@take) {{DirectPaymentRow.Columns}}
        FROM {{DirectPaymentRow.Tables}}
        WHERE d.{side} = @tenant AND d.id > @after
        ORDER BY d.id
        """);

    private static readonly Sql PageOfAccount = new($"""
        SELECT TOP (@take) {DirectPaymentRow.Columns}
        FROM {DirectPaymentRow.Tables}
        WHERE d.bank_id = @bank AND d.account_id = @id AND d.id > @after
        ORDER BY d.id
        """);

    public static void Map(RouteGroupBuilder payments) => payments.MapGet("/", HandleAsync)
        .Describe("DirectPayments_List", Scopes.RepaymentsRead, "List direct payments", "Money that was paid to the bank itself, in the order it was booked: all of a bank's, and an agency's those that were booked while a case of its own was open that still is.")
        .Returns<Page<DirectPayment>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    public static void MapOfAccount(RouteGroupBuilder ofAccount) => ofAccount.MapGet("/", HandleOfAccountAsync)
        .Describe("DirectPayments_ListOfAccount", Scopes.RepaymentsRead, "List an account's direct payments", "Money that was paid on the account to the bank itself, in the order it was booked.")
        .Returns<Page<DirectPayment>>()
        .Refuses(AccountProblems.NotFound, HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static async Task<Answer<Page<DirectPayment>>> HandleAsync([AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var rows = await work.Db.ListAsync<DirectPaymentRow>(work.Side(Page), new { tenant = work.Tenant, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(work)));
    }

    private static async Task<Answer<Page<DirectPayment>>> HandleOfAccountAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var bank = await LedgerEntries.RequireBankAsync(work, id, cancellation);
        var rows = await work.Db.ListAsync<DirectPaymentRow>(PageOfAccount, new { bank, id, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(work)));
    }
}
