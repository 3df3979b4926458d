using System.Diagnostics;
using Agency.Api.Data;

namespace Agency.Api.Imports;

/// <summary>
/// Loads one import, batch by batch, from where it stands. It may be cut off anywhere and run again: rows that were read
/// before are skipped.
/// </summary>
internal sealed class ImportLoader(Database database, Spool spool, BatchLoader batches)
{
    private const int FirstBatch = 500;
    private const int SmallestBatch = 50;
    private const int LargestBatch = 2000;

    // Others wait while a batch is written; the next one is sized by how long the last one took.
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(80);

    private static readonly Sql FindJob = new("""
        SELECT i.portfolio_id, p.currency, i.format, i.as_of, i.compressed, i.rows_read, i.rows_accepted, i.rows_known, i.rows_rejected
        FROM import AS i
        INNER JOIN portfolio AS p ON p.bank_id = i.bank_id AND p.id = i.portfolio_id
        WHERE i.bank_id = @bank AND i.id = @id AND i.finished_at IS NULL
        """);

    /// <summary>Loads what is left of the import; does nothing when it is finished.</summary>
    /// <param name="afterBatch">Called after each batch took effect, with the rows read so far.</param>
    public async Task RunAsync(int bank, Id id, CancellationToken cancellation, Action<long>? afterBatch = null)
    {
        JobRow? row;
        await using (var session = await database.OpenAsync(TenantContext.SystemFor(bank), write: false, cancellation))
        {
            row = await session.FindAsync<JobRow>(FindJob, new { bank, id }, cancellation);
        }

        if (row is null)
        {
            return;
        }

        var job = new ImportJob(bank, id, row.PortfolioId, row.Currency, row.AsOf);
        try
        {
            await LoadAsync(job, row, afterBatch, cancellation);
        }
        catch (ImportFailure failure)
        {
            await batches.FailAsync(job, failure.Code, failure.Faults, cancellation);
        }

        spool.Delete(id);
    }

    /// <summary>Gives up on an import that can't be loaded for a reason of ours.</summary>
    public async Task GiveUpAsync(int bank, Id id, CancellationToken cancellation)
    {
        await batches.FailAsync(new ImportJob(bank, id, default, "", default), ImportFailure.Internal, [], cancellation);
        spool.Delete(id);
    }

    private async Task LoadAsync(ImportJob job, JobRow row, Action<long>? afterBatch, CancellationToken cancellation)
    {
        var progress = new ImportProgress(row.RowsRead, row.RowsAccepted, row.RowsKnown, row.RowsRejected);
        using var source = OpenSource(job, row, cancellation);
        var reader = new CheckedRows(RowReader.Open(Http.Words.Read<ImportFormat>(row.Format), source), new RowRules(job.Currency, job.AsOf));
        reader.Skip(progress.Read, cancellation);

        var size = FirstBatch;
        var last = false;
        while (!last)
        {
            cancellation.ThrowIfCancellationRequested();
            var rows = reader.Take(size);
            last = rows.Count < size;
            var began = Stopwatch.GetTimestamp();
            if (await batches.LoadAsync(job, progress, rows, last, cancellation) is not { } now)
            {
                throw new ImportTakenException();
            }

            progress = now;
            afterBatch?.Invoke(progress.Read);
            size = NextSize(size, Stopwatch.GetElapsedTime(began));
        }
    }

    private Stream OpenSource(ImportJob job, JobRow row, CancellationToken cancellation)
    {
        try
        {
            if (row.Compressed && row.RowsRead == 0)
            {
                using var packed = spool.Open(job.Bank, job.Id);
                GzipGuard.Check(packed, cancellation);
            }

            var file = spool.Open(job.Bank, job.Id);
            return row.Compressed ? new GzipGuard(file) : file;
        }
        catch (IOException exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ImportFailure(ImportFailure.FileMissing);
        }
        catch (InvalidDataException)
        {
            throw new ImportFailure(ImportFailure.Unreadable);
        }
    }

    private static int NextSize(int size, TimeSpan took) =>
        Math.Clamp((int)(size * Math.Clamp(BatchTime / took, 0.5, 2)), SmallestBatch, LargestBatch);

    private sealed record JobRow(
        Id PortfolioId, string Currency, string Format, DateOnly AsOf, bool Compressed, long RowsRead, long RowsAccepted, long RowsKnown, long RowsRejected);
}

/// <summary>Another instance of the service loads this import; it is theirs.</summary>
internal sealed class ImportTakenException : Exception;

/// <summary>The rows of a file, each with what it makes.</summary>
internal sealed class CheckedRows(RowReader reader, RowRules rules)
{
    public void Skip(long rows, CancellationToken cancellation)
    {
        for (; rows > 0 && reader.Read() is not null; rows--)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    public List<(FileRow Row, AccountRow? Account)> Take(int count)
    {
        var rows = new List<(FileRow, AccountRow?)>(count);
        while (rows.Count < count && reader.Read() is { } row)
        {
            rows.Add((row, rules.Check(row)));
        }

        return rows;
    }
}
