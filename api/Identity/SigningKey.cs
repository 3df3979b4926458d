using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Agency.Api.Identity;

/// <summary>The RSA key that access tokens are signed with, in one file of the data folder, so that tokens outlive a restart.</summary>
internal static class SigningKey
{
    private const int Bits = 2048;

    /// <summary>Reads the key, making it on the first start.</summary>
    /// <exception cref="CryptographicException">The file holds no key; it is left as it is.</exception>
    public static RsaSecurityKey Open(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        if (!File.Exists(file))
        {
            Create(file);
        }

        // Owned by the key, which lives as long as the service.
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(File.ReadAllText(file));
            return new RsaSecurityKey(rsa);
        }
        catch (ArgumentException exception)
        {
            rsa.Dispose();
            throw new CryptographicException($"{file} holds no key.", exception);
        }
    }

    private static void Create(string file)
    {
        using var rsa = RSA.Create(Bits);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // Written aside and moved, so that a crash leaves no half key; a second process that lost the race uses the first one's.
        var draft = $"{file}.{Environment.ProcessId}";
        using (var stream = new FileStream(draft, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(rsa.ExportPkcs8PrivateKeyPem()));
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(draft);
        }
    }
}
