using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Microsoft.AspNetCore.WebUtilities;

namespace Agency.Api.Data;

/// <summary>
/// An RSA key of an Azure Key Vault, under which the vault wraps and unwraps the secret that encrypts the key ring. The key never leaves the
/// vault; who may use it is the vault's to say.
/// </summary>
/// <remarks>The vault's REST interface, version 7.4. The package that speaks it is not on the feed that builds this.</remarks>
internal sealed class VaultKey
{
    private const string Algorithm = "RSA-OAEP-256";
    private const string Setting = "Keys:AzureKeyVault";

    private readonly Uri key;
    private readonly HttpPipeline pipeline;

    /// <param name="key">Its address, with or without a version: <c>https://harbour.vault.azure.net/keys/ring</c>.</param>
    /// <param name="credential">Who asks.</param>
    /// <param name="transport">How, where it is not the usual way.</param>
    public VaultKey(Uri key, TokenCredential credential, HttpPipelineTransport? transport = null)
    {
        this.key = key;
        var options = new Options { Retry = { MaxRetries = 2, NetworkTimeout = TimeSpan.FromSeconds(15) } };
        options.Transport = transport ?? options.Transport;
        pipeline = HttpPipelineBuilder.Build(options, new BearerTokenAuthenticationPolicy(credential, ScopeOf(key)));
    }

    /// <summary>The key that a setting names, used as whoever the machine or its environment says the service is.</summary>
    public static VaultKey Of(Uri key) => new(key, new DefaultAzureCredential());

    /// <exception cref="InvalidOperationException">It is no address of a key.</exception>
    public static Uri AddressOf(string setting, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var key) && key is { Scheme: "https", Query: "", UserInfo: "" } && key.Segments is ["/", "keys/", _] or ["/", "keys/", _, _]
            ? key
            : throw new InvalidOperationException($"{setting} is no key of an Azure Key Vault: write it as https://<vault>.vault.azure.net/keys/<name>.");

    /// <summary>Whether it is this key, whatever its version, that an address names: no other is ever asked, whatever the ring's file says.</summary>
    public bool Is(string address) => Uri.TryCreate(address, UriKind.Absolute, out var other) && WithoutVersion(other) == WithoutVersion(key);

    /// <summary>Wraps a secret under the newest version, or the one that is set.</summary>
    /// <returns>The version that did, and what became of the secret.</returns>
    /// <exception cref="InvalidOperationException">The vault can't be reached, or denies it.</exception>
    public (string Key, byte[] Wrapped) Wrap(byte[] secret) => Ask(key, "wrapkey", secret);

    /// <summary>Unwraps a secret under the version that wrapped it.</summary>
    /// <inheritdoc cref="Wrap" path="/exception"/>
    public byte[] Unwrap(string version, byte[] wrapped) => Ask(new Uri(version), "unwrapkey", wrapped).Value;

    private (string Key, byte[] Value) Ask(Uri version, string deed, byte[] value)
    {
        using var message = pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Post;
        message.Request.Uri.Reset(new Uri($"{version.AbsoluteUri.TrimEnd('/')}/{deed}?api-version=7.4"));
        message.Request.Headers.Add("Content-Type", "application/json");
        message.Request.Content = RequestContent.Create(JsonSerializer.SerializeToUtf8Bytes(new { alg = Algorithm, value = WebEncoders.Base64UrlEncode(value) }));
        try
        {
            pipeline.Send(message, CancellationToken.None);
            return message.Response.IsError ? throw Denied(deed, message.Response) : Read(message.Response);
        }
        catch (Exception exception) when (exception is RequestFailedException or AuthenticationFailedException or AggregateException)
        {
            throw new InvalidOperationException($"{Setting}: the vault {key.Host} can't be reached, or says nobody who asks: {exception.GetBaseException().Message}", exception);
        }
    }

    private InvalidOperationException Denied(string deed, Response response) => new(
        $"{Setting}: the vault {key.Host} does not {deed} with {key.AbsolutePath} ({response.Status} {response.ReasonPhrase}): the service needs the rights to wrap and to unwrap keys, and the key must be there and enabled.");

    private (string Key, byte[] Value) Read(Response response)
    {
        try
        {
            using var answer = JsonDocument.Parse(response.Content);
            return (answer.RootElement.GetProperty("kid").GetString()!, WebEncoders.Base64UrlDecode(answer.RootElement.GetProperty("value").GetString()!));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidOperationException($"{Setting}: what answers at {key.Host} is no Key Vault.", exception);
        }
    }

    // The resource is the cloud's: vault.azure.net, vault.azure.cn, managedhsm.azure.net.
    private static string ScopeOf(Uri key) => $"https://{key.Host[(key.Host.IndexOf('.', StringComparison.Ordinal) + 1)..]}/.default";

    private static string WithoutVersion(Uri key) => key.GetLeftPart(UriPartial.Authority) + string.Concat(key.Segments.Take(3)).TrimEnd('/');

    private sealed class Options : ClientOptions;
}
