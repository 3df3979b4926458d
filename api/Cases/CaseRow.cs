using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Holds;
using Agency.Api.Http;

namespace Agency.Api.Cases;

/// <summary>A case as stored, with the motion that waits for the bank's answer, without its account.</summary>
internal sealed record CaseRow(
    Id CaseId, Id BankKey, Id AgencyKey, int BankId, int AgencyId, Id AssignmentId, Id AccountId, Id DebtorId, string CaseState,
    DateTimeOffset OpenedAt, DateTimeOffset? EndedAt, string? EndReason, Id? CollectorId, Id? TeamId, string? AgencyReference,
    DateOnly? OrderDue, long? OrderBalance, DateTimeOffset? OrderContact, DateOnly? OrderPromise,
    DateOnly? RecallOn, string? RecallReason, DateOnly? ExtendedTo, Id? AnsweredMotionId, DateTimeOffset? ObjectionRefusedAt,
    Id? MotionId, string? MotionKind, string? MotionReason, DateOnly? RequestedEnd, DateTimeOffset? MotionMadeAt)
{
    public const string Columns = """
        c.id AS case_id, b.id AS bank_key, g.id AS agency_key, c.bank_id, c.agency_id, c.assignment_id, c.account_id, c.debtor_id,
        c.state AS case_state, c.opened_at, c.ended_at, c.end_reason, k.collector_id, k.team_id, k.agency_reference,
        o.oldest_due_date AS order_due, o.balance AS order_balance, o.last_contact_at AS order_contact, o.next_promise_on AS order_promise,
        c.recall_on, c.recall_reason, c.extended_to, c.answered_motion_id, c.objection_refused_at,
        m.id AS motion_id, m.kind AS motion_kind, m.reason AS motion_reason, m.requested_end, m.made_at AS motion_made_at
        """;

    public const string Tables = $"""
        [case] AS c
        {Joins}
        {DeskAndOrder}
        """;

    // The join to the account is what ends an agency's sight: once the case has ended, the database shows it no account.
    // Ids sort by time of making, so the motion after the last answered one is the open one. It is sought by the agency: by the
    // bank SQLite would take the primary key, and read every motion of the bank for every case.
    public const string Joins = """
        INNER JOIN account AS a ON a.bank_id = c.bank_id AND a.id = c.account_id
        INNER JOIN debtor AS d ON d.bank_id = a.bank_id AND d.id = a.debtor_id
        INNER JOIN tenant AS b ON b.tenant_id = c.bank_id
        INNER JOIN tenant AS g ON g.tenant_id = c.agency_id
        LEFT JOIN case_motion AS m ON m.agency_id = c.agency_id AND m.case_id = c.id AND m.id > COALESCE(c.answered_motion_id, 0x00) AND c.ended_at IS NULL
        """;

    public const string Order = "LEFT JOIN case_order AS o ON o.bank_id = c.bank_id AND o.case_id = c.id";

    private const string DeskAndOrder = $"""
        LEFT JOIN case_desk AS k ON k.agency_id = c.agency_id AND k.case_id = c.id
        {Order}
        """;

    public DateTimeOffset? LastContactAt => OrderContact > CaseOrder.Never ? OrderContact : null;

    public DateOnly? NextPromiseOn => OrderPromise < CaseOrder.NoDay ? OrderPromise : null;

    private static readonly Sql Update = new("""
        UPDATE [case]
        SET state = @caseState, recall_on = @recallOn, recall_reason = @recallReason, extended_to = @extendedTo,
            answered_motion_id = @answeredMotionId, objection_refused_at = @objectionRefusedAt
        WHERE bank_id = @bank AND id = @caseId
        """);

    /// <summary>Where it stands: what the bank decided, and what the agency asks meanwhile.</summary>
    public CaseState State => (Words.Read<CaseState>(CaseState), OpenKind) switch
    {
        (Cases.CaseState.RecallPending, Cases.MotionKind.RecallObjection) => Cases.CaseState.RecallObjected,
        (Cases.CaseState.Active, Cases.MotionKind.Return) => Cases.CaseState.ReturnRequested,
        (var stored, _) => stored,
    };

    public MotionKind? OpenKind => Words.ReadOrNull<MotionKind>(MotionKind);

    public OpenMotion? OpenMotion => MotionId is { } id ? new(id, OpenKind!.Value, MotionReason!, RequestedEnd, MotionMadeAt!.Value) : null;

    /// <summary>Refuses what needs the agency to be at work with no notice given: a new promise of the bank's, such as a settlement.</summary>
    public void RequireActive() => Require(Cases.CaseState.Active);

    /// <summary>Refuses what can't be done once a case has ended. What happened is reported whatever notice was given.</summary>
    public void RequireOpen() => Require(Cases.CaseState.Active, Cases.CaseState.RecallPending, Cases.CaseState.RecallObjected, Cases.CaseState.ReturnRequested);

    /// <summary>Refuses in every other state, naming it.</summary>
    public void Require(params ReadOnlySpan<CaseState> states)
    {
        if (!states.Contains(State))
        {
            throw CaseProblems.Is(State).Refuse();
        }
    }

    /// <summary>Writes where an open case stands now; the bank's deed or the system's, on a locked case.</summary>
    public Task StandAsync(Work work) => work.Db.ExecuteAsync(Update, new
    {
        bank = BankId,
        CaseId,
        CaseState,
        RecallOn,
        RecallReason,
        ExtendedTo,
        AnsweredMotionId,
        ObjectionRefusedAt,
    });

    /// <summary>Writes down that this happened to the case, and tells both sides.</summary>
    public async Task TellAsync(Work work, string deed, string? detail = null, string? changes = null)
    {
        await work.AuditAsync(deed, CaseId, detail, changes);
        await work.EmitAsync(new(deed, CaseId, BankId, AgencyId, CaseId, AccountId));
    }
}

/// <summary>A case with its account, as both are stored.</summary>
internal sealed record CaseWithAccount(CaseRow Case, AccountRow Account)
{
    /// <summary>Runs a statement that selects the columns of both, in this order.</summary>
    public static Task<IReadOnlyList<CaseWithAccount>> ListAsync(Work work, Sql sql, object parameters, CancellationToken cancellation) =>
        work.Db.ListAsync<CaseRow, AccountRow, CaseWithAccount>(sql, "account_bank", static (row, account) => new(row, account), parameters, cancellation);

    /// <summary>To an agency a case that has ended is gone, also where a later case of its shows it the account again.</summary>
    public bool IsShownTo(Work work) => work.Caller.IsBank || Case.EndedAt is null;

    /// <summary>Today, where the debtor lives: every day of a case is one of the debtor's.</summary>
    public DateOnly Today(Work work) => Days.In(Account.TimeZone, work.Now);

    /// <summary>The holds that stand on a page of cases, for their views.</summary>
    public static Task<ILookup<Id, StandingHold>> HoldsAsync(Work work, IReadOnlyList<CaseWithAccount> rows, CancellationToken cancellation) =>
        StandingHolds.OfAccountsAsync(work, [.. rows.Select(row => (row.Case.BankId, row.Case.AccountId))], cancellation);

    public Case View(Work work, ILookup<Id, StandingHold> holds, bool inFull = false) => new(
        Case.CaseId, Case.BankKey, Case.AgencyKey, Case.AssignmentId, Case.State, Case.OpenedAt, Case.EndedAt, Case.EndReason,
        Case.CollectorId, Case.TeamId, Case.AgencyReference, Case.LastContactAt, Case.NextPromiseOn, Account.View(work, inFull), Case.RecallOn, Words.ReadOrNull<RecallReason>(Case.RecallReason), Case.ExtendedTo, Case.OpenMotion, [.. holds[Case.AccountId]]);
}
