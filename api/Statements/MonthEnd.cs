using Agency.Api.Data;
using Agency.Api.Tenancy;

namespace Agency.Api.Statements;

/// <summary>
/// What the calendar does to statements. Every month that is over is closed between each bank and its agencies, one after the other
/// from the first in which money was decided on; a statement paid some days ago is locked.
/// </summary>
internal sealed partial class MonthEnd(Database database, TenantStore tenants, SystemWork system, TimeProvider clock, ILogger<MonthEnd> log)
{
    private static readonly Sql Mandated = new("SELECT DISTINCT agency_id FROM agreement WHERE bank_id = @bank");

    private static readonly Sql PaidBefore = new("""
        SELECT s.id
        FROM statement AS s
        WHERE s.bank_id = @bank AND s.locked_at IS NULL
            AND EXISTS
            (
                SELECT 1
                FROM statement_decision AS d
                WHERE d.bank_id = s.bank_id AND d.statement_id = s.id AND d.decision = 'paid' AND d.decided_at <= @before
            )
        """);

    /// <summary>The month that runs.</summary>
    public static DateOnly MonthOf(DateTimeOffset now) => new(now.UtcDateTime.Year, now.UtcDateTime.Month, 1);

    /// <summary>Carries out what is due anywhere, bank by bank.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        foreach (var bank in await tenants.BanksAsync(cancellation))
        {
            foreach (var agency in await ReadAsync<int>(bank.Number, Mandated, new { bank = bank.Number }, cancellation))
            {
                await TryAsync(() => CloseAsync(bank.Number, agency, cancellation), bank.Number, cancellation);
            }

            foreach (var statement in await ReadAsync<Id>(bank.Number, PaidBefore, new { bank = bank.Number, before = clock.GetUtcNow().AddDays(-Lock.AfterDays) }, cancellation))
            {
                await TryAsync(() => system.RunAsync(bank.Number, work => Lock.BySystemAsync(work, statement, cancellation), cancellation), bank.Number, cancellation);
            }
        }
    }

    /// <summary>Closes every month that is over between the two. Safe to do twice, and at once.</summary>
    public async Task CloseAsync(int bank, int agency, CancellationToken cancellation)
    {
        var running = MonthOf(clock.GetUtcNow());
        var month = await FirstOpenAsync(bank, agency, running, cancellation);
        for (; month < running; month = month.AddMonths(1))
        {
            var closing = month;
            await system.RunAsync(bank, work => Drafting.CloseAsync(work, agency, closing), cancellation);
        }
    }

    private async Task<DateOnly> FirstOpenAsync(int bank, int agency, DateOnly running, CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(TenantContext.SystemFor(bank), write: false, cancellation);
        return await Drafting.ClosedAsync(session, bank, agency, cancellation) is { } closed ? closed.AddMonths(1)
            : await AgencyMoney.FirstAsync(session, bank, agency, cancellation) is { } first ? MonthOf(first)
            : running;
    }

    private async Task<IReadOnlyList<T>> ReadAsync<T>(int bank, Sql sql, object parameters, CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(TenantContext.SystemFor(bank), write: false, cancellation);
        return await session.ListAsync<T>(sql, parameters, cancellation);
    }

    // One that fails must not hold up the others; the next run tries it again.
    private async Task TryAsync(Func<Task> deed, int bank, CancellationToken cancellation)
    {
        try
        {
            await deed();
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            LogFailure(exception, bank);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A statement of bank {Bank} could not be carried on; the next run tries again")]
    private partial void LogFailure(Exception exception, int bank);
}

/// <summary>Every ten minutes looks for months that are over and for payments that are some days old.</summary>
internal sealed class MonthEndSweep(MonthEnd monthEnd, TimeProvider clock, ILogger<MonthEndSweep> log) : Sweep(TimeSpan.FromMinutes(10), clock, log)
{
    internal override Task RunAsync(CancellationToken cancellation) => monthEnd.SweepAsync(cancellation);
}
