using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Imports;

/// <summary>An import while it is loaded: what stays the same from batch to batch.</summary>
internal sealed record ImportJob(int Bank, Id Id, Id Portfolio, string Currency, DateOnly AsOf, ImportMode Mode = ImportMode.New);

/// <summary>How far an import has come.</summary>
internal sealed record ImportProgress(long Read, long Accepted, long Known, long Rejected, long Refreshed = 0)
{
    /// <summary>How much of the file had been read when its last batch was made up.</summary>
    public long Bytes { get; init; }
}

/// <summary>
/// Loads a batch of rows in one transaction: debtors, contact points, accounts, opening entries, errors and the counters
/// together, so that after a crash the counters say exactly what is there.
/// </summary>
/// <remarks>
/// What exists is read, and everything encrypted, before the database is locked. Whoever wrote in between is noticed: another
/// loader of the same import by its counter, anyone else by the unique keys, upon which the batch starts over.
/// </remarks>
internal sealed class BatchLoader(Database database, Ids ids, PrivateFields privateFields, AuditWriter audit, TimeProvider clock, TenantStore tenants)
{
    private const int Attempts = 3;

    private static readonly Sql Claim = new("SELECT rows_read FROM import WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @bank AND id = @id AND finished_at IS NULL");

    private static readonly Sql ReadCounters = new("""
        SELECT rows_read, rows_accepted, rows_known, rows_refreshed, rows_rejected, bytes_read
        FROM import WITH (UPDLOCK, HOLDLOCK)
        WHERE bank_id = @bank AND id = @id AND finished_at IS NULL
        """);

    private static readonly Sql Advance = new("""
        UPDATE import
        SET state = @state, rows_read = @read, rows_accepted = @accepted, rows_known = @known, rows_refreshed = @refreshed, rows_rejected = @rejected,
            bytes_read = @bytes, failure_code = @failure, started_at = COALESCE(started_at, @now), finished_at = @finished
        WHERE bank_id = @bank AND id = @id
        """);

    private static readonly Sql InsertError = new("""
        INSERT INTO import_error (bank_id, import_id, line, position, column_name, code, value_cipher)
        VALUES (@bank, @import, @line, @position, @column, @code, @value)
        """);

    private static readonly Sql InsertRejected = new("INSERT INTO rejected_row (bank_id, import_id, line, cells_cipher) VALUES (@bank, @import, @line, @cells)");

    /// <summary>Loads the rows and returns the new progress; null when another loader is at this import.</summary>
    /// <param name="last">Whether the file ends with these rows; the import is then completed.</param>
    /// <param name="bytes">How much of the file has been read by now.</param>
    public async Task<ImportProgress?> LoadAsync(
        ImportJob job, ImportProgress before, IReadOnlyList<(FileRow Row, AccountRow? Account)> rows, bool last, long bytes, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryLoadAsync(job, before, rows, last, bytes, cancellation);
            }
            catch (System.Data.Common.DbException exception) when (attempt < Attempts && database.Engine.IsDuplicate(exception))
            {
                // Someone brought one of the accounts or debtors meanwhile: the next attempt finds it.
            }
        }
    }

    /// <summary>Ends the import as failed, with what is wrong with its header; false when another loader got on with it or ended it.</summary>
    /// <param name="read">The rows read when the caller last looked.</param>
    public async Task<bool> FailAsync(ImportJob job, long read, string code, IReadOnlyList<Fault> faults, CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(TenantContext.SystemFor(job.Bank), write: true, cancellation);
        var row = await session.FindAsync<Counters>(ReadCounters, new { job.Bank, job.Id }, cancellation);
        if (row?.RowsRead != read)
        {
            return false;
        }

        await session.ExecuteAsync(InsertError, Errors(job, 1, faults).ToList(), cancellation);
        await AdvanceAsync(session, job, new ImportProgress(row.RowsRead, row.RowsAccepted, row.RowsKnown, row.RowsRejected, row.RowsRefreshed) { Bytes = row.BytesRead }, ImportState.Failed, code, cancellation);
        await session.CommitAsync(cancellation);
        return true;
    }

    private async Task<ImportProgress?> TryLoadAsync(
        ImportJob job, ImportProgress before, IReadOnlyList<(FileRow Row, AccountRow? Account)> rows, bool last, long bytes, CancellationToken cancellation)
    {
        var batch = new Batch(job, ids, privateFields, clock.GetUtcNow());
        await using (var reading = await database.OpenAsync(TenantContext.SystemFor(job.Bank), write: false, cancellation))
        {
            await batch.FindExistingAsync(reading, [.. rows.Select(row => row.Account).OfType<AccountRow>()], cancellation);
        }

        var errors = new List<object>();
        var rejected = new List<object>();
        foreach (var (row, account) in rows)
        {
            List<Fault> faults = account is null ? row.Faults : batch.Add(account) is { } fault ? [fault] : [];
            if (faults.Count > 0)
            {
                Reject(row.Line, row.Cells, faults);
            }
        }

        await using var session = await database.OpenAsync(TenantContext.SystemFor(job.Bank), write: true, cancellation);
        if (await session.FindAsync<long?>(Claim, new { job.Bank, job.Id }, cancellation) != before.Read)
        {
            return null;
        }

        await batch.WriteAsync(session, cancellation);
        var work = batch.Refreshes.Count > 0 ? await WorkAsync(job, session, cancellation) : null;
        var cells = batch.Refreshes.Count > 0 ? rows.ToDictionary(row => row.Row.Line, row => row.Row) : [];
        foreach (var (account, row) in batch.Refreshes)
        {
            if (await KnownAccount.RefreshAsync(work!, job, account, row, cancellation) is { } fault)
            {
                Reject(row.Line, cells[row.Line].Cells, [fault]);
            }
        }

        var after = new ImportProgress(
            before.Read + rows.Count,
            before.Accepted + batch.Accepted,
            before.Known + batch.Known,
            before.Rejected + batch.Rejected,
            before.Refreshed + rows.Count - batch.Accepted - batch.Known - batch.Rejected)
        {
            Bytes = bytes,
        };
        if (work is not null)
        {
            await work.AnsweredAsync();
        }

        await session.ExecuteAsync(InsertError, errors, cancellation);
        await session.ExecuteAsync(InsertRejected, rejected, cancellation);
        await AdvanceAsync(session, job, after, last ? ImportState.Completed : ImportState.Running, null, cancellation);
        await session.CommitAsync(cancellation);
        if (work is not null)
        {
            await work.RunAfterCommitAsync();
        }

        return after;

        void Reject(long line, IReadOnlyDictionary<string, string>? cells, IReadOnlyList<Fault> faults)
        {
            errors.AddRange(Errors(job, line, faults));
            rejected.Add(new { job.Bank, import = job.Id, line, cells = cells is null ? null : RejectedRow.Encrypt(privateFields, job.Bank, job.Id, cells) });
            batch.Rejected++;
        }
    }

    // Known accounts move as if the bank had called the verbs: the same rules, entries and events.
    private async Task<Work> WorkAsync(ImportJob job, Session session, CancellationToken cancellation)
    {
        var bank = await tenants.FindAsync(job.Bank, cancellation) ?? throw new InvalidOperationException($"There is no tenant {job.Bank}.");
        var work = new Work(ids, clock, privateFields, audit);
        work.Begin(new Caller(bank, "", null, null), session);
        return work;
    }

    private async Task AdvanceAsync(Session session, ImportJob job, ImportProgress progress, ImportState state, string? failure, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var over = state is ImportState.Completed or ImportState.Failed;
        await session.ExecuteAsync(
            Advance,
            new { job.Bank, job.Id, state = Words.Of(state), progress.Read, progress.Accepted, progress.Known, progress.Refreshed, progress.Rejected, progress.Bytes, failure, now, finished = over ? now : (DateTimeOffset?)null },
            cancellation);
        if (over)
        {
            await audit.WriteAsync(session, new AuditEntry(job.Bank, ids.New(), now, $"import.{Words.Of(state)}", job.Id, failure, Changes: BeforeAfter.OfState(ImportState.Running, state)));
        }
    }

    private IEnumerable<object> Errors(ImportJob job, long line, IReadOnlyList<Fault> faults) => faults.Select((fault, position) => new
    {
        job.Bank,
        import = job.Id,
        line,
        position,
        fault.Column,
        fault.Code,
        value = fault.Value is null ? null : privateFields.Encrypt(job.Bank, "import_error", "value_cipher", job.Id, fault.Value),
    });

    private sealed record Counters(long RowsRead, long RowsAccepted, long RowsKnown, long RowsRefreshed, long RowsRejected, long BytesRead);
}
