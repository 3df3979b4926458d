namespace Agency.Sdk;

public partial class PortfoliosClient
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>Sends a file of accounts and waits until it is loaded.</summary>
    /// <remarks>
    /// Rows with errors do not end it: <see cref="Import.RowsRejected"/> says how many there were, and
    /// <see cref="ImportsClient.ListErrorsAsync"/> which and why. A file that could not be read at all ends in <see cref="ImportState.Failed"/>.
    /// </remarks>
    /// <param name="id">The portfolio.</param>
    /// <param name="file">The file, from where the stream stands; it is left open. One that can seek is sent again after a fault.</param>
    /// <param name="progress">Told while the file is sent and loaded.</param>
    /// <param name="import">What the file is; CSV that adds accounts when absent.</param>
    /// <param name="options">The idempotency key and more headers of the sending.</param>
    /// <param name="cancellationToken">Ends the waiting; a file that was accepted is loaded none the less.</param>
    /// <exception cref="AgencyException">The API refused, or could not be reached; its kinds say why.</exception>
    public virtual async Task<Import> ImportAsync(
        Guid id, Stream file, IProgress<ImportProgress>? progress = null, ImportOptions? import = null, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        import ??= new ImportOptions();
        options = WithEncoding(options, import);
        var imports = new ImportsClient(transport);
        var upload = new AgencyUpload(file, import.ContentType);
        long? size = file.CanSeek ? file.Length - file.Position : null;
        var sent = 0L;
        if (progress is not null)
        {
            upload.Sent = bytes => progress.Report(new ImportProgress(sent = bytes, size, null));
        }

        var loading = await imports.CreateAsync(id, upload, import.AsOf, import.Mode?.Value, options: options, cancellationToken: cancellationToken).ConfigureAwait(false);
        var pause = FirstPause;
        while (true)
        {
            progress?.Report(new ImportProgress(sent, size, loading));
            if (loading.State != ImportState.Queued && loading.State != ImportState.Running)
            {
                return loading;
            }

            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            pause = pause < LongestPause ? pause + pause : LongestPause;
            loading = await imports.GetAsync(loading.Id, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }

    private static CallOptions? WithEncoding(CallOptions? options, ImportOptions import)
    {
        if (!import.IsGzipped)
        {
            return options;
        }

        var all = new CallOptions { IdempotencyKey = options?.IdempotencyKey };
        foreach (var header in options?.Headers ?? Enumerable.Empty<KeyValuePair<string, string>>())
        {
            all.Headers[header.Key] = header.Value;
        }

        all.Headers["Content-Encoding"] = "gzip";
        return all;
    }
}
