using System.IO.Compression;

namespace Agency.Api.Imports;

/// <summary>
/// Unpacks a gzipped file and refuses one that grows more than a hundredfold: no list of accounts does, a bomb does.
/// </summary>
internal sealed class GzipGuard(SpoolReader packed) : Stream
{
    private const int MaxRatio = 100;

    // What the ratio is not asked of: a short file of like rows is no attack.
    private const int Allowance = 1024 * 1024;

    private readonly GZipStream unpacked = new(packed, CompressionMode.Decompress);
    private long produced;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => produced; set => throw new NotSupportedException(); }

    /// <summary>Unpacks the whole file for nothing but its faults, so that no row is loaded of one that can't be read to its end.</summary>
    /// <exception cref="ImportFailure">It is no gzip file, is cut off or altered, or grows too much.</exception>
    public static void Check(SpoolReader packed, CancellationToken cancellation)
    {
        using var guard = new GzipGuard(packed);
        var buffer = new byte[64 * 1024];
        while (guard.Read(buffer, 0, buffer.Length) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

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

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            unpacked.Dispose();
        }

        base.Dispose(disposing);
    }
}
