using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Agency.Api.Data;
using Agency.Tests.Support;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Agency.Tests.Data;

/// <summary>The ring is wrapped by a key that never leaves its vault; the vault here is a server on loopback with a real RSA key.</summary>
public sealed class VaultTests : IDisposable
{
    private static readonly Id Row = Id.Parse("01970000-0000-7000-8000-000000000001", null);

    private readonly string folder = Directory.CreateTempSubdirectory("agency-vault-").FullName;

    private string RingFile => Path.Combine(folder, "ring.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_ring_is_wrapped_by_the_vault_and_opened_by_it_again()
    {
        await using var vault = await Vault.StartAsync();
        var cipher = new PrivateFields(KeyRing.Open(RingFile)).Encrypt(2, "debtor", "name", Row, "Example");

        _ = KeyRing.Open(RingFile, vault.Keys());

        var wrapped = await File.ReadAllTextAsync(RingFile, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("Secret", wrapped, StringComparison.Ordinal);
        Assert.Contains($"{vault.Key}/1", wrapped, StringComparison.Ordinal);
        Assert.Equal("Example", new PrivateFields(KeyRing.Open(RingFile, vault.Keys())).Decrypt(2, "debtor", "name", Row, cipher));
        Assert.Equal(wrapped, await File.ReadAllTextAsync(RingFile, TestContext.Current.CancellationToken));
        Assert.Equal(["wrapkey ring", "unwrapkey ring/1"], vault.Asked);
        Assert.Equal(["Bearer the-service"], vault.Tokens.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_new_version_wraps_what_is_written_and_the_old_one_still_opens()
    {
        await using var vault = await Vault.StartAsync();
        var cipher = new PrivateFields(KeyRing.Open(RingFile, vault.Keys())).Encrypt(2, "debtor", "name", Row, "Example");
        vault.Renew();

        Assert.Equal("Example", new PrivateFields(KeyRing.Open(RingFile, vault.Keys())).Decrypt(2, "debtor", "name", Row, cipher));
        Assert.Equal(2, KeyRing.Rotate(RingFile, vault.Keys()));

        Assert.Equal("Example", new PrivateFields(KeyRing.Open(RingFile, vault.Keys())).Decrypt(2, "debtor", "name", Row, cipher));
        Assert.Equal(["wrapkey ring", "unwrapkey ring/1", "unwrapkey ring/1", "unwrapkey ring/1", "wrapkey ring", "unwrapkey ring/2"], vault.Asked);
    }

    [Fact]
    public async Task It_moves_from_a_key_of_the_configuration_to_the_vault_and_back()
    {
        await using var vault = await Vault.StartAsync();
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var cipher = new PrivateFields(KeyRing.Open(RingFile, vault.Keys(("Keys:AzureKeyVault:KeyId", null), ("Keys:WrappingKey", key)))).Encrypt(2, "debtor", "name", Row, "Example");
        Assert.Throws<InvalidDataException>(() => KeyRing.Open(RingFile, vault.Keys()));

        _ = KeyRing.Open(RingFile, vault.Keys(("Keys:FormerWrappingKey", key)));
        _ = KeyRing.Open(RingFile, vault.Keys());
        Assert.Contains("set Keys:AzureKeyVault:KeyId", Assert.Throws<InvalidDataException>(() => KeyRing.Open(RingFile)).Message, StringComparison.Ordinal);

        _ = KeyRing.Open(RingFile, vault.Keys(("Keys:AzureKeyVault:KeyId", null), ("Keys:WrappingKey", key), ("Keys:AzureKeyVault:FormerKeyId", vault.Key)));
        Assert.Equal("Example", new PrivateFields(KeyRing.Open(RingFile, vault.Keys(("Keys:AzureKeyVault:KeyId", null), ("Keys:WrappingKey", key)))).Decrypt(2, "debtor", "name", Row, cipher));
    }

    [Fact]
    public async Task A_vault_that_denies_or_is_away_is_told_in_a_sentence_and_the_ring_is_left_as_it_is()
    {
        await using var vault = await Vault.StartAsync();
        _ = KeyRing.Open(RingFile, vault.Keys());
        var wrapped = await File.ReadAllBytesAsync(RingFile, TestContext.Current.CancellationToken);

        vault.Answer = 403;
        Assert.Contains("does not unwrapkey with /keys/ring (403", Refusal(), StringComparison.Ordinal);
        vault.Answer = 404;
        Assert.Contains("(404", Refusal(), StringComparison.Ordinal);
        await vault.DisposeAsync();
        Assert.Contains("can't be reached", Refusal(), StringComparison.Ordinal);

        Assert.Equal(wrapped, await File.ReadAllBytesAsync(RingFile, TestContext.Current.CancellationToken));

        string Refusal() => Assert.Throws<InvalidOperationException>(() => KeyRing.Open(RingFile, vault.Keys())).Message;
    }

    [Fact]
    public async Task A_ring_that_names_another_vault_makes_the_service_ask_nobody()
    {
        await using var vault = await Vault.StartAsync();
        await using var stranger = await Vault.StartAsync();
        _ = KeyRing.Open(RingFile, stranger.Keys());
        stranger.Asked.Clear();

        Assert.Contains($"is wrapped by {stranger.Key}/1", Assert.Throws<InvalidDataException>(() => KeyRing.Open(RingFile, vault.Keys())).Message, StringComparison.Ordinal);

        Assert.Empty(stranger.Asked);
        Assert.Empty(vault.Asked);
    }

    [Theory]
    [InlineData("Keys:AzureKeyVault:KeyId", "http://harbour.vault.azure.net/keys/ring", "is no key of an Azure Key Vault")]
    [InlineData("Keys:AzureKeyVault:KeyId", "https://harbour.vault.azure.net/secrets/ring", "is no key of an Azure Key Vault")]
    [InlineData("Keys:AzureKeyVault:KeyId", "ring", "is no key of an Azure Key Vault")]
    [InlineData("Keys:AzureKeyVault:FormerKeyId", "https://harbour.vault.azure.net/keys/ring", "is set without")]
    public void A_setting_that_is_no_key_is_refused(string name, string value, string says) =>
        Assert.Contains(says, Assert.Throws<InvalidOperationException>(() => WrappingKeys.From(Settings((name, value)))).Message, StringComparison.Ordinal);

    [Fact]
    public void Two_keys_to_wrap_by_are_refused() => Assert.Contains("are both set", Assert.Throws<InvalidOperationException>(() => WrappingKeys.From(Settings(
        ("Keys:AzureKeyVault:KeyId", "https://harbour.vault.azure.net/keys/ring"), ("Keys:WrappingKey", Convert.ToBase64String(new byte[32]))))).Message, StringComparison.Ordinal);

    private static IConfiguration Settings(params (string Name, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.GroupBy(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal).Select(setting => KeyValuePair.Create(setting.Key, setting.Last()))).Build();

    // Plays the two routes of a vault that the service asks, over https under a certificate of its own.
    private sealed class Vault : IAsyncDisposable
    {
        private readonly WebApplication app;
        private readonly X509Certificate2 certificate;
        private bool isAway;
        private readonly List<RSA> versions = [RSA.Create(2048)];

        private Vault(WebApplication app, X509Certificate2 certificate) => (this.app, this.certificate) = (app, certificate);

        public string Key { get; private set; } = "";

        public int Answer { get; set; } = 200;

        public List<string> Asked { get; } = [];

        public List<string> Tokens { get; } = [];

        public static async Task<Vault> StartAsync()
        {
            using var rsa = RSA.Create(2048);
            using var made = new CertificateRequest("CN=vault", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                .CreateSelfSigned(TestDatabase.Start.AddYears(-20), TestDatabase.Start.AddYears(20));
            var shown = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(shown)));
            var vault = new Vault(builder.Build(), shown);
            vault.app.Run(vault.AnswerAsync);
            await vault.app.StartAsync();
            vault.Key = $"{vault.app.Urls.First()}/keys/ring";
            return vault;
        }

        public void Renew() => versions.Add(RSA.Create(2048));

        public WrappingKeys Keys(params (string Name, string? Value)[] settings) => WrappingKeys.From(
            Settings([("Keys:AzureKeyVault:KeyId", Key), .. settings]),
            key => new VaultKey(key, new Token(), new HttpClientTransport(new HttpClientHandler
            {
#pragma warning disable MA0039 // The test's own server has a certificate of its own, and that one alone is taken.
                ServerCertificateCustomValidationCallback = (_, presented, _, _) => presented?.Thumbprint == certificate.Thumbprint,
#pragma warning restore MA0039
            })));

        public async ValueTask DisposeAsync()
        {
            if (isAway)
            {
                return;
            }

            isAway = true;
            await app.StopAsync();
            await app.DisposeAsync();
            certificate.Dispose();
            versions.ForEach(version => version.Dispose());
        }

        private async Task AnswerAsync(HttpContext http)
        {
            Tokens.Add(http.Request.Headers.Authorization.ToString());
            var path = http.Request.Path.Value!["/keys/".Length..];
            var deed = path[(path.LastIndexOf('/') + 1)..];
            Asked.Add($"{deed} {path[..^(deed.Length + 1)]}");
            var body = await JsonDocument.ParseAsync(http.Request.Body);
            if (Answer != 200 || http.Request.Query["api-version"] != "7.4" || body.RootElement.GetProperty("alg").GetString() != "RSA-OAEP-256")
            {
                http.Response.StatusCode = Answer == 200 ? 400 : Answer;
                await http.Response.WriteAsJsonAsync(new { error = new { code = "Forbidden", message = "No." } });
                return;
            }

            var version = path.Split('/') is ["ring", var number, _] ? int.Parse(number, null) : versions.Count;
            var value = WebEncoders.Base64UrlDecode(body.RootElement.GetProperty("value").GetString()!);
            var done = deed == "wrapkey" ? versions[version - 1].Encrypt(value, RSAEncryptionPadding.OaepSHA256) : versions[version - 1].Decrypt(value, RSAEncryptionPadding.OaepSHA256);
            await http.Response.WriteAsJsonAsync(new { kid = $"{Key}/{version}", value = WebEncoders.Base64UrlEncode(done) });
        }

        private sealed class Token : TokenCredential
        {
            private static readonly AccessToken Given = new("the-service", DateTimeOffset.MaxValue);

            public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => Given;

            public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(Given);
        }
    }
}
