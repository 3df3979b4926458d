using System.Diagnostics;
using Agency.Api.Data;

namespace Agency.Api.Imports;

/// <summary>
/// Loads one import, batch by batch, from where it stands. It may be cut off anywhere and run again: rows that were read
/// before are skipped.
/// </summary>
internal sealed class ImportLoader(Database database, Spool spool, BatchLoader batches, PrivateFields privateFields, TimeProvider clock)
{
    private const int FirstBatch = 500;
    private const int SmallestBatch = 50;
    private const int LargestBatch = 2000;

    // Others wait while a batch is written; the next one is sized by how long the last one took.
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(80);

    private static readonly Sql FindJob = new("""
        SELECT i.portfolio_id, p.currency, i.format, i.as_of, i.mode, i.compressed, i.rows_read, i.rows_accepted, i.rows_known, i.rows_refreshed, i.rows_rejected, i.created_at, i.mapping_cipher
        FROM import AS i
        INNER JOIN portfolio AS p ON p.bank_id = i.bank_id AND p.id = i.portfolio_id
        WHERE i.bank_id = @bank AND i.id = @id AND i.finished_at IS NULL AND i.state <> 'staged'
        """);

    /// <summary>Loads what is left of the import; does nothing when it is finished.</summary>
    /// <param name="afterBatch">Called after each batch took effect, with the rows read so far.</param>
    /// <param name="retries">What earlier tries met; without it, each fault is left to the caller.</param>
    /// <exception cref="ImportTakenException">Another instance is at it, or may have the file that is not here.</exception>
    public async Task RunAsync(int bank, Id id, CancellationToken cancellation, Action<long>? afterBatch = null, ImportRetries? retries = null)
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

        var job = new ImportJob(bank, id, row.PortfolioId, row.Currency, row.AsOf, Http.Words.Read<ImportMode>(row.Mode));
        var read = row.RowsRead;
        try
        {
            await LoadAsync(job, row, Advanced, cancellation);
            spool.Delete(id);
        }
        catch (ImportFailure failure) when (failure.Code == ImportFailure.FileMissing && retries?.IsLost(id, read, row.CreatedAt) == false)
        {
            throw new ImportTakenException();
        }
        catch (ImportFailure failure)
        {
            await FailAsync(job, read, failure, cancellation);
            spool.Delete(id);
        }
        catch (Exception exception) when (retries?.IsLastTry(id) == true && ImportRetries.IsLasting(exception))
        {
            // The file stays for whoever looks into it: the sweep for orphans removes it a day later.
            await FailAsync(job, read, new ImportFailure(ImportFailure.Internal), cancellation);
            spool.KeepADay(id, clock.GetUtcNow());
            throw new ImportGivenUpException(exception);
        }

        void Advanced(long rows)
        {
            read = rows;
            afterBatch?.Invoke(rows);
        }
    }

    private async Task FailAsync(ImportJob job, long read, ImportFailure failure, CancellationToken cancellation)
    {
        if (!await batches.FailAsync(job, read, failure.Code, failure.Faults, cancellation))
        {
            throw new ImportTakenException();
        }
    }

    private async Task LoadAsync(ImportJob job, JobRow row, Action<long> afterBatch, CancellationToken cancellation)
    {
        var progress = new ImportProgress(row.RowsRead, row.RowsAccepted, row.RowsKnown, row.RowsRejected, row.RowsRefreshed);
        var map = ColumnMap.Decrypt(privateFields, job.Bank, job.Id, row.MappingCipher);
        using var source = OpenSource(job, row, cancellation);
        if (row.RowsRead == 0)
        {
            CheckTrailer(job, row, map, cancellation);
        }

        var reader = new CheckedRows(RowReader.Open(Http.Words.Read<ImportFormat>(row.Format), source.Rows, map), new RowRules(job.Currency, job.AsOf, job.Mode));
        reader.Skip(progress.Read, cancellation);

        var size = FirstBatch;
        var last = false;
        while (!last)
        {
            cancellation.ThrowIfCancellationRequested();
            var rows = reader.Take(size);
            last = rows.Count < size;
            var began = Stopwatch.GetTimestamp();
            if (await batches.LoadAsync(job, progress, rows, last, source.BytesRead, cancellation) is not { } now)
            {
                throw new ImportTakenException();
            }

            progress = now;
            afterBatch(progress.Read);
            size = NextSize(size, Stopwatch.GetElapsedTime(began));
        }
    }

    // Before the first row is loaded: a file that is not what it says of itself stops there, with nothing of it taken.
    private void CheckTrailer(ImportJob job, JobRow row, ColumnMap map, CancellationToken cancellation)
    {
        using var glance = spool.OpenFile(job.Bank, job.Id, row.Compressed);
        if (Trailer.MayEnd(glance.Rows, cancellation))
        {
            using var file = spool.OpenFile(job.Bank, job.Id, row.Compressed);
            Trailer.Check(RowReader.Open(Http.Words.Read<ImportFormat>(row.Format), file.Rows, map), cancellation);
        }
    }

    private SpooledFile OpenSource(ImportJob job, JobRow row, CancellationToken cancellation)
    {
        try
        {
            if (row.Compressed && row.RowsRead == 0)
            {
                using var packed = spool.Open(job.Bank, job.Id);
                GzipGuard.Check(packed, cancellation);
            }

            return spool.OpenFile(job.Bank, job.Id, row.Compressed);
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
        Id PortfolioId, string Currency, string Format, DateOnly AsOf, string Mode, bool Compressed,
        long RowsRead, long RowsAccepted, long RowsKnown, long RowsRefreshed, long RowsRejected, DateTimeOffset CreatedAt, byte[]? MappingCipher);
}

/// <summary>Another instance of the service loads this import, or may; it is theirs.</summary>
internal sealed class ImportTakenException : Exception;

/// <summary>The import was ended as failed, because every try met a fault that is not the bank's to mend.</summary>
internal sealed class ImportGivenUpException(Exception inner) : Exception("The import was given up.", inner);

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
