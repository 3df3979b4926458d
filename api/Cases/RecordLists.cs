using System.ComponentModel;
using Agency.Api.Data;
using Agency.Api.Http;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Cases;

/// <summary>Which of what was reported under cases is asked for: all, those that one filter names, or what changed.</summary>
public sealed record RecordQuery(
    [property: FromQuery(Name = "changed_after"), Description("Only what was added or changed since: start, or the changedAfter of the answer before. Ask again until it stays the same; one item may come twice.")] string? ChangedAfter,
    [property: FromQuery(Name = "case_id"), Description("Only those of this case.")] Id? CaseId,
    [property: FromQuery(Name = "account_number"), Description("Only those of the account that has this number at the bank; an agency can name it while it has an open case for it.")] string? AccountNumber,
    [property: FromQuery(Name = "agency_reference"), Description("Only those with this number of the agency's own.")] string? AgencyReference)
{
    /// <summary>Refuses more than one filter: each is sought by an index of its own.</summary>
    /// <param name="isWaiting">Whether those that wait for the bank are asked for as well, a filter that some of the lists have.</param>
    internal void Check(bool isWaiting = false)
    {
        if ((CaseId is null ? 0 : 1) + (AccountNumber is null ? 0 : 1) + (AgencyReference is null ? 0 : 1) + (isWaiting ? 1 : 0) > 1)
        {
            throw RecordProblems.FiltersCombined.Refuse();
        }
    }
}

/// <summary>What can be wrong with how such a list is narrowed.</summary>
public static class RecordProblems
{
    public static readonly Problem FiltersCombined = new("query.filters_combined", 400, "Only one of case_id, account_number, agency_reference and, where there is one, waiting can be given.", "case_id、account_number、agency_reference 与 waiting 只能使用其中一个。");
    public static readonly Problem AccountNumberAmbiguous = new("query.account_number_ambiguous", 400, "Two banks have an account with this number: name the case by case_id.", "多家委托方存在相同账号，请改用 case_id。");
}

/// <summary>Lists of what agencies report under cases: one kind a folder, and the same ways to narrow each.</summary>
internal static class RecordLists
{
    private static readonly SidedSql BankOfCase = new("SELECT bank_id FROM [case] WHERE {side} = @tenant AND id = @id");

    // Few: the cases that an account had one after another.
    private static readonly Sql CasesOfAccount = new("""
        SELECT id
        FROM [case]
        WHERE bank_id = @bank AND account_id = @account AND id >= @from
        ORDER BY id
        """);

    /// <summary>Reads a page; the key of each row is its case (when an account is asked for) and its id.</summary>
    /// <param name="all">Every row of the caller's, by id.</param>
    /// <param name="ofReference">Those with <c>@reference</c>, by id.</param>
    /// <param name="ofCase">Those of the case <c>@id</c> of the bank <c>@bank</c>, by id.</param>
    public static async Task<Page<T>> ReadAsync<TRow, T>(
        Work work, Cursors cursors, HttpContext http, PageQuery page, RecordQuery query, SidedSql all, SidedSql ofReference, Sql ofCase,
        Func<TRow, (Id Case, Id Id)> key, Func<TRow, T> view, CancellationToken cancellation)
    {
        query.Check();
        var (from, after) = cursors.AfterPair(http, work, page);
        var rows = query switch
        {
            { CaseId: { } id } => await work.Db.FindAsync<int?>(work.Side(BankOfCase), new { tenant = work.Tenant, id }, cancellation) is { } bank
                ? await work.Db.ListAsync<TRow>(ofCase, new { bank, id, after, take = page.Take }, cancellation)
                : [],
            { AccountNumber: { } number } => await OfAccountAsync<TRow>(work, ofCase, number, from, after, page.Take, cancellation),
            { AgencyReference: { } reference } => await work.Db.ListAsync<TRow>(work.Side(ofReference), new { tenant = work.Tenant, reference, after, take = page.Take }, cancellation),
            _ => await work.Db.ListAsync<TRow>(work.Side(all), new { tenant = work.Tenant, after, take = page.Take }, cancellation),
        };
        return cursors.Cut(http, work, page, rows, row => [.. key(row).Case.ToBytes(), .. key(row).Id.ToBytes()], view);
    }

    private static async Task<IReadOnlyList<TRow>> OfAccountAsync<TRow>(Work work, Sql ofCase, string number, Id from, Id after, int take, CancellationToken cancellation)
    {
        if (await AccountNumbers.FindAsync(work, number, cancellation) is not { } account)
        {
            return [];
        }

        List<TRow> rows = [];
        foreach (var id in await work.Db.ListAsync<Id>(CasesOfAccount, new { bank = account.BankId, account = account.Id, from }, cancellation))
        {
            if (rows.Count < take)
            {
                rows.AddRange(await work.Db.ListAsync<TRow>(ofCase, new { bank = account.BankId, id, after = id == from ? after : default, take = take - rows.Count }, cancellation));
            }
        }

        return rows;
    }
}

/// <summary>Finds an account by the bank's number, among those that the caller sees.</summary>
internal static class AccountNumbers
{
    private static readonly Sql FindForBank = new("SELECT bank_id, id FROM account WHERE bank_id = @tenant AND account_number = @number");

    private static readonly Sql FindForAgency = new("""
        SELECT DISTINCT a.bank_id, a.id
        FROM agreement AS g
        CROSS JOIN account AS a
        WHERE g.agency_id = @tenant AND a.bank_id = g.bank_id AND a.account_number = @number
        """);

    public static async Task<Found?> FindAsync(Work work, string number, CancellationToken cancellation) =>
        await work.Db.ListAsync<Found>(work.Caller.IsBank ? FindForBank : FindForAgency, new { tenant = work.Tenant, number }, cancellation) switch
        {
            [] => null,
            [var only] => only,
            _ => throw RecordProblems.AccountNumberAmbiguous.Refuse(),
        };

    internal sealed record Found(int BankId, Id Id);
}
