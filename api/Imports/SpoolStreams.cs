using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Agency.Api.Imports;

/// <summary>Writes a spooled file frame by frame. Without <see cref="CompleteAsync"/> what was written can't be read.</summary>
internal sealed class SpoolWriter : IAsyncDisposable
{
    private readonly FileStream file;
    private readonly AesGcm aes;
    private readonly byte[] plain = new byte[Spool.FrameBytes];
    private readonly byte[] cipherFrame = new byte[sizeof(uint) + Spool.FrameBytes + Spool.TagBytes];
    private byte[]? header;
    private int filled;
    private long frame;

    public SpoolWriter(FileStream file, byte[] header, byte[] key)
    {
        this.file = file;
        this.header = header;
        aes = new AesGcm(key, Spool.TagBytes);
        CryptographicOperations.ZeroMemory(key);
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (bytes.Length > 0)
        {
            if (filled == plain.Length)
            {
                await SealAsync(last: false, cancellation);
            }

            var taken = Math.Min(bytes.Length, plain.Length - filled);
            bytes[..taken].CopyTo(plain.AsMemory(filled));
            filled += taken;
            bytes = bytes[taken..];
        }
    }

    /// <summary>Ends the file and waits until it is on the disk: what is acknowledged must outlive the machine.</summary>
    public async Task CompleteAsync(CancellationToken cancellation)
    {
        await SealAsync(last: true, cancellation);
        RandomAccess.FlushToDisk(file.SafeFileHandle);
    }

    public async ValueTask DisposeAsync()
    {
        CryptographicOperations.ZeroMemory(plain);
        aes.Dispose();
        await file.DisposeAsync();
    }

    private async Task SealAsync(bool last, CancellationToken cancellation)
    {
        if (header is not null)
        {
            await file.WriteAsync(header, cancellation);
            header = null;
        }

        BinaryPrimitives.WriteUInt32BigEndian(cipherFrame, (uint)filled | (last ? Spool.LastFrame : 0));
        aes.Encrypt(Spool.Nonce(frame++, last), plain.AsSpan(0, filled), cipherFrame.AsSpan(sizeof(uint), filled), cipherFrame.AsSpan(sizeof(uint) + filled, Spool.TagBytes));
        await file.WriteAsync(cipherFrame.AsMemory(0, sizeof(uint) + filled + Spool.TagBytes), cancellation);
        filled = 0;
    }
}

/// <summary>Reads a spooled file in clear, and says how much of it has been read.</summary>
internal sealed class SpoolReader : ForwardStream
{
    private readonly FileStream file;
    private readonly AesGcm aes;
    private readonly byte[] cipher = new byte[Spool.FrameBytes + Spool.TagBytes];
    private readonly byte[] plain = new byte[Spool.FrameBytes];
    private int start;
    private int end;
    private long frame;
    private bool ended;

    public SpoolReader(FileStream file, byte[] key)
    {
        this.file = file;
        aes = new AesGcm(key, Spool.TagBytes);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>How many bytes of the received file were handed out so far.</summary>
    public long BytesRead { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        while (start == end && !ended)
        {
            OpenFrame();
        }

        var taken = Math.Min(buffer.Length, end - start);
        plain.AsSpan(start, taken).CopyTo(buffer);
        start += taken;
        BytesRead += taken;
        return taken;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CryptographicOperations.ZeroMemory(plain);
            aes.Dispose();
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    private void OpenFrame()
    {
        Span<byte> lengthBytes = stackalloc byte[sizeof(uint)];
        var length = file.ReadAtLeast(lengthBytes, sizeof(uint), throwOnEndOfStream: false) == sizeof(uint)
            ? BinaryPrimitives.ReadUInt32BigEndian(lengthBytes)
            : throw new InvalidDataException("A spooled file is cut off.");
        ended = (length & Spool.LastFrame) != 0;
        var bytes = (int)(length & ~Spool.LastFrame);
        if (bytes > Spool.FrameBytes || file.ReadAtLeast(cipher.AsSpan(0, bytes + Spool.TagBytes), bytes + Spool.TagBytes, throwOnEndOfStream: false) < bytes + Spool.TagBytes)
        {
            throw new InvalidDataException("A spooled file is cut off.");
        }

        try
        {
            aes.Decrypt(Spool.Nonce(frame++, ended), cipher.AsSpan(0, bytes), cipher.AsSpan(bytes, Spool.TagBytes), plain.AsSpan(0, bytes));
        }
        catch (AuthenticationTagMismatchException exception)
        {
            throw new InvalidDataException("A spooled file was altered.", exception);
        }

        (start, end) = (0, bytes);
    }
}
