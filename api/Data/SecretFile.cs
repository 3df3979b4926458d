using System.Security.Cryptography;
using System.Text;

namespace Agency.Api.Data;

/// <summary>A file of secrets that is made once, on the first start, and that only the service may read.</summary>
internal static class SecretFile
{
    /// <summary>Reads the file, making it first if it is not there.</summary>
    /// <remarks>
    /// Of several that start at once one makes it and the others read that one: a second file would lose what the first
    /// protected. A move that must not overwrite is not atomic on every system, so a lock of the machine's decides.
    /// </remarks>
    public static byte[] ReadOrMake(string file, Func<byte[]> make)
    {
        file = Path.GetFullPath(file);
        if (!File.Exists(file))
        {
            MakeOnce(file, make);
        }

        return File.ReadAllBytes(file);
    }

    private static void MakeOnce(string file, Func<byte[]> make)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var name = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(file)).AsSpan(0, 16));
        using var only = new Mutex(initiallyOwned: false, $"agency-secret-{name}");
        try
        {
            _ = only.WaitOne();
        }
        catch (AbandonedMutexException)
        {
            // Whoever held it died; the lock is ours now, and the file is whole or not there.
        }

        try
        {
            if (!File.Exists(file))
            {
                Make(file, make());
            }
        }
        finally
        {
            only.ReleaseMutex();
        }
    }

    /// <summary>How a file is opened that only the service may read: where opening makes it, it is made so.</summary>
    public static FileStreamOptions Options(FileMode mode, FileAccess access)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access };
        if (mode != FileMode.Open && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    /// <summary>Puts other contents in the file's place, at once: whoever reads it gets the old or the new.</summary>
    public static void Replace(string file, byte[] contents) => Write(Path.GetFullPath(file), contents, overwrite: true);

    private static void Make(string file, byte[] contents) => Write(file, contents, overwrite: false);

    // Written aside and moved, so that a crash leaves no half file. The draft's name is random: what a crash left must not be in
    // the way of a process that has the same number again.
    private static void Write(string file, byte[] contents, bool overwrite)
    {
        var draft = $"{file}.{Path.GetRandomFileName()}";
        using (var stream = new FileStream(draft, Options(FileMode.CreateNew, FileAccess.Write)))
        {
            stream.Write(contents);
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, file, overwrite);
    }
}
