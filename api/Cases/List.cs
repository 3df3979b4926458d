using System.ComponentModel;
using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Cases;

/// <summary>Either side lists cases: a bank all of its own, an agency the open ones, a collector those on the own desk.</summary>
internal static class List
{
    private const string Select = $"SELECT TOP (@take) {CaseRow.Columns}, {AccountRow.Columns}";

    private static readonly SidedSql Page = new($$"""
        {{Select}}
        FROM {{CaseRow.Tables}}
        WHERE c.{side} = @tenant{live} AND c.id > @after
        ORDER BY c.id
        """);

    private static readonly SidedSql PageOfAssignment = new($$"""
        {{Select}}
        FROM {{CaseRow.Tables}}
        WHERE c.{side} = @tenant{live} AND c.assignment_id = @assignmentId AND c.id > @after
        ORDER BY c.id
        """);

    private static readonly SidedSql PageOfReference = new(OfDesk("agency_reference = @agencyReference"));
    private static readonly SidedSql PageOfCollector = new(OfDesk("collector_id = @collectorId"));
    private static readonly SidedSql PageOfTeam = new(OfDesk("team_id = @teamId"));

    private static readonly SidedSql Filtered = new($$"""
        {{Select}}
        FROM {{CaseRow.Tables}}
        WHERE c.{side} = @tenant{live} AND c.id > @after
            {{CaseFilter.Conditions}}
        ORDER BY c.id
        """);

    private static readonly SidedSql Reversed = new($$"""
        {{Select}}
        FROM {{CaseRow.Tables}}
        WHERE c.{side} = @tenant{live} AND c.id < @after
            {{CaseFilter.Conditions}}
        ORDER BY c.id DESC
        """);

    // Few as well, and sorted when they are read.
    private static readonly SidedSql OfDebtor = new($$"""
        {{Select}}
        FROM {{CaseRow.Tables}}
        WHERE c.{side} = @tenant{live} AND c.debtor_id = @debtorId
            {{CaseFilter.Conditions}}
        """);

    // A bank has one account of a number, an agency one at each of its banks: few cases, sorted when they are read.
    private static readonly Sql AccountsForBank = new("SELECT a.bank_id, a.id FROM account AS a WHERE a.bank_id = @tenant AND a.account_number = @accountNumber");

    private static readonly Sql AccountsForAgency = new("""
        SELECT a.bank_id, a.id
        FROM account AS a
        WHERE a.bank_id IN (SELECT w.bank_id FROM agreement AS w WHERE w.agency_id = @tenant) AND a.account_number = @accountNumber
        """);

    // The range is one account: of an equal sign SQLite thinks that the bank's whole clustered key is as short a way.
    private static readonly Sql OfAccount = new($"""
        SELECT {CaseRow.Columns}, {AccountRow.Columns}
        FROM {CaseRow.Tables}
        WHERE c.bank_id = @bank AND c.account_id >= @account AND c.account_id <= @account
            {CaseFilter.Conditions}
        """);

    public static void Map(RouteGroupBuilder cases) => cases.MapGet("/", HandleAsync)
        .Describe("Cases_List", Scopes.CasesRead, "List cases", "The bank's cases, or an agency's open ones as far as the caller sees them, oldest first unless sorted. Cases of one sort key come in the order of their ids, or its reverse. With changed_after those that were made, moved or ended since, in that order and as they are now; an agency learns of an end by the events.")
        .Returns<Page<Case>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, FeedProblems.Combined)
        .HasFullView();

    private static async Task<Answer<Page<Case>>> HandleAsync(
        [AsParameters] PageQuery page, [AsParameters] CaseFilter filter,
        [FromQuery(Name = "changed_after"), Description("Only what changed since: start, or the changedAfter of the answer before. Ask again until it stays the same; one item may come twice.")] string? changedAfter,
        [AsParameters] ViewQuery view,
        Work work, Cursors cursors, FullView fullView, HttpContext http, CancellationToken cancellation)
    {
        var answer = changedAfter is null
            ? await ReadAsync(work, cursors, http, page, filter, view.IsFull, cancellation)
            : await Changes.ReadAsync(work, cursors, http, page, changedAfter, view.IsFull, cancellation);
        if (view.IsFull)
        {
            await fullView.AuditAsync(work, "cases", [.. answer.Items.Select(@case => @case.Id)]);
        }

        return Answer.Ok(answer);
    }

    private static async Task<Page<Case>> ReadAsync(Work work, Cursors cursors, HttpContext http, PageQuery page, CaseFilter filter, bool inFull, CancellationToken cancellation)
    {
        var sort = filter.Order;
        var falls = filter.IsReversed != (sort?.IsReversed ?? false);
        var key = cursors.AfterKey(http, work, page);
        var place = key is null ? CasePlace.Before(falls) : CasePlace.Read(key) ?? throw HttpProblems.CursorInvalid.Refuse();
        var rows = filter switch
        {
            { AccountNumber: not null } => Sorted(await OfNumberAsync(work, filter, cancellation), PlaceOf, place, falls),
            { DebtorId: not null } => Sorted(await OfDebtorAsync(work, filter, cancellation), PlaceOf, place, falls),
            _ => await CaseWithAccount.ListAsync(work, StatementOf(work, filter, sort, falls), Parameters(work, filter, place, page.Take), cancellation),
        };
        var holds = await CaseWithAccount.HoldsAsync(work, rows, cancellation);
        return cursors.Cut(http, work, page, rows, row => PlaceOf(row).Write(), row => row.View(work, holds, inFull));

        CasePlace PlaceOf(CaseWithAccount row) => new(sort?.KeyOf(row.Case) ?? (falls ? long.MaxValue : long.MinValue), row.Case.CaseId);
    }

    private static object Parameters(Work work, CaseFilter filter, CasePlace place, int take, AccountKey? account = null) => new
    {
        tenant = work.Tenant,
        assignmentId = filter.AssignmentId,
        collectorId = CollectorOf(work, filter),
        teamId = filter.TeamId,
        debtorId = filter.DebtorId,
        agencyReference = filter.AgencyReference,
        state = filter.StateOrNone,
        openMotion = filter.OpenMotionOrNone,
        bank = account?.BankId,
        account = account?.Id,
        day = place.Day,
        amount = place.Amount,
        instant = place.Instant,
        after = place.Case,
        take,
    };

    private static async Task<List<CaseWithAccount>> OfNumberAsync(Work work, CaseFilter filter, CancellationToken cancellation)
    {
        List<CaseWithAccount> rows = [];
        var accounts = await work.Db.ListAsync<AccountKey>(work.Caller.IsBank ? AccountsForBank : AccountsForAgency, new { tenant = work.Tenant, accountNumber = filter.AccountNumber }, cancellation);
        foreach (var account in accounts)
        {
            rows.AddRange((await CaseWithAccount.ListAsync(work, OfAccount, Parameters(work, filter, default, 0, account), cancellation)).Where(row => row.IsShownTo(work)));
        }

        return rows;
    }

    private static async Task<List<CaseWithAccount>> OfDebtorAsync(Work work, CaseFilter filter, CancellationToken cancellation) =>
        [.. (await CaseWithAccount.ListAsync(work, work.Side(OfDebtor), Parameters(work, filter, default, int.MaxValue), cancellation)).Where(row => row.IsShownTo(work))];

    // A collector's own list is read off the own desk.
    private static Id? CollectorOf(Work work, CaseFilter filter) =>
        filter.CollectorId ?? (work.Caller.Context.Sight == Sight.Own ? work.Caller.Person : null);

    private static Sql StatementOf(Work work, CaseFilter filter, CaseSort? sort, bool falls)
    {
        if (sort is not null)
        {
            return work.Side(falls ? sort.Falling : sort.Rising);
        }

        return work.Side(falls ? Reversed : (CollectorOf(work, filter), filter) switch
        {
            (null, { AssignmentId: null, State: null, OpenMotion: null, TeamId: null, AgencyReference: null }) => Page,
            (null, { AssignmentId: not null, State: null, OpenMotion: null, TeamId: null, AgencyReference: null }) => PageOfAssignment,
            (_, { AgencyReference: not null }) => PageOfReference,
            (not null, _) when !work.Caller.IsBank => PageOfCollector,
            (_, { TeamId: not null }) when !work.Caller.IsBank => PageOfTeam,
            _ => Filtered,
        });
    }

    private static List<CaseWithAccount> Sorted(List<CaseWithAccount> rows, Func<CaseWithAccount, CasePlace> placeOf, CasePlace after, bool falls)
    {
        int Compare(CasePlace left, CasePlace right) => (left.Key == right.Key ? left.Case.CompareTo(right.Case) : left.Key.CompareTo(right.Key)) * (falls ? -1 : 1);
        return [.. rows.Where(row => Compare(placeOf(row), after) > 0).Order(Comparer<CaseWithAccount>.Create((left, right) => Compare(placeOf(left), placeOf(right))))];
    }

    private static string OfDesk(string condition) => $$"""
        {{Select}}
        FROM case_desk AS k
        INNER JOIN [case] AS c ON c.bank_id = k.bank_id AND c.id = k.case_id
        {{CaseRow.Joins}}
        {{CaseRow.Order}}
        WHERE k.{side} = @tenant{live} AND k.{{condition}} AND k.case_id > @after
            {{CaseFilter.Conditions}}
        ORDER BY k.case_id
        """;

    private sealed record AccountKey(int BankId, Id Id);
}
