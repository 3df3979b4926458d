using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Agency.Api.Data;

namespace Agency.Api.AuditLog;

/// <summary>
/// The checkpoints of all tenants' chains, in one file of the data folder, so that whoever has the database alone can't cut a
/// chain short unseen. A line a checkpoint, each with a keyed digest of its own; lines are only ever added, whole, and are on the disk when
/// the call returns.
/// </summary>
/// <remarks>
/// Instances that share the folder write one after the other, by a lock on a file beside it. Half a line, which only a crash leaves, is cut
/// off by the next that writes. The first line names no tenant: from then on, every entry that was ever written without a digest has been sealed.
/// </remarks>
internal sealed class Checkpoints(DataFolder folder, AuditDigests digests)
{
    private const int LockTries = 250;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    private string FilePath => folder.File("audit", "checkpoints.jsonl");

    /// <summary>The line that says that checkpoints have begun.</summary>
    public static Checkpoint Opening(DateTimeOffset at) => new(0, 0, at, []);

    /// <summary>Adds lines and returns when they are on the disk.</summary>
    /// <exception cref="IOException">The file can't be written, or another instance has held it for long.</exception>
    public async Task AppendAsync(IReadOnlyList<Checkpoint> points, CancellationToken cancellation)
    {
        if (points.Count == 0)
        {
            return;
        }

        _ = Directory.CreateDirectory(folder.File("audit"));
        await using var only = await LockAsync(cancellation);
        await using var file = new FileStream(FilePath, Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read));
        CutHalfLine(file);
        foreach (var point in points)
        {
            var line = new Line(point.Tenant, point.Number, point.At, Convert.ToHexStringLower(point.Seal), Convert.ToHexStringLower(digests.Of(point)));
            await JsonSerializer.SerializeAsync(file, line, JsonSerializerOptions.Web, cancellation);
            file.WriteByte((byte)'\n');
        }

        file.Flush(flushToDisk: true);
    }

    /// <summary>Whether the file says that checkpoints have begun.</summary>
    public async Task<bool> HaveBegunAsync(CancellationToken cancellation)
    {
        await foreach (var point in LinesAsync(cancellation))
        {
            if (point is { Tenant: 0 })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What the file holds, in its order; nothing when there is none.</summary>
    public async Task<CheckpointFile> ReadAsync(CancellationToken cancellation)
    {
        List<Checkpoint> points = [];
        var unreadable = 0;
        await foreach (var point in LinesAsync(cancellation))
        {
            if (point is null)
            {
                unreadable++;
            }
            else
            {
                points.Add(point);
            }
        }

        return new CheckpointFile(points, unreadable);
    }

    // A line that is none of ours is null; half a line at the end is being written just now, or a crash left it.
    private async IAsyncEnumerable<Checkpoint?> LinesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (!File.Exists(FilePath))
        {
            yield break;
        }

        await using var file = new FileStream(FilePath, Options(FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var left = EndOfLines(file);
        file.Position = 0;
        using var text = new StreamReader(file);
        while (left > 0 && await text.ReadLineAsync(cancellation) is { } line)
        {
            left -= Encoding.UTF8.GetByteCount(line) + 1;
            yield return Read(line);
        }
    }

    private Checkpoint? Read(string text)
    {
        try
        {
            if (JsonSerializer.Deserialize<Line>(text, JsonSerializerOptions.Web) is { Seal: not null, Digest: not null } line)
            {
                var point = new Checkpoint(line.Tenant, line.Number, line.At, Convert.FromHexString(line.Seal));
                return digests.Proves(point, Convert.FromHexString(line.Digest)) ? point : null;
            }
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            // Not one of our lines.
        }

        return null;
    }

    private static void CutHalfLine(FileStream file)
    {
        var end = EndOfLines(file);
        file.SetLength(end);
        file.Position = end;
    }

    private static long EndOfLines(FileStream file)
    {
        var end = file.Length;
        for (; end > 0; end--)
        {
            file.Position = end - 1;
            if (file.ReadByte() == '\n')
            {
                break;
            }
        }

        return end;
    }

    // Nothing is ever in the lock file; whoever has it open alone may write. A process that dies lets go of it.
    private async Task<FileStream> LockAsync(CancellationToken cancellation)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                return new FileStream(folder.File("audit", "checkpoints.lock"), Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException) when (tried < LockTries)
            {
                await Task.Delay(LockPause, cancellation);
            }
        }
    }

    private static FileStreamOptions Options(FileMode mode, FileAccess access, FileShare share)
    {
        var options = SecretFile.Options(mode, access);
        options.Share = share;
        return options;
    }

    private sealed record Line(int Tenant, long Number, DateTimeOffset At, string Seal, string Digest);
}

/// <summary>What the file of checkpoints holds.</summary>
/// <param name="Unreadable">Lines that were altered, or are none of ours.</param>
internal sealed record CheckpointFile(IReadOnlyList<Checkpoint> Points, int Unreadable)
{
    /// <summary>Whether entries without a digest are all sealed already: one that is not was put there by somebody.</summary>
    public bool HasBegun => Points.Any(point => point.Tenant == 0);

    public IEnumerable<Checkpoint> Of(int tenant) => Points.Where(point => point.Tenant == tenant);
}
