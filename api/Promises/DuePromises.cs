using Agency.Api.Agreements;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Tenancy;

namespace Agency.Api.Promises;

/// <summary>What the calendar does to promises: the days of grace after a promise's date are over, and nothing that was reported waits for the bank.</summary>
internal sealed partial class DuePromises(Database database, TenantStore tenants, SystemWork system, TimeProvider clock, ILogger<DuePromises> log)
{
    private const int Batch = 200;

    // SQLite seeks by the case only when told that a case has few of them.
    private static readonly Sql PastDate = new($"SELECT TOP (@take) {Text(Alike)}", $"SELECT {Text(Few)} LIMIT @take");

    /// <summary>Carries out what is due anywhere, bank by bank.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        foreach (var bank in await tenants.BanksAsync(cancellation))
        {
            await RunAsync(bank.Number, cancellation);
        }
    }

    /// <summary>Carries out what is due at one bank. Safe to do twice: each account's promises are looked at again under its lock.</summary>
    public async Task RunAsync(int bank, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        IReadOnlyList<Row> page;
        Row? last = null;
        do
        {
            page = await ReadAsync(bank, Days.Latest(now), last, cancellation);
            last = page.Count == 0 ? null : page[^1];
            foreach (var row in page.Where(row => row.IsOver(now)))
            {
                await SettleAsync(bank, row, cancellation);
            }
        }
        while (page.Count == Batch);
    }

    // The open promise of an open case is the one that the case is sorted by.
    private static string Text(Func<string, string> ofCase) => $"""
        o.case_id AS id, o.account_id, o.next_promise_on AS due_on, d.time_zone, v.terms
        FROM case_order AS o
        INNER JOIN [case] AS c ON c.bank_id = o.bank_id AND c.id = o.case_id
        INNER JOIN promise AS p ON p.bank_id = c.bank_id AND {ofCase("p.case_id = c.id")}
            AND NOT EXISTS (SELECT 1 FROM promise AS n WHERE n.bank_id = p.bank_id AND {ofCase("n.case_id = p.case_id")} AND n.id > p.id)
        INNER JOIN debtor AS d ON d.bank_id = c.bank_id AND d.id = c.debtor_id
        INNER JOIN assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
        INNER JOIN agreement_version AS v ON v.bank_id = s.bank_id AND v.agreement_id = s.agreement_id AND v.version = s.agreement_version
        WHERE o.bank_id = @bank AND o.next_promise_on >= @afterDay AND o.next_promise_on < @day AND (o.next_promise_on > @afterDay OR o.case_id > @after)
            AND o.is_open = 1
            AND NOT EXISTS
            (
                SELECT 1
                FROM repayment AS r
                WHERE r.bank_id = c.bank_id AND {ofCase("r.case_id = c.id")} AND r.id > p.id AND r.paid_on <= p.due_on
                    AND NOT EXISTS (SELECT 1 FROM repayment_decision AS w WHERE w.bank_id = r.bank_id AND w.repayment_id = r.id)
                    AND NOT EXISTS (SELECT 1 FROM repayment_withdrawal AS t WHERE t.bank_id = r.bank_id AND t.repayment_id = r.id)
            )
        ORDER BY o.next_promise_on, o.case_id
        """;

    private static string Alike(string comparison) => comparison;

    private static string Few(string comparison) => $"unlikely({comparison})";

    private async Task SettleAsync(int bank, Row row, CancellationToken cancellation)
    {
        try
        {
            await system.RunAsync(bank, work => Outcome.LookAgainAsync(work, row.AccountId, cancellation), cancellation);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            // One that fails must not hold up the others.
            LogFailure(exception, row.Id);
        }
    }

    private async Task<IReadOnlyList<Row>> ReadAsync(int bank, DateOnly day, Row? last, CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(TenantContext.SystemFor(bank), write: false, cancellation);
        var parameters = new { bank, day, afterDay = last?.DueOn ?? DateOnly.MinValue, after = last?.Id ?? default, take = Batch };
        return await session.ListAsync<Row>(PastDate, parameters, cancellation);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The outcome of the promise of case {Case} could not be worked out; the next run tries again")]
    private partial void LogFailure(Exception exception, Id @case);

    private sealed record Row(Id Id, Id AccountId, DateOnly DueOn, string TimeZone, string Terms)
    {
        public bool IsOver(DateTimeOffset now) => DueOn.AddDays(AgreementTerms.Read(Terms).PromiseGraceDays) < Days.In(TimeZone, now);
    }
}

/// <summary>Every minute looks for promises whose time is over.</summary>
internal sealed class DuePromisesSweep(DuePromises due, TimeProvider clock, ILogger<DuePromisesSweep> log) : Sweep(TimeSpan.FromMinutes(1), clock, log)
{
    internal override Task RunAsync(CancellationToken cancellation) => due.SweepAsync(cancellation);
}
