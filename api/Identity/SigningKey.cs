using System.Security.Cryptography;
using System.Text;
using Agency.Api.Data;
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
        var pem = Encoding.ASCII.GetString(SecretFile.ReadOrMake(file, Make));

        // Owned by the key, which lives as long as the service.
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            return new RsaSecurityKey(rsa);
        }
        catch (ArgumentException exception)
        {
            rsa.Dispose();
            throw new CryptographicException($"{file} holds no key.", exception);
        }
    }

    private static byte[] Make()
    {
        using var rsa = RSA.Create(Bits);
        return Encoding.ASCII.GetBytes(rsa.ExportPkcs8PrivateKeyPem());
    }
}
