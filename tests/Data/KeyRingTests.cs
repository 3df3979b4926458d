using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Agency.Api.Data;
using Agency.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Agency.Tests.Data;

/// <summary>The ring is wrapped by a key from configuration, and grows; nothing that was written is ever unreadable for it.</summary>
public sealed class KeyRingTests : IDisposable
{
    private static readonly Id Row = Id.Parse("01970000-0000-7000-8000-000000000001", null);

    private readonly string folder = Directory.CreateTempSubdirectory("agency-ring-").FullName;
    private readonly string first = NewKey();
    private readonly string second = NewKey();

    private string RingFile => Path.Combine(folder, "ring.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Once_a_key_is_set_the_file_says_nothing_and_reads_as_before()
    {
        var cipher = new PrivateFields(KeyRing.Open(RingFile)).Encrypt(2, "debtor", "name", Row, "Example");
        var plain = File.ReadAllText(RingFile);

        var fields = new PrivateFields(KeyRing.Open(RingFile, Keys(first)));

        Assert.Equal("Example", fields.Decrypt(2, "debtor", "name", Row, cipher));
        var wrapped = File.ReadAllText(RingFile);
        Assert.Contains("\"Secret\"", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("Secret", wrapped, StringComparison.Ordinal);
        Assert.DoesNotContain(Encoding.UTF8.GetString(Convert.FromBase64String(Between(wrapped, "\"Cipher\":\"", "\""))), "Secret", StringComparison.Ordinal);
        Assert.Equal("Example", new PrivateFields(KeyRing.Open(RingFile, Keys(first))).Decrypt(2, "debtor", "name", Row, cipher));
        Assert.Equal(wrapped, File.ReadAllText(RingFile));
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public void Made_with_a_key_it_was_never_there_in_clear()
    {
        _ = KeyRing.Open(RingFile, Keys(first));

        Assert.DoesNotContain("Secret", File.ReadAllText(RingFile), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_its_key_it_is_refused_and_left_as_it_is()
    {
        _ = KeyRing.Open(RingFile, Keys(first));
        var wrapped = File.ReadAllBytes(RingFile);

        Assert.Contains("is wrapped: set Keys:WrappingKey", Assert.Throws<InvalidDataException>(() => KeyRing.Open(RingFile)).Message, StringComparison.Ordinal);
        Assert.Contains("under another key", Assert.Throws<InvalidDataException>(() => KeyRing.Open(RingFile, Keys(second))).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => KeyRing.Rotate(RingFile, Keys(second)));
        Assert.Equal(wrapped, File.ReadAllBytes(RingFile));

        // Nor when a byte of it was changed.
        var text = File.ReadAllText(RingFile);
        var at = text.IndexOf("\"Cipher\":\"", StringComparison.Ordinal) + 30;
        File.WriteAllText(RingFile, text[..at] + (text[at] == 'A' ? 'B' : 'A') + text[(at + 1)..]);
        Assert.Throws<InvalidDataException>(() => KeyRing.Open(RingFile, Keys(first)));
    }

    [Fact]
    public void The_key_is_exchanged_with_the_former_one_beside_it()
    {
        var cipher = new PrivateFields(KeyRing.Open(RingFile, Keys(first))).Encrypt(2, "debtor", "name", Row, "Example");

        _ = KeyRing.Open(RingFile, Keys(second, first));

        Assert.Equal("Example", new PrivateFields(KeyRing.Open(RingFile, Keys(second))).Decrypt(2, "debtor", "name", Row, cipher));
        Assert.Throws<InvalidDataException>(() => KeyRing.Open(RingFile, Keys(first)));
    }

    [Fact]
    public void With_a_new_secret_new_values_are_under_it_and_old_ones_stay_readable()
    {
        var before = new PrivateFields(KeyRing.Open(RingFile, Keys(first)));
        var old = before.Encrypt(2, "debtor", "name", Row, "Example");

        Assert.Equal(2, KeyRing.Rotate(RingFile, Keys(first)));

        var after = new PrivateFields(KeyRing.Open(RingFile, Keys(first)));
        var young = after.Encrypt(2, "debtor", "name", Row, "Example");
        Assert.Equal((1, 2), (NumberOf(old), NumberOf(young)));
        Assert.Equal(("Example", "Example"), (after.Decrypt(2, "debtor", "name", Row, old), after.Decrypt(2, "debtor", "name", Row, young)));
        Assert.Equal(before.BlindIndex(2, "debtor", "name", "Example"), after.BlindIndex(2, "debtor", "name", "Example"));
        Assert.ThrowsAny<CryptographicException>(() => before.Decrypt(2, "debtor", "name", Row, young));
    }

    [Fact]
    public void A_ring_that_is_not_there_is_not_rotated() => Assert.Contains("is not there", Assert.Throws<InvalidDataException>(() => KeyRing.Rotate(RingFile)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Keys:WrappingKey", "c2hvcnQ=", "Keys:WrappingKey is not 32 bytes in base64")]
    [InlineData("Keys:WrappingKey", "not base64", "Keys:WrappingKey is not 32 bytes in base64")]
    [InlineData("Keys:FormerWrappingKey", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "is set without Keys:WrappingKey")]
    public void A_key_that_is_none_is_refused(string name, string value, string says) =>
        Assert.Contains(says, Assert.Throws<InvalidOperationException>(() => WrappingKeys.From(Settings((name, value)))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task The_service_does_not_begin_under_a_ring_that_opens_nothing()
    {
        await using var story = await Story.AtAccountsAsync();
        var ring = Path.Combine(story.Service.Database.Folder, "keys", "ring.json");
        var kept = await File.ReadAllBytesAsync(ring, TestContext.Current.CancellationToken);
        File.Delete(ring);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => TestService.StartAsync(database: story.Service.Database));
        Assert.Contains("does not open what the database holds: restore the one that belongs to it.", refusal.Message, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(ring, kept, TestContext.Current.CancellationToken);
        await using var again = await TestService.StartAsync(database: story.Service.Database);
    }

    private static int NumberOf(byte[] cipher) => BinaryPrimitives.ReadInt32BigEndian(cipher.AsSpan(1));

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static WrappingKeys Keys(string current, string? former = null) => WrappingKeys.From(Settings(("Keys:WrappingKey", current), ("Keys:FormerWrappingKey", former)));

    private static IConfiguration Settings(params (string Name, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value))).Build();

    private static string Between(string text, string before, string after)
    {
        var from = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return text[from..text.IndexOf(after, from, StringComparison.Ordinal)].Replace("\\u002B", "+", StringComparison.Ordinal);
    }
}
