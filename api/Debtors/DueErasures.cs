using Agency.Api.Agreements;
using Agency.Api.Data;
using Agency.Api.EvidenceFiles;
using Agency.Api.Tenancy;

namespace Agency.Api.Debtors;

/// <summary>
/// What the calendar does to private data: what is private in an ended case goes when its time of retention is over, what an import could not
/// read after ninety days. Each case is a transaction of its own, and says itself that it is done: a run that was cut short goes on.
/// </summary>
internal sealed partial class DueErasures(Database database, TenantStore tenants, SystemWork system, IEvidenceStore store, TimeProvider clock, ILogger<DueErasures> log)
{
    private const int Batch = 200;

    /// <summary>How long a bank has to mend a file by what was wrong with it.</summary>
    private static readonly TimeSpan RejectedKept = TimeSpan.FromDays(90);

    // Cases that ended before the end of a case said it.
    private static readonly Sql Undated = new("""
        SELECT TOP (@take) c.id, COALESCE(c.late_until, c.ended_at) AS late_until
        FROM [case] AS c
        WHERE c.bank_id = @bank AND c.ended_at IS NOT NULL AND c.retain_until IS NULL
        ORDER BY c.id
        """);

    private static readonly Sql SetDate = new("UPDATE [case] SET retain_until = @until WHERE bank_id = @bank AND id = @id");

    private static readonly Sql Due = new("""
        SELECT TOP (@take) c.id, c.retain_until
        FROM [case] AS c
        WHERE c.bank_id = @bank AND c.retain_until >= @after AND c.retain_until <= @now AND c.erased_at IS NULL AND (c.retain_until > @after OR (c.retain_until = @after AND c.id > @afterId))
        ORDER BY c.retain_until, c.id
        """);

    private static readonly Sql LockCase = new("SELECT id FROM [case] WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @bank AND id = @id AND retain_until <= @now AND erased_at IS NULL");

    // Ids begin with the time they were made at.
    private static readonly Sql Rejected = new("""
        SELECT TOP (@take) import_id, line, position
        FROM import_error
        WHERE bank_id = @bank AND import_id < @before AND value_cipher IS NOT NULL
        ORDER BY import_id, line, position
        """);

    private static readonly Sql EraseRejected = new("UPDATE import_error SET value_cipher = NULL WHERE bank_id = @bank AND import_id = @importId AND line = @line AND position = @position");

    private static readonly Sql RejectedRows = new("""
        SELECT TOP (@take) import_id, line
        FROM rejected_row
        WHERE bank_id = @bank AND import_id < @before AND cells_cipher IS NOT NULL
        ORDER BY import_id, line
        """);

    private static readonly Sql EraseRow = new("UPDATE rejected_row SET cells_cipher = NULL WHERE bank_id = @bank AND import_id = @importId AND line = @line");

    /// <summary>Erases what is due anywhere, bank by bank.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        foreach (var bank in await tenants.BanksAsync(cancellation))
        {
            await DateAsync(bank.Number, cancellation);
            await EraseCasesAsync(bank.Number, cancellation);
            await EraseRejectedAsync(bank.Number, cancellation);
        }
    }

    private async Task DateAsync(int bank, CancellationToken cancellation)
    {
        int found;
        do
        {
            found = 0;
            await system.RunAsync(bank, async work =>
            {
                var page = await work.Db.ListAsync<UndatedCase>(Undated, new { bank, take = Batch }, cancellation);
                found = page.Count;
                foreach (var row in page)
                {
                    var terms = await AgreementTerms.OfCaseAsync(work, bank, row.Id);
                    await work.Db.ExecuteAsync(SetDate, new { bank, row.Id, until = terms.Retention.Until(row.LateUntil) }, cancellation);
                }
            }, cancellation);
        }
        while (found == Batch);
    }

    private async Task EraseCasesAsync(int bank, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        IReadOnlyList<DueCase> page;
        DueCase? last = null;
        do
        {
            page = await ReadDueAsync(bank, now, last, cancellation);
            last = page.Count == 0 ? null : page[^1];
            foreach (var due in page)
            {
                await EraseCaseAsync(bank, due.Id, now, cancellation);
            }
        }
        while (page.Count == Batch);
    }

    private async Task<IReadOnlyList<DueCase>> ReadDueAsync(int bank, DateTimeOffset now, DueCase? last, CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(TenantContext.SystemFor(bank), write: false, cancellation);
        return await session.ListAsync<DueCase>(Due, new { bank, now, take = Batch, after = last?.RetainUntil ?? DateTimeOffset.UnixEpoch, afterId = last?.Id ?? default }, cancellation);
    }

    private async Task EraseCaseAsync(int bank, Id id, DateTimeOffset now, CancellationToken cancellation)
    {
        try
        {
            await system.RunAsync(bank, async work =>
            {
                if (await work.Db.FindAsync<Id?>(LockCase, new { bank, id, now }, cancellation) is not null)
                {
                    await CaseErasure.EraseAsync(work, id, store, cancellation);
                }
            }, cancellation);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            // One that fails must not hold up the others.
            LogFailure(exception, id);
        }
    }

    private async Task EraseRejectedAsync(int bank, CancellationToken cancellation)
    {
        int found;
        do
        {
            found = 0;
            await system.RunAsync(bank, async work =>
            {
                var page = await work.Db.ListAsync<RejectedValue>(Rejected, new { bank, take = Batch, before = Id.FirstAt(work.Now - RejectedKept) }, cancellation);
                var rows = await work.Db.ListAsync<RejectedCells>(RejectedRows, new { bank, take = Batch, before = Id.FirstAt(work.Now - RejectedKept) }, cancellation);
                found = Math.Max(page.Count, rows.Count);
                await work.Db.ExecuteAsync(EraseRejected, page.Select(row => new { bank, row.ImportId, row.Line, row.Position }).ToList(), cancellation);
                await work.Db.ExecuteAsync(EraseRow, rows.Select(row => new { bank, row.ImportId, row.Line }).ToList(), cancellation);
            }, cancellation);
        }
        while (found == Batch);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What is private in case {Case} could not be erased; the next run tries again")]
    private partial void LogFailure(Exception exception, Id @case);

    private sealed record UndatedCase(Id Id, DateTimeOffset LateUntil);

    private sealed record DueCase(Id Id, DateTimeOffset RetainUntil);

    private sealed record RejectedValue(Id ImportId, long Line, int Position);

    private sealed record RejectedCells(Id ImportId, long Line);
}

/// <summary>Every hour erases what is due.</summary>
internal sealed class DueErasuresSweep(DueErasures erasures, TimeProvider clock, ILogger<DueErasuresSweep> log)
    : Sweep(TimeSpan.FromHours(1), clock, log)
{
    internal override Task RunAsync(CancellationToken cancellation) => erasures.SweepAsync(cancellation);
}
