using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;

namespace Agency.Tests.Data;

/// <summary>
/// Looks through files, byte by byte, for values that must not be in them: in clear and in every writing in which they could lie there unnoticed.
/// What is packed by gzip is unpacked wherever in a file it begins, and looked through the same way.
/// </summary>
internal sealed class ValueSearch
{
    private const int LargestMember = 64 * 1024 * 1024;

    private static readonly byte[] GzipBegins = [0x1F, 0x8B, 0x08];

    private readonly List<(string Value, string Writing, byte[] Bytes)> patterns;

    public ValueSearch(IEnumerable<string> values) => patterns =
    [
        .. values.SelectMany(value => Writings.SelectMany(writing => writing.Write(value).Distinct(StringComparer.Ordinal).Select(written => (value, writing.Name, Convert.FromHexString(written))))),
    ];

    /// <summary>The ways in which a value is sought; each writes it in all forms that it may have, as hex of their bytes.</summary>
    public static IReadOnlyList<(string Name, Func<string, IEnumerable<string>> Write)> Writings { get; } =
    [
        ("UTF-8", value => [Bytes(Encoding.UTF8, value)]),
        ("UTF-16LE", value => [Bytes(Encoding.Unicode, value)]),
        ("UTF-16BE", value => [Bytes(Encoding.BigEndianUnicode, value)]),
        ("hex", value => OfText(Convert.ToHexString(Encoding.UTF8.GetBytes(value)))),
        ("hex in lower case", value => OfText(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(value)))),
        ("hex of UTF-16", value => OfText(Convert.ToHexString(Encoding.Unicode.GetBytes(value)), Convert.ToHexStringLower(Encoding.Unicode.GetBytes(value)))),
        ("base64, begun at a byte divisible by three", value => OfText(Base64(Encoding.UTF8.GetBytes(value), 0))),
        ("base64, begun one later", value => OfText(Base64(Encoding.UTF8.GetBytes(value), 1))),
        ("base64, begun two later", value => OfText(Base64(Encoding.UTF8.GetBytes(value), 2))),
        ("base64 for addresses", value => Enumerable.Range(0, 3).SelectMany(offset => OfText(ForAddresses(Base64(Encoding.UTF8.GetBytes(value), offset))))),
        ("base64 of UTF-16", value => Enumerable.Range(0, 3).SelectMany(offset => OfText(Base64(Encoding.Unicode.GetBytes(value), offset)))),
        ("JSON with escapes", value => OfText(JavaScriptEncoder.Default.Encode(value), Escaped(value, "x4"), Escaped(value, "X4"))),
        ("an address's escapes", value => OfText(Uri.EscapeDataString(value), Uri.EscapeDataString(value).ToLowerInvariant(), Uri.EscapeDataString(value).Replace("%20", "+", StringComparison.Ordinal), AllEscaped(value))),
        ("HTML with references", value => OfText(HtmlEncoder.Default.Encode(value))),

        // Whoever has a digest without a key tries all phone numbers in an hour.
        ("SHA-256", value => [Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(value)))]),
        ("SHA-256 as hex", value => OfText(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(value))), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value))))),
    ];

    /// <summary>Everything found in every file of a folder: the file, the value, and how it was written.</summary>
    public IEnumerable<string> In(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .SelectMany(file => In(Read(file)).Select(found => $"{Path.GetRelativePath(folder, file)}: {found}"));

    /// <summary>Everything found in these bytes.</summary>
    public IEnumerable<string> In(byte[] bytes) => Plain(bytes).Concat(Members(bytes).SelectMany(member => In(member).Select(found => $"{found} in gzip")));

    private IEnumerable<string> Plain(byte[] bytes) =>
        patterns.Where(pattern => bytes.AsSpan().IndexOf(pattern.Bytes) >= 0).Select(pattern => $"{pattern.Value} as {pattern.Writing}");

    // What merely looks like the beginning of one, or was cut off, gives what could be unpacked of it.
    private static IEnumerable<byte[]> Members(byte[] bytes)
    {
        for (var at = Next(0); at >= 0; at = Next(at + 1))
        {
            if (Unpack(bytes, at) is { Length: > 0 } member)
            {
                yield return member;
            }
        }

        int Next(int from) => bytes.AsSpan(from).IndexOf(GzipBegins) is >= 0 and var found ? from + found : -1;
    }

    private static byte[] Unpack(byte[] bytes, int at)
    {
        using var unpacked = new MemoryStream();
        try
        {
            using var gzip = new GZipStream(new MemoryStream(bytes, at, bytes.Length - at), CompressionMode.Decompress);
            var chunk = new byte[4096];
            int read;
            while (unpacked.Length < LargestMember && (read = gzip.Read(chunk, 0, chunk.Length)) > 0)
            {
                unpacked.Write(chunk, 0, read);
            }
        }
        catch (InvalidDataException)
        {
            // No gzip, or not to its end.
        }

        return unpacked.ToArray();
    }

    // The service still has some of them open, and writes to them.
    private static byte[] Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    // Written in ASCII, and again in both forms of UTF-16, as a log or a column of text may have it.
    private static IEnumerable<string> OfText(params string[] texts) =>
        texts.SelectMany(text => new[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode }.Select(encoding => Bytes(encoding, text)));

    private static string Bytes(Encoding encoding, string text) => Convert.ToHexString(encoding.GetBytes(text));

    // The characters that depend on this value alone, whatever is before and after it.
    private static string Base64(byte[] value, int offset)
    {
        var text = Convert.ToBase64String([.. new byte[offset], .. value]).TrimEnd('=');
        var (first, bits) = (((offset * 8) + 5) / 6, (offset + value.Length) * 8);
        return text[first..(bits / 6)];
    }

    private static string ForAddresses(string base64) => base64.Replace('+', '-').Replace('/', '_');

    private static string Escaped(string value, string format) =>
        string.Concat(value.Select(c => c < 128 && char.IsLetterOrDigit(c) ? c.ToString() : $"\\u{((int)c).ToString(format, CultureInfo.InvariantCulture)}"));

    private static string AllEscaped(string value) => string.Concat(Encoding.UTF8.GetBytes(value).Select(octet => $"%{octet:X2}"));
}
