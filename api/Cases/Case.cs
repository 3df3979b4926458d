using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Cases;

/// <summary>Where a case stands.</summary>
public enum CaseState
{
    /// <summary>The agency works it.</summary>
    Active,

    /// <summary>The bank gave notice: the case is recalled on a day to come, and no new outbound contact is made meanwhile.</summary>
    RecallPending,

    /// <summary>The agency objects to the notice; the bank answers.</summary>
    RecallObjected,

    /// <summary>The agency asks to give the case back; the bank answers.</summary>
    ReturnRequested,

    /// <summary>The bank took it back.</summary>
    Recalled,

    /// <summary>The agency gave it back.</summary>
    Returned,

    /// <summary>Nothing is left to collect.</summary>
    Closed,
}

/// <summary>An agency's work on one account under one assignment. To the agency it exists while it is open.</summary>
/// <param name="Id">The case.</param>
/// <param name="BankId">Whose account it is.</param>
/// <param name="AgencyId">Who works it.</param>
/// <param name="AssignmentId">The assignment it was made under.</param>
/// <param name="State">Where it stands.</param>
/// <param name="OpenedAt">When it was made.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="EndReason">Why it ended: a recall reason, or the account's resolution.</param>
/// <param name="Account">The account with its balance today and its debtor, masked.</param>
public sealed record Case(
    Id Id, Id BankId, Id AgencyId, Id AssignmentId, CaseState State, DateTimeOffset OpenedAt, DateTimeOffset? EndedAt, string? EndReason, Account Account);

/// <summary>What can be wrong with a case named in a request.</summary>
public static class CaseProblems
{
    public static readonly Problem NotFound = new("case.not_found", 404, "There is no such case.", "案件不存在。");
    public static readonly Problem IsRecalled = new("case.is_recalled", 409, "The case is recalled already.", "案件已撤案。");
    public static readonly Problem IsClosed = new("case.is_closed", 409, "The case is closed already.", "案件已结案。");
}

internal static class CaseRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var cases = v1.MapGroup("/cases").WithTags("Cases");
        List.Map(cases);
        Get.Map(cases);
        Timeline.Map(cases);
        ContactPoints.Map(cases);
        Reveal.Map(cases);
        Recall.Map(cases);
    }
}

/// <summary>A case as stored, without its account.</summary>
internal sealed record CaseRow(
    Id CaseId, Id BankKey, Id AgencyKey, int BankId, int AgencyId, Id AssignmentId, Id AccountId, Id DebtorId, string CaseState,
    DateTimeOffset OpenedAt, DateTimeOffset? EndedAt, string? EndReason)
{
    public const string Columns = """
        c.id AS case_id, b.id AS bank_key, g.id AS agency_key, c.bank_id, c.agency_id, c.assignment_id, c.account_id, c.debtor_id,
        c.state AS case_state, c.opened_at, c.ended_at, c.end_reason
        """;

    // The join to the account is what ends an agency's sight: once the case has ended, the database shows it no account.
    public const string Tables = """
        [case] AS c
        INNER JOIN account AS a ON a.bank_id = c.bank_id AND a.id = c.account_id
        INNER JOIN debtor AS d ON d.bank_id = a.bank_id AND d.id = a.debtor_id
        INNER JOIN tenant AS b ON b.tenant_id = c.bank_id
        INNER JOIN tenant AS g ON g.tenant_id = c.agency_id
        """;

    /// <summary>Refuses what can only be done to an open case.</summary>
    public void RequireActive()
    {
        switch (Words.Read<CaseState>(CaseState))
        {
            case Cases.CaseState.Recalled: throw CaseProblems.IsRecalled.Refuse();
            case Cases.CaseState.Closed: throw CaseProblems.IsClosed.Refuse();
        }
    }
}

/// <summary>A case with its account, as both are stored.</summary>
internal sealed record CaseWithAccount(CaseRow Case, AccountRow Account)
{
    /// <summary>Runs a statement that selects the columns of both, in this order.</summary>
    public static Task<IReadOnlyList<CaseWithAccount>> ListAsync(Work work, Sql sql, object parameters, CancellationToken cancellation) =>
        work.Db.ListAsync<CaseRow, AccountRow, CaseWithAccount>(sql, "account_bank", static (row, account) => new(row, account), parameters, cancellation);

    public Case View(Work work) => new(
        Case.CaseId, Case.BankKey, Case.AgencyKey, Case.AssignmentId, Words.Read<CaseState>(Case.CaseState), Case.OpenedAt, Case.EndedAt, Case.EndReason,
        Account.View(work));
}
