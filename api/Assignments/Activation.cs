using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Assignments;

/// <summary>
/// What the system does on an agency's answer: an acknowledged assignment becomes active at its term's start and gets one case
/// an account; a rejected one gives its accounts back. Runs right after an answer, and as a sweep for terms that start later
/// or steps that were lost.
/// </summary>
internal sealed partial class Activation(Database database, TenantStore tenants, Ids ids, TimeProvider clock, ILogger<Activation> log)
{
    private static readonly Sql Pending = new("""
        SELECT s.id, s.agency_id, w.answer
        FROM assignment AS s
        INNER JOIN assignment_answer AS w ON w.bank_id = s.bank_id AND w.assignment_id = s.id
        WHERE s.bank_id = @bank AND s.activated_at IS NULL AND s.released_at IS NULL AND (w.answer = 'rejected' OR s.term_start <= @today)
        ORDER BY s.id
        """);

    private static readonly Sql Lock = new("""
        SELECT id
        FROM assignment WITH (UPDLOCK, HOLDLOCK)
        WHERE bank_id = @bank AND id = @id AND activated_at IS NULL AND released_at IS NULL
        """);

    // An account that was paid since the offer is no longer reserved for it, and may even be in another agency's hands.
    private static readonly Sql Accounts = new("""
        SELECT n.account_id, a.debtor_id
        FROM assignment_account AS n
        INNER JOIN account AS a ON a.bank_id = n.bank_id AND a.id = n.account_id AND a.assignment_id = n.assignment_id AND a.state = 'eligible'
        WHERE n.bank_id = @bank AND n.assignment_id = @id
        ORDER BY n.account_id
        """);

    private static readonly Sql InsertCase = new("""
        INSERT INTO [case] (bank_id, id, agency_id, assignment_id, account_id, debtor_id, state, opened_at)
        VALUES (@bank, @case, @agency, @assignment, @account, @debtor, 'active', @now)
        """);

    private static readonly Sql Place = new("UPDATE account SET state = 'placed', changed_at = @now WHERE bank_id = @bank AND assignment_id = @id AND state = 'eligible'");
    private static readonly Sql Activate = new("UPDATE assignment SET activated_at = @now WHERE bank_id = @bank AND id = @id");
    private static readonly Sql GiveBack = new("UPDATE account SET assignment_id = NULL, changed_at = @now WHERE bank_id = @bank AND assignment_id = @id");
    private static readonly Sql Release = new("UPDATE assignment SET released_at = @now WHERE bank_id = @bank AND id = @id");

    /// <summary>Carries out what is pending at one bank.</summary>
    public async Task RunAsync(int bank, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        IReadOnlyList<PendingRow> pending;
        await using (var session = await database.OpenAsync(TenantContext.SystemFor(bank), write: false, cancellation))
        {
            pending = await session.ListAsync<PendingRow>(Pending, new { bank, today }, cancellation);
        }

        foreach (var assignment in pending)
        {
            try
            {
                await CarryOutAsync(bank, assignment, now, cancellation);
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested)
            {
                // One that fails must not hold up the others; the next run tries it again.
                LogFailure(exception, assignment.Id);
            }
        }
    }

    /// <summary>Carries out what is pending anywhere, bank by bank.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        foreach (var bank in await tenants.BanksAsync(cancellation))
        {
            await RunAsync(bank.Number, cancellation);
        }
    }

    private async Task CarryOutAsync(int bank, PendingRow assignment, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(TenantContext.SystemFor(bank), write: true, cancellation);

        // Another run may have come first; the lock makes sure that only one makes the cases.
        if (await session.FindAsync<Id?>(Lock, new { bank, id = assignment.Id }, cancellation) is null)
        {
            return;
        }

        var deed = assignment.Answer == "rejected" ? await ReleaseAsync(session, bank, assignment, now) : await ActivateAsync(session, bank, assignment, now);
        await new AuditEntry(bank, ids.New(), now, deed, assignment.Id).WriteAsync(session);
        await session.CommitAsync(cancellation);
    }

    private async Task<string> ActivateAsync(Session session, int bank, PendingRow assignment, DateTimeOffset now)
    {
        var accounts = await session.ListAsync<AccountRow>(Accounts, new { bank, id = assignment.Id });
        var cases = accounts.Select(account => (Case: ids.New(), Account: account)).ToList();
        await session.ExecuteAsync(InsertCase, cases.ConvertAll(made => new
        {
            bank,
            made.Case,
            agency = assignment.AgencyId,
            assignment = assignment.Id,
            account = made.Account.AccountId,
            debtor = made.Account.DebtorId,
            now,
        }));
        await CaseOrder.OpenedAsync(session, bank, cases.Select(made => made.Case));
        await Event.WriteAsync(session, cases.Select(made => (new Event("case.opened", made.Case, bank, assignment.AgencyId, made.Case, made.Account.AccountId), ids.New())), now);
        await session.ExecuteAsync(Place, new { bank, id = assignment.Id, now });
        await session.ExecuteAsync(Activate, new { bank, id = assignment.Id, now });
        await new Event("assignment.activated", assignment.Id, bank, assignment.AgencyId).WriteAsync(session, ids.New(), now);
        return "assignment.activated";
    }

    private static async Task<string> ReleaseAsync(Session session, int bank, PendingRow assignment, DateTimeOffset now)
    {
        await session.ExecuteAsync(GiveBack, new { bank, id = assignment.Id, now });
        await session.ExecuteAsync(Release, new { bank, id = assignment.Id, now });
        return "assignment.released";
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The answer to assignment {Assignment} could not be carried out; the next run tries again")]
    private partial void LogFailure(Exception exception, Id assignment);

    private sealed record PendingRow(Id Id, int AgencyId, string Answer);

    private sealed record AccountRow(Id AccountId, Id DebtorId);
}

/// <summary>Every minute looks for terms that start today and for steps that were lost.</summary>
internal sealed class ActivationSweep(Activation activation, TimeProvider clock, ILogger<ActivationSweep> log)
    : Sweep(TimeSpan.FromMinutes(1), clock, log)
{
    protected override Task RunAsync(CancellationToken cancellation) => activation.SweepAsync(cancellation);
}
