using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Agency.Api.Data;

namespace Agency.Api.Imports;

/// <summary>
/// Received files that wait to be loaded, in the data folder. They are encrypted as they arrive: no debtor's data touches the
/// disk in clear.
/// </summary>
/// <remarks>
/// Layout: version 1, key number (4 bytes), salt (32), then frames of length (4 bytes, the top bit marks the last), ciphertext
/// and tag (16). Every file has a key of its own, made from the tenant's, the salt and the import's id; the frame's number and
/// whether it is the last are its nonce, so that frames can't be moved, repeated or cut off.
/// </remarks>
public sealed class Spool(DataFolder folder, KeyRing ring)
{
    internal const int FrameBytes = 64 * 1024;
    internal const int TagBytes = 16;
    internal const uint LastFrame = 0x8000_0000;
    private const int SaltBytes = 32;
    private const int HeaderBytes = 5 + SaltBytes;
    private const byte Version = 1;
    private const string Suffix = ".import";

    internal SpoolWriter Create(int tenant, Id id)
    {
        Directory.CreateDirectory(folder.File("spool"));
        var options = SecretFile.Options(FileMode.CreateNew, FileAccess.Write);
        (options.Options, options.BufferSize) = (FileOptions.Asynchronous, 0);
        var header = new byte[HeaderBytes];
        header[0] = Version;
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(1), ring.Current);
        RandomNumberGenerator.Fill(header.AsSpan(5));
        return new SpoolWriter(new FileStream(PathOf(id), options), header, KeyOf(header, tenant, id));
    }

    /// <summary>Opens a received file to be read in clear.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It was altered.</exception>
    internal SpoolReader Open(int tenant, Id id)
    {
        var file = new FileStream(PathOf(id), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        try
        {
            var header = new byte[HeaderBytes];
            if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || header[0] != Version)
            {
                throw new InvalidDataException("Not a spooled file.");
            }

            return new SpoolReader(file, KeyOf(header, tenant, id));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens a received file to be read row by row, unpacked where it is gzipped.</summary>
    internal SpooledFile OpenFile(int tenant, Id id, bool compressed)
    {
        var received = Open(tenant, id);
        return new SpooledFile(received, compressed ? new GzipGuard(received) : received);
    }

    internal void Delete(Id id)
    {
        if (Directory.Exists(folder.File("spool")))
        {
            File.Delete(PathOf(id));
        }
    }

    /// <summary>Lets a file that nobody waits for any more stay until a day from now.</summary>
    internal void KeepADay(Id id, DateTimeOffset now)
    {
        if (File.Exists(PathOf(id)))
        {
            File.SetLastWriteTimeUtc(PathOf(id), now.UtcDateTime);
        }
    }

    /// <summary>Removes what a crash left behind: files older than a day that no unfinished import waits for.</summary>
    internal void RemoveOrphans(IReadOnlySet<Id> unfinished, DateTimeOffset now)
    {
        foreach (var file in new DirectoryInfo(folder.File("spool")) is { Exists: true } spool ? spool.EnumerateFiles($"*{Suffix}") : [])
        {
            if (file.LastWriteTimeUtc < now.UtcDateTime.AddDays(-1) && !(Id.TryRead(Path.GetFileNameWithoutExtension(file.Name), out var id) && unfinished.Contains(id)))
            {
                file.Delete();
            }
        }
    }

    internal static byte[] Nonce(long frame, bool last)
    {
        var nonce = new byte[12];
        BinaryPrimitives.WriteInt64BigEndian(nonce.AsSpan(4), frame);
        nonce[0] = last ? (byte)1 : (byte)0;
        return nonce;
    }

    private string PathOf(Id id) => folder.File("spool", id + Suffix);

    private byte[] KeyOf(byte[] header, int tenant, Id id) => HKDF.DeriveKey(
        HashAlgorithmName.SHA256,
        ring.Derive(BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)), $"spool|{tenant}"),
        32,
        header[5..],
        Encoding.UTF8.GetBytes($"{tenant}|{id}"));
}

/// <summary>A received file that is being read.</summary>
/// <param name="received">As it was received.</param>
/// <param name="rows">The same unpacked.</param>
internal sealed class SpooledFile(SpoolReader received, Stream rows) : IDisposable
{
    public Stream Rows => rows;

    /// <summary>How much of what was received has been read.</summary>
    public long BytesRead => received.BytesRead;

    public void Dispose()
    {
        rows.Dispose();
        received.Dispose();
    }
}
