using Agency.Api.AuditLog;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;

namespace Agency.Api.Assignments;

/// <summary>
/// Once the agency has acknowledged and the term has started, each account of the assignment gets its case, in batches; when all
/// have theirs the assignment is active. An account has one open case at most: its state, read under lock, says whether it has it.
/// </summary>
internal static class Activation
{
    // An account that was paid since the offer is no longer reserved for it, and may even be in another agency's hands.
    private static readonly Sql Reserved = new("""
        SELECT TOP (@take) a.id AS account_id, a.debtor_id, n.principal + n.interest + n.fees AS placed
        FROM account AS a WITH (UPDLOCK, HOLDLOCK)
        INNER JOIN assignment_account AS n ON n.bank_id = a.bank_id AND n.assignment_id = a.assignment_id AND n.account_id = a.id
        WHERE a.bank_id = @bank AND a.assignment_id = @assignment AND a.id > @after AND a.state = 'eligible'
        ORDER BY a.id
        """);

    private static readonly Sql InsertCase = new("""
        INSERT INTO [case] (bank_id, id, agency_id, assignment_id, account_id, debtor_id, state, opened_at, placed)
        VALUES (@bank, @id, @agency, @assignment, @account, @debtor, 'active', @now, @placed)
        """);

    private static readonly Sql Place = new("""
        UPDATE account
        SET state = 'placed', changed_at = @now
        WHERE bank_id = @bank AND assignment_id = @assignment AND id > @after AND id <= @upTo AND state = 'eligible'
        """);

    private static readonly Sql Activate = new("UPDATE assignment SET activated_at = @now WHERE bank_id = @bank AND id = @assignment");

    /// <summary>Makes the next cases.</summary>
    /// <returns>The last account that got one, to go on after; null when all have theirs.</returns>
    public static async Task<Id?> BatchAsync(Work work, Standing assignment, Id after)
    {
        var bank = work.Tenant;
        var accounts = await work.Db.ListAsync<AccountRow>(Reserved, new { bank, assignment = assignment.Id, after, take = AssignmentSteps.Batch });
        if (accounts is [.., var last])
        {
            await OpenAsync(work, assignment, accounts);
            await work.Db.ExecuteAsync(Place, new { bank, assignment = assignment.Id, after, upTo = last.AccountId, now = work.Now });
            return last.AccountId;
        }

        await work.Db.ExecuteAsync(Activate, new { bank, assignment = assignment.Id, now = work.Now });
        await work.AuditAsync("assignment.activated", assignment.Id, changes: BeforeAfter.OfState(AssignmentState.Acknowledged, AssignmentState.Active));
        await work.EmitAsync(new("assignment.activated", assignment.Id, bank, assignment.AgencyId));
        return null;
    }

    private static async Task OpenAsync(Work work, Standing assignment, IReadOnlyList<AccountRow> accounts)
    {
        var (bank, agency, now) = (work.Tenant, assignment.AgencyId, work.Now);
        var cases = accounts.Select(account => (Id: work.NewId(), Account: account)).ToList();
        await work.Db.ExecuteAsync(InsertCase, cases.ConvertAll(made => new
        {
            bank,
            id = made.Id,
            agency,
            assignment = assignment.Id,
            account = made.Account.AccountId,
            debtor = made.Account.DebtorId,
            now,
            placed = made.Account.Placed,
        }));
        await CaseOrder.OpenedAsync(work.Db, bank, cases.Select(made => made.Id));
        await Event.WriteAsync(work.Db, cases.Select(made => (new Event("case.opened", made.Id, bank, agency, made.Id, made.Account.AccountId), work.NewId())), now);
    }

    private sealed record AccountRow(Id AccountId, Id DebtorId, long Placed);
}
