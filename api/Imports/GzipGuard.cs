using System.IO.Compression;
using System.Security.Cryptography;

namespace Agency.Api.Imports;

/// <summary>
/// Unpacks a gzipped file and refuses one that grows more than a hundredfold: no list of accounts does, a bomb does.
/// </summary>
internal sealed class GzipGuard : ForwardStream
{
    private const int MaxRatio = 100;

    // What the ratio is not asked of: a short file of like rows is no attack.
    private const int Allowance = 1024 * 1024;

    private readonly SpoolReader packed;
    private readonly GZipStream unpacked;
    private long produced;

    public GzipGuard(SpoolReader packed)
        : this(packed, packed)
    {
    }

    private GzipGuard(SpoolReader packed, Stream source)
    {
        this.packed = packed;
        unpacked = new GZipStream(source, CompressionMode.Decompress);
    }

    /// <summary>Unpacks the whole file for nothing but its faults, so that no row is loaded of one that can't be read to its end.</summary>
    /// <exception cref="ImportFailure">It is no gzip file, is cut off or altered, or grows too much.</exception>
    public static void Check(SpoolReader packed, CancellationToken cancellation)
    {
        // The unpacker takes a file that was cut off for a shorter one. A mark packed behind it comes out last only when the file is whole.
        var mark = RandomNumberGenerator.GetBytes(16);
        using var guard = new GzipGuard(packed, new FollowedBy(packed, Pack(mark)));
        var buffer = new byte[64 * 1024];
        var kept = 0;
        int read;
        while ((read = guard.Read(buffer, kept, buffer.Length - kept)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var filled = kept + read;
            kept = Math.Min(filled, mark.Length);
            buffer.AsSpan(filled - kept, kept).CopyTo(buffer);
        }

        if (!buffer.AsSpan(0, kept).SequenceEqual(mark))
        {
            throw new ImportFailure(ImportFailure.Unreadable);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = unpacked.Read(buffer);
        }
        catch (InvalidDataException)
        {
            throw new ImportFailure(ImportFailure.Unreadable);
        }

        produced += read;
        if (produced > Allowance && produced / MaxRatio > packed.BytesRead)
        {
            throw new ImportFailure(ImportFailure.GzipRatio);
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            unpacked.Dispose();
        }

        base.Dispose(disposing);
    }

    private static byte[] Pack(byte[] bytes)
    {
        using var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return file.ToArray();
    }

    /// <summary>A stream, then some bytes.</summary>
    private sealed class FollowedBy(Stream first, byte[] then) : ForwardStream
    {
        private int taken;

        public override int Read(Span<byte> buffer)
        {
            var read = taken == 0 ? first.Read(buffer) : 0;
            if (read > 0)
            {
                return read;
            }

            read = Math.Min(buffer.Length, then.Length - taken);
            then.AsSpan(taken, read).CopyTo(buffer);
            taken += read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                first.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
