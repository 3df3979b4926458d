using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Agency.Api.Webhooks;

/// <summary>
/// Signs messages by the Standard Webhooks specification, version v1: HMAC-SHA256 over <c>{id}.{timestamp}.{body}</c> under
/// the bytes that the secret holds, in base64.
/// </summary>
internal static class Signature
{
    private const string Prefix = "whsec_";

    /// <summary>A fresh secret of 256 bits.</summary>
    public static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>The value of <c>webhook-signature</c>: one signature a secret, separated by spaces.</summary>
    /// <param name="secrets">The secrets in force, newest first.</param>
    public static string Of(IEnumerable<string> secrets, string id, DateTimeOffset at, string body) =>
        string.Join(' ', secrets.Select(secret => "v1," + Sign(secret, id, at, body)));

    private static string Sign(string secret, string id, DateTimeOffset at, string body)
    {
        var content = string.Create(CultureInfo.InvariantCulture, $"{id}.{at.ToUnixTimeSeconds()}.{body}");
        return Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[Prefix.Length..]), Encoding.UTF8.GetBytes(content)));
    }
}
