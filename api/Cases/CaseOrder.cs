using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Cases;

/// <summary>
/// What lists of cases are sorted by, one row a case. Both sides keep it in the transactions that move it; every value shown
/// comes from where it belongs, this row is there for its indexes.
/// </summary>
internal static class CaseOrder
{
    /// <summary>Sorts before every instant: no contact yet.</summary>
    public static readonly DateTimeOffset Never = DateTimeOffset.MinValue;

    /// <summary>Sorts after every day: nothing promised.</summary>
    public static readonly DateOnly NoDay = new(9999, 12, 31);

    private static readonly Sql Insert = new("""
        INSERT INTO case_order (bank_id, case_id, agency_id, account_id, oldest_due_date, balance, last_contact_at, next_promise_on, is_open)
        SELECT c.bank_id, c.id, c.agency_id, c.account_id, a.oldest_due_date, a.principal + a.interest + a.fees, @never, @noDay, 1
        FROM [case] AS c
        INNER JOIN account AS a ON a.bank_id = c.bank_id AND a.id = c.account_id
        WHERE c.bank_id = @bank AND c.id = @id
        """);

    // The range is one account: of an equal sign SQLite thinks that the bank's whole clustered key is as short a way.
    private static readonly Sql SetBalance = new("UPDATE case_order SET balance = @balance WHERE bank_id = @bank AND account_id >= @account AND account_id <= @account AND is_open = 1");

    private static readonly Sql SetDue = new("UPDATE case_order SET oldest_due_date = @on WHERE bank_id = @bank AND account_id >= @account AND account_id <= @account AND is_open = 1");

    private static readonly Sql FindContact = new("SELECT last_contact_at FROM case_order WHERE bank_id = @bank AND case_id = @id");
    private static readonly Sql SetContact = new("UPDATE case_order SET last_contact_at = @at WHERE bank_id = @bank AND case_id = @id");

    // SQLite takes the index of a case's records only when told that a case has few of them.
    private static readonly Sql FindLastStanding = new(
        """
        SELECT MAX(r.occurred_at)
        FROM contact_record AS r
        WHERE r.bank_id = @bank AND r.case_id = @id
            AND NOT EXISTS (SELECT 1 FROM contact_record AS y WHERE y.bank_id = r.bank_id AND y.supersedes_id = r.id)
        """,
        """
        SELECT MAX(r.occurred_at)
        FROM contact_record AS r
        WHERE r.bank_id = @bank AND unlikely(r.case_id = @id)
            AND NOT EXISTS (SELECT 1 FROM contact_record AS y WHERE y.bank_id = r.bank_id AND y.supersedes_id = r.id)
        """);

    private static readonly Sql SetPromise = new("UPDATE case_order SET next_promise_on = @on WHERE bank_id = @bank AND case_id = @id");
    private static readonly Sql Close = new("UPDATE case_order SET is_open = 0, next_promise_on = @noDay WHERE bank_id = @bank AND case_id = @id");

    /// <summary>A case was made.</summary>
    public static Task OpenedAsync(Session db, int bank, IEnumerable<Id> cases) =>
        db.ExecuteAsync(Insert, cases.Select(id => new { bank, id, never = Never, noDay = NoDay }).ToList());

    /// <summary>The balance of an account moved; the bank's deed.</summary>
    public static Task BalanceMovedAsync(Work work, Id account, long balance) => work.Db.ExecuteAsync(SetBalance, new { bank = work.Tenant, account, balance });

    /// <summary>The oldest unpaid amount of an account is another; the bank's deed.</summary>
    public static Task DueMovedAsync(Work work, Id account, DateOnly on) => work.Db.ExecuteAsync(SetDue, new { bank = work.Tenant, account, on });

    /// <summary>A contact was reported on a case; an earlier one than the last moves nothing, nor does one on an ended case, whose order the agency can't see.</summary>
    public static async Task ContactedAsync(Work work, int bank, Id id, DateTimeOffset at)
    {
        if (await work.Db.FindAsync<DateTimeOffset?>(FindContact, new { bank, id }) is { } last && last < at)
        {
            await work.Db.ExecuteAsync(SetContact, new { bank, id, at });
        }
    }

    /// <summary>A contact record of an open case was corrected, which may make the last contact an earlier one. On an ended case it does nothing.</summary>
    public static async Task CorrectedAsync(Work work, int bank, Id id)
    {
        if (await work.Db.FindAsync<DateTimeOffset?>(FindContact, new { bank, id }) is not null && await work.Db.FindAsync<DateTimeOffset?>(FindLastStanding, new { bank, id }) is { } at)
        {
            await work.Db.ExecuteAsync(SetContact, new { bank, id, at });
        }
    }

    /// <summary>The open promise of an open case is due on this day; <see cref="NoDay"/> when there is none.</summary>
    public static Task PromisedAsync(Work work, int bank, Id id, DateOnly on) => work.Db.ExecuteAsync(SetPromise, new { bank, id, on });

    /// <summary>The case ended, and waits for no promise any more; the bank's deed or the system's.</summary>
    public static Task EndedAsync(Work work, Id id) => work.Db.ExecuteAsync(Close, new { bank = work.Tenant, id, noDay = NoDay });
}
