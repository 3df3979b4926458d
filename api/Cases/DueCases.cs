using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Cases;

/// <summary>
/// What the calendar does to cases, by the debtor's days. On the day after its term an active case gets the notice of its recall,
/// whatever the agency asks; on its recall day a case is recalled, unless an objection waits for the bank: that keeps it until
/// the bank answers.
/// </summary>
internal sealed partial class DueCases(Database database, TenantStore tenants, SystemWork system, TimeProvider clock, ILogger<DueCases> log)
{
    // SQLite has one writer: a batch is short enough for others to wait.
    private const int Batch = 200;

    // Cases are sought by their assignment and motions by their agency, not by the bank: SQLite would take the primary key, and
    // read the whole bank.
    private static readonly Sql EndedTerms = new("""
        SELECT s.id
        FROM assignment AS s
        WHERE s.bank_id = @bank AND s.term_end < @day AND s.ended_at IS NULL
            AND EXISTS
            (
                SELECT 1
                FROM [case] AS c
                WHERE c.assignment_id = s.id AND c.state = 'active' AND c.recall_on IS NULL AND (c.extended_to IS NULL OR c.extended_to < @day)
            )
        ORDER BY s.term_end, s.id
        """);

    private static readonly Sql PastTerm = new("""
        SELECT TOP (@take) c.id, d.time_zone, COALESCE(c.extended_to, s.term_end) AS day
        FROM [case] AS c
        INNER JOIN assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
        INNER JOIN debtor AS d ON d.bank_id = c.bank_id AND d.id = c.debtor_id
        WHERE c.assignment_id = @assignment AND c.state = 'active' AND c.recall_on IS NULL
            AND (c.extended_to IS NULL OR c.extended_to < @day) AND c.id > @after
        ORDER BY c.id
        """);

    private static readonly Sql Due = new("""
        SELECT TOP (@take) c.id, d.time_zone, c.recall_on AS day
        FROM [case] AS c
        INNER JOIN debtor AS d ON d.bank_id = c.bank_id AND d.id = c.debtor_id
        WHERE c.bank_id = @bank AND c.recall_on IS NOT NULL AND c.recall_on >= @afterDay AND c.recall_on <= @day AND (c.recall_on > @afterDay OR c.id > @after)
            AND NOT EXISTS
            (
                SELECT 1
                FROM case_motion AS m
                WHERE m.agency_id = c.agency_id AND m.case_id = c.id AND m.id > COALESCE(c.answered_motion_id, 0x00) AND m.kind = 'recall_objection'
            )
        ORDER BY c.recall_on, c.id
        """);

    /// <summary>Carries out what is due anywhere, bank by bank.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        foreach (var bank in await tenants.BanksAsync(cancellation))
        {
            await RunAsync(bank.Number, cancellation);
        }
    }

    /// <summary>Carries out what is due at one bank. Safe to do twice: each case is looked at again under its lock.</summary>
    public async Task RunAsync(int bank, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var day = Days.Latest(now);
        foreach (var assignment in await ReadAsync<Id>(bank, EndedTerms, new { bank, day }, cancellation))
        {
            await EachAsync(
                bank,
                last => ReadAsync<Row>(bank, PastTerm, new { assignment, day, after = last?.Id ?? default, take = Batch }, cancellation),
                row => row.Day < Days.In(row.TimeZone, now),
                GiveNoticeAsync,
                cancellation);
        }

        await EachAsync(
            bank,
            last => ReadAsync<Row>(bank, Due, new { bank, day, afterDay = last?.Day ?? DateOnly.MinValue, after = last?.Id ?? default, take = Batch }, cancellation),
            row => row.Day <= Days.In(row.TimeZone, now),
            RecallAsync,
            cancellation);
    }

    private static async Task GiveNoticeAsync(Work work, Id id)
    {
        var found = await Locked.ForBankAsync(work, id, CancellationToken.None);
        if (found.Case.State is CaseState.Active or CaseState.ReturnRequested && found.Case.RecallOn is null && await Term.EndOfAsync(work, found.Case) < found.Today(work))
        {
            await Notice.GiveAsync(work, found.Case, RecallReason.TermEnd, await Notice.EarliestAsync(work, found));
        }
    }

    private static async Task RecallAsync(Work work, Id id)
    {
        var found = await Locked.ForBankAsync(work, id, CancellationToken.None);
        if (found.Case.State != CaseState.RecallObjected && found.Case.RecallOn <= found.Today(work))
        {
            await Recall.EndAsync(work, found.Case, Words.Read<RecallReason>(found.Case.RecallReason!));
        }
    }

    private async Task EachAsync(int bank, Func<Row?, Task<IReadOnlyList<Row>>> read, Func<Row, bool> isDue, Func<Work, Id, Task> deed, CancellationToken cancellation)
    {
        IReadOnlyList<Row> page;
        Row? last = null;
        do
        {
            page = await read(last);
            last = page.Count == 0 ? null : page[^1];
            await CarryOutAsync(bank, [.. page.Where(isDue).Select(row => row.Id)], deed, cancellation);
        }
        while (page.Count == Batch);
    }

    private async Task CarryOutAsync(int bank, IReadOnlyList<Id> cases, Func<Work, Id, Task> deed, CancellationToken cancellation)
    {
        if (cases.Count == 0)
        {
            return;
        }

        try
        {
            await system.RunAsync(bank, work => AllAsync(work, cases, deed), cancellation);
        }
        catch (Exception) when (cases.Count > 1 && !cancellation.IsCancellationRequested)
        {
            // One that fails must not hold up the others.
            foreach (var one in cases)
            {
                await CarryOutAsync(bank, [one], deed, cancellation);
            }
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            LogFailure(exception, cases[0]);
        }
    }

    private static async Task AllAsync(Work work, IReadOnlyList<Id> cases, Func<Work, Id, Task> deed)
    {
        foreach (var id in cases)
        {
            await deed(work, id);
        }
    }

    private async Task<IReadOnlyList<T>> ReadAsync<T>(int bank, Sql sql, object parameters, CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(TenantContext.SystemFor(bank), write: false, cancellation);
        return await session.ListAsync<T>(sql, parameters, cancellation);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What the calendar asks of case {Case} could not be done; the next run tries again")]
    private partial void LogFailure(Exception exception, Id @case);

    private sealed record Row(Id Id, string TimeZone, DateOnly Day);
}

/// <summary>Every minute looks for terms that have ended and recall days that have come.</summary>
internal sealed class DueCasesSweep(DueCases due, TimeProvider clock, ILogger<DueCasesSweep> log) : Sweep(TimeSpan.FromMinutes(1), clock, log)
{
    internal override Task RunAsync(CancellationToken cancellation) => due.SweepAsync(cancellation);
}
