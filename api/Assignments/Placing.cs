using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Assignments;

/// <summary>
/// Takes accounts into an assignment: those that can be assigned are reserved for it, the others are written down with the reason.
/// A large assignment is placed in batches. How far it came is read off what it has written, so that a killed process goes on there.
/// </summary>
internal static class Placing
{
    private static readonly Sql InsertAccount = new("""
        INSERT INTO assignment_account (bank_id, assignment_id, account_id, principal, interest, fees, days_past_due)
        VALUES (@bank, @assignment, @account, @principal, @interest, @fees, @daysPastDue)
        """);

    private static readonly Sql InsertSkip = new("INSERT INTO assignment_skip (bank_id, assignment_id, account_id, reason) VALUES (@bank, @assignment, @account, @reason)");

    private static readonly Sql Reserve = new("""
        UPDATE account
        SET assignment_id = @assignment, changed_at = @now
        WHERE bank_id = @bank AND id IN (SELECT n.account_id FROM assignment_account AS n WHERE n.bank_id = @bank AND n.assignment_id = @assignment AND n.account_id >= @from)
        """);

    private static readonly Sql LastTaken = new("SELECT TOP (@take) account_id FROM assignment_account WHERE bank_id = @bank AND assignment_id = @assignment ORDER BY account_id DESC");
    private static readonly Sql LastSkipped = new("SELECT TOP (@take) account_id FROM assignment_skip WHERE bank_id = @bank AND assignment_id = @assignment ORDER BY account_id DESC");

    private static readonly Sql Update = new("""
        UPDATE assignment
        SET account_count = @accounts, principal = @principal, interest = @interest, fees = @fees, days_past_due_mix = @mix, skipped_count = @skipped
        WHERE bank_id = @bank AND id = @assignment
        """);

    private static readonly Sql Finish = new("UPDATE assignment SET placing = 0 WHERE bank_id = @bank AND id = @assignment");

    private static readonly Sql FinishEmpty = new("""
        UPDATE assignment
        SET placing = 0, ended_at = @now, ending = 'voided', end_reason = 'no_eligible_accounts', released_at = @now
        WHERE bank_id = @bank AND id = @assignment
        """);

    /// <summary>Writes the accounts down and reserves those that can be assigned.</summary>
    public static async Task ReserveAsync(Work work, Id assignment, Slice slice, IReadOnlyList<SliceRow> rows, CancellationToken cancellation = default)
    {
        var bank = slice.Bank;
        await work.Db.ExecuteAsync(InsertSkip, rows.Where(row => row.Reason is not null).Select(row => new { bank, assignment, account = row.AccountId, reason = row.Reason }).ToList(), cancellation);
        var taken = rows.Where(row => row.Reason is null).ToList();
        if (taken.Count == 0)
        {
            return;
        }

        await work.Db.ExecuteAsync(InsertAccount, taken.ConvertAll(row => new
        {
            bank,
            assignment,
            account = row.AccountId,
            principal = row.Principal,
            interest = row.Interest,
            fees = row.Fees,
            daysPastDue = Accounts.DaysPastDue.On(row.OldestDueDate, slice.Today),
        }), cancellation);
        await work.Db.ExecuteAsync(Reserve, new { bank, assignment, from = taken[0].AccountId, now = work.Now }, cancellation);
    }

    /// <summary>Where the next batch ends: found by who only reads, so that looking for accounts holds up nobody's writes. Null after the last.</summary>
    public static async Task<Id?> EndOfNextAsync(Session db, Standing assignment, CancellationToken cancellation)
    {
        var next = await assignment.Slice.ReadAsync(db, await LastAsync(db, assignment), AssignmentSteps.Batch, cancellation);
        return next is [.., var last] ? last.AccountId : null;
    }

    /// <summary>Takes the next accounts in, up to this one; after the last the assignment is submitted.</summary>
    /// <returns>Whether there is more to do.</returns>
    public static async Task<bool> BatchAsync(Work work, Standing assignment, Id? upTo)
    {
        var (bank, figures) = (work.Tenant, assignment.Figures);
        if (upTo is { } end)
        {
            var rows = await assignment.Slice.LockAsync(work.Db, await LastAsync(work.Db, assignment), end, AssignmentSteps.Batch);
            foreach (var row in rows)
            {
                figures.Add(row, assignment.Slice.Today);
            }

            await ReserveAsync(work, assignment.Id, assignment.Slice, rows);
            await work.Db.ExecuteAsync(Update, new { bank, assignment = assignment.Id, figures.Accounts, figures.Principal, figures.Interest, figures.Fees, figures.Mix, figures.Skipped });
            return true;
        }

        // Others may have taken every account meanwhile: then there is nothing to offer.
        var (finish, deed, agency) = figures.Accounts > 0 ? (Finish, "assignment.submitted", (int?)assignment.AgencyId) : (FinishEmpty, "assignment.voided", null);
        await work.Db.ExecuteAsync(finish, new { bank, assignment = assignment.Id, now = work.Now });
        await work.AuditAsync(deed, assignment.Id, changes: BeforeAfter.OfState(AssignmentState.Placing, agency is null ? AssignmentState.Voided : AssignmentState.Submitted));
        await work.EmitAsync(new(deed, assignment.Id, bank, agency));
        return false;
    }

    private static async Task<Id> LastAsync(Session db, Standing assignment)
    {
        var place = new { bank = assignment.BankId, assignment = assignment.Id, take = 1 };
        var (taken, skipped) = ((await db.ListAsync<Id>(LastTaken, place)).SingleOrDefault(), (await db.ListAsync<Id>(LastSkipped, place)).SingleOrDefault());
        return taken > skipped ? taken : skipped;
    }
}
