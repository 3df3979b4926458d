using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.SettlementProposals;
using Agency.Api.Tenancy;

namespace Agency.Api.RepaymentPlans;

/// <summary>
/// What the calendar does to settlements: plans whose payment is overdue, approvals whose money or signature did not come, proposals
/// that nobody decided on; and acceptances whose approval was lost.
/// </summary>
internal sealed partial class DuePlans(Database database, TenantStore tenants, SystemWork system, TimeProvider clock, ILogger<DuePlans> log)
{
    private const int Batch = 200;

    // What is older was told by an earlier run.
    private const int LooksBackDays = 35;

    private static readonly Sql Due = new("""
        SELECT TOP (@take) l.settlement_proposal_id AS id, l.account_id
        FROM repayment_plan AS l
        WHERE l.bank_id = @bank AND l.look_on < @today AND l.look_on < '9999-12-31' AND l.settlement_proposal_id > @after
        ORDER BY l.settlement_proposal_id
        """);

    private static readonly Sql Undecided = new("""
        SELECT TOP (@take) p.id, p.account_id
        FROM settlement_proposal AS p
        WHERE p.bank_id = @bank AND p.agree_by >= @since AND p.agree_by < @today AND p.id > @after
            AND NOT EXISTS (SELECT 1 FROM settlement_counter AS c WHERE c.bank_id = p.bank_id AND c.settlement_proposal_id = p.id)
            AND NOT EXISTS (SELECT 1 FROM settlement_proposal_decision AS w WHERE w.bank_id = p.bank_id AND w.settlement_proposal_id = p.id AND w.decision <> 'first_approved')
            AND NOT EXISTS (SELECT 1 FROM settlement_reply AS n WHERE n.bank_id = p.bank_id AND n.settlement_proposal_id = p.id AND n.reply <> 'accepted')
        ORDER BY p.id
        """);

    private static readonly Sql Unanswered = new("""
        SELECT TOP (@take) p.id, p.account_id
        FROM settlement_counter AS c
        INNER JOIN settlement_proposal AS p ON p.bank_id = c.bank_id AND p.id = c.settlement_proposal_id
        WHERE c.bank_id = @bank AND c.agree_by >= @since AND c.agree_by < @today AND c.settlement_proposal_id > @after
            AND NOT EXISTS (SELECT 1 FROM settlement_proposal_decision AS w WHERE w.bank_id = c.bank_id AND w.settlement_proposal_id = c.settlement_proposal_id AND w.decision <> 'first_approved')
            AND NOT EXISTS (SELECT 1 FROM settlement_reply AS n WHERE n.bank_id = c.bank_id AND n.settlement_proposal_id = c.settlement_proposal_id AND n.reply <> 'accepted')
        ORDER BY c.settlement_proposal_id
        """);

    private static readonly Sql Accepted = new("""
        SELECT TOP (@take) y.settlement_proposal_id AS id, p.account_id
        FROM settlement_reply AS y
        INNER JOIN settlement_proposal AS p ON p.bank_id = y.bank_id AND p.id = y.settlement_proposal_id
        WHERE y.bank_id = @bank AND y.reply = 'accepted' AND y.replied_at >= @sinceThen AND y.settlement_proposal_id > @after
            AND NOT EXISTS (SELECT 1 FROM settlement_proposal_decision AS w WHERE w.bank_id = y.bank_id AND w.settlement_proposal_id = y.settlement_proposal_id)
        ORDER BY y.settlement_proposal_id
        """);

    /// <summary>Carries out what is due anywhere, bank by bank.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        foreach (var bank in await tenants.BanksAsync(cancellation))
        {
            await RunAsync(bank.Number, cancellation);
        }
    }

    /// <summary>Carries out what is due at one bank. Safe to do twice: everything is looked at again under the account's lock.</summary>
    public async Task RunAsync(int bank, CancellationToken cancellation)
    {
        await EachAsync(bank, Accepted, (work, row) => Accept.ApproveAcceptedAsync(work, row.Id, cancellation), cancellation);
        await EachAsync(bank, Due, async (work, row) => await Completion.ResolveIfPaidAsync(work, await LockedAccount.ReadAsync(work, row.AccountId), cancellation), cancellation);
        await EachAsync(bank, Undecided, (work, row) => Expire.IfOverAsync(work, row.Id, cancellation), cancellation);
        await EachAsync(bank, Unanswered, (work, row) => Expire.IfOverAsync(work, row.Id, cancellation), cancellation);
    }

    private async Task EachAsync(int bank, Sql sql, Func<Http.Work, Row, Task> deed, CancellationToken cancellation)
    {
        IReadOnlyList<Row> page;
        var after = default(Id);
        do
        {
            page = await ReadAsync(bank, sql, after, cancellation);
            foreach (var row in page)
            {
                after = row.Id;
                await TryAsync(bank, row, deed, cancellation);
            }
        }
        while (page.Count == Batch);
    }

    private async Task TryAsync(int bank, Row row, Func<Http.Work, Row, Task> deed, CancellationToken cancellation)
    {
        try
        {
            await system.RunAsync(bank, work => deed(work, row), cancellation);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            // One that fails must not hold up the others.
            LogFailure(exception, row.Id);
        }
    }

    private async Task<IReadOnlyList<Row>> ReadAsync(int bank, Sql sql, Id after, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var today = SettlementProposalRow.EarliestDay(now);
        var parameters = new { bank, today, since = today.AddDays(-LooksBackDays), sinceThen = now.AddDays(-LooksBackDays), after, take = Batch };
        await using var session = await database.OpenAsync(TenantContext.SystemFor(bank), write: false, cancellation);
        return await session.ListAsync<Row>(sql, parameters, cancellation);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What becomes of settlement proposal {Proposal} could not be worked out; the next run tries again")]
    private partial void LogFailure(Exception exception, Id proposal);

    private sealed record Row(Id Id, Id AccountId);
}

/// <summary>Every minute looks for plans and proposals whose time is over.</summary>
internal sealed class DuePlansSweep(DuePlans due, TimeProvider clock, ILogger<DuePlansSweep> log) : Sweep(TimeSpan.FromMinutes(1), clock, log)
{
    internal override Task RunAsync(CancellationToken cancellation) => due.SweepAsync(cancellation);
}
