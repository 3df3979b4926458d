using System.Security.Cryptography;
using System.Text;
using Agency.Api.Data;

namespace Agency.Tests.Data;

public sealed class PrivateFieldTests : IDisposable
{
    private const string Phone = "+00 5550 0000 0001";
    private static readonly Id Row = Id.Parse("01970000-0000-7000-8000-000000000001", null);
    private static readonly Id OtherRow = Id.Parse("01970000-0000-7000-8000-000000000002", null);

    private readonly string folder = Directory.CreateTempSubdirectory("agency-keys-").FullName;
    private readonly PrivateFields fields;

    public PrivateFieldTests() => fields = new PrivateFields(KeyRing.Open(RingFile));

    private string RingFile => Path.Combine(folder, "keys", "ring.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_value_comes_back_where_it_was_written_and_is_not_readable_as_stored()
    {
        var cipher = fields.Encrypt(2, "contact_point", "value", Row, Phone);

        Assert.Equal(Phone, fields.Decrypt(2, "contact_point", "value", Row, cipher));
        Assert.Equal("", fields.Decrypt(2, "contact_point", "value", Row, fields.Encrypt(2, "contact_point", "value", Row, "")));
        Assert.DoesNotContain(Phone, Encoding.UTF8.GetString(cipher), StringComparison.Ordinal);
        Assert.False(cipher.AsSpan().SequenceEqual(fields.Encrypt(2, "contact_point", "value", Row, Phone)), "Equal values have equal ciphers.");
    }

    [Fact]
    public void A_value_moved_elsewhere_does_not_open()
    {
        var cipher = fields.Encrypt(2, "contact_point", "value", Row, Phone);

        Assert.ThrowsAny<CryptographicException>(() => fields.Decrypt(2, "contact_point", "value", OtherRow, cipher));
        Assert.ThrowsAny<CryptographicException>(() => fields.Decrypt(3, "contact_point", "value", Row, cipher));
        Assert.ThrowsAny<CryptographicException>(() => fields.Decrypt(2, "contact_point", "other", Row, cipher));
        Assert.ThrowsAny<CryptographicException>(() => fields.Decrypt(2, "debtor", "value", Row, cipher));
        Assert.Equal(Phone, fields.Decrypt(2, "contact_point", "value", Row, cipher));
    }

    [Fact]
    public void A_value_altered_in_any_byte_or_cut_short_does_not_open()
    {
        var cipher = fields.Encrypt(2, "contact_point", "value", Row, Phone);
        for (var i = 0; i < cipher.Length; i++)
        {
            var altered = (byte[])cipher.Clone();
            altered[i] ^= 1;
            Assert.ThrowsAny<CryptographicException>(() => fields.Decrypt(2, "contact_point", "value", Row, altered));
            Assert.ThrowsAny<CryptographicException>(() => fields.Decrypt(2, "contact_point", "value", Row, cipher.AsSpan(0, i)));
        }
    }

    [Fact]
    public void The_blind_index_finds_within_a_tenant_and_column_and_says_nothing_across()
    {
        var index = fields.BlindIndex(2, "contact_point", "value", Phone);

        Assert.Equal(32, index.Length);
        Assert.Equal(index, fields.BlindIndex(2, "contact_point", "value", Phone));
        byte[][] others =
        [
            fields.BlindIndex(3, "contact_point", "value", Phone), fields.BlindIndex(2, "debtor", "value", Phone), fields.BlindIndex(2, "contact_point", "other", Phone),
            fields.BlindIndex(2, "contact_point", "value", Phone + "2"), SHA256.HashData(Encoding.UTF8.GetBytes(Phone)),
        ];
        Assert.DoesNotContain(others, other => other.AsSpan().SequenceEqual(index));
    }

    [Fact]
    public void The_key_ring_opens_again_and_is_the_services_alone()
    {
        var cipher = fields.Encrypt(2, "debtor", "name", Row, "Example");
        var again = new PrivateFields(KeyRing.Open(RingFile));

        Assert.Equal("Example", again.Decrypt(2, "debtor", "name", Row, cipher));
        Assert.Equal(fields.BlindIndex(2, "debtor", "name", "Example"), again.BlindIndex(2, "debtor", "name", "Example"));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(RingFile)!));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(RingFile));
        }
    }

    [Fact]
    public void Another_key_ring_reads_nothing()
    {
        var cipher = fields.Encrypt(2, "debtor", "name", Row, "Example");
        var other = new PrivateFields(KeyRing.Open(Path.Combine(folder, "other.json")));

        Assert.ThrowsAny<CryptographicException>(() => other.Decrypt(2, "debtor", "name", Row, cipher));
        Assert.NotEqual(fields.BlindIndex(2, "debtor", "name", "Example"), other.BlindIndex(2, "debtor", "name", "Example"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a ring")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"Keys":[],"Index":"AAAA"}""")]
    [InlineData("""{"Keys":[{"Number":1,"Secret":"AAAA"}],"Index":"AAAA"}""")]
    [InlineData("""{"Keys":[null],"Index":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}""")]
    [InlineData("""{"Keys":[{"Number":1}],"Index":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}""")]
    public void A_broken_key_ring_is_refused_and_left_as_it_is(string content)
    {
        var file = Path.Combine(folder, "broken.json");
        File.WriteAllText(file, content);

        Assert.Throws<InvalidDataException>(() => KeyRing.Open(file));
        Assert.Equal(content, File.ReadAllText(file));
    }

    [Fact]
    public async Task Several_that_start_at_once_share_one_ring()
    {
        var file = Path.Combine(folder, "race.json");
        var rings = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => new PrivateFields(KeyRing.Open(file)))));

        var cipher = rings[0].Encrypt(2, "debtor", "name", Row, "Example");
        Assert.All(rings, ring => Assert.Equal("Example", ring.Decrypt(2, "debtor", "name", Row, cipher)));
    }
}
