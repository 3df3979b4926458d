using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agency.Sdk;

/// <summary>Proves that a message came from the service and is fresh, by the Standard Webhooks specification, version v1.</summary>
/// <remarks>Safe to share between threads. Remember the ids of what was handled for a day: a message may come twice.</remarks>
public sealed class WebhookVerifier
{
    private const string Prefix = "whsec_";
    private const string Version = "v1,";
    private readonly byte[][] secrets;
    private readonly TimeProvider clock;
    private readonly TimeSpan tolerance;

    /// <summary>A verifier by the subscription's secret.</summary>
    /// <param name="secret">The secret as it was shown, <c>whsec_…</c>; while one is exchanged, both, separated by a space.</param>
    /// <param name="tolerance">How old a message may be; 5 minutes when absent.</param>
    /// <param name="clock">The time; the system's when absent.</param>
    /// <exception cref="ArgumentException">The secret is not one.</exception>
    public WebhookVerifier(string secret, TimeSpan? tolerance = null, TimeProvider? clock = null)
    {
        _ = secret ?? throw new ArgumentNullException(nameof(secret));
        secrets = [.. secret.Split([' '], StringSplitOptions.RemoveEmptyEntries).Select(Decode)];
        if (secrets.Length == 0)
        {
            throw NoSecret(secret, null);
        }

        this.tolerance = tolerance ?? TimeSpan.FromMinutes(5);
        this.clock = clock ?? TimeProvider.System;
    }

    /// <summary>The message, once it is proved.</summary>
    /// <param name="body">The body exactly as it came, before anything has read it as JSON.</param>
    /// <param name="id">The header <c>webhook-id</c>.</param>
    /// <param name="timestamp">The header <c>webhook-timestamp</c>.</param>
    /// <param name="signature">The header <c>webhook-signature</c>.</param>
    /// <exception cref="WebhookVerificationException">Answer 400 and do nothing: it is not from the service, was altered, or is too old.</exception>
    public WebhookMessage Verify(byte[] body, string? id, string? timestamp, string? signature)
    {
        _ = body ?? throw new ArgumentNullException(nameof(body));
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(signature)
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            throw new WebhookVerificationException("The headers webhook-id, webhook-timestamp or webhook-signature are missing or not as they should be.");
        }

        if ((clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > tolerance)
        {
            throw new WebhookVerificationException("The message is too old, or from the future: it may be a replay, or a clock is wrong.");
        }

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        if (!secrets.Any(secret => IsSigned(signed, secret, signature!)))
        {
            throw new WebhookVerificationException("No signature fits: the secret is another's, or the message was altered.");
        }

        return Read(body, id!);
    }

    private static bool IsSigned(byte[] signed, byte[] secret, string signature)
    {
        using var hmac = new HMACSHA256(secret);
        var expected = Encoding.ASCII.GetBytes(Version + Convert.ToBase64String(hmac.ComputeHash(signed)));
        return signature.Split(' ').Any(given => AreEqual(expected, Encoding.UTF8.GetBytes(given)));
    }

    // In a time that tells nothing of where they differ.
    private static bool AreEqual(byte[] expected, byte[] given)
    {
        var difference = expected.Length ^ given.Length;
        for (var i = 0; i < expected.Length && i < given.Length; i++)
        {
            difference |= expected[i] ^ given[i];
        }

        return difference == 0;
    }

    private static WebhookMessage Read(byte[] body, string id)
    {
        try
        {
            var message = JsonSerializer.Deserialize(body, WebhookJson.Default.WebhookMessage) ?? throw new JsonException("It is empty.");
            message.MessageId = id;
            return message;
        }
        catch (JsonException unreadable)
        {
            throw new WebhookVerificationException("The message is signed, but can't be read: " + unreadable.Message, unreadable);
        }
    }

    private static byte[] Decode(string secret)
    {
        try
        {
            var bytes = Convert.FromBase64String(secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret.Substring(Prefix.Length) : secret);
            return bytes.Length > 0 ? bytes : throw NoSecret(secret, null);
        }
        catch (FormatException wrong)
        {
            throw NoSecret(secret, wrong);
        }
    }

    // The secret itself is in no message.
    private static ArgumentException NoSecret(string secret, Exception? inner) => new("The secret is not one: it is written whsec_ and then base64.", nameof(secret), inner);
}

/// <summary>A message that is not to be trusted, or can't be read.</summary>
public sealed class WebhookVerificationException : Exception
{
    internal WebhookVerificationException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>What happened to which thing. It holds nothing of the thing itself: read that with the caller's own token.</summary>
public sealed class WebhookMessage
{
    /// <summary>The message's own id: the same one may come twice.</summary>
    [JsonIgnore]
    public string MessageId { get; internal set; } = "";

    /// <summary>The deed as <c>noun.verb</c>, such as <c>repayment.confirmed</c>; <c>webhook.test</c> for a test.</summary>
    [JsonPropertyName("type")]
    public string Type { get; set; } = "";

    /// <summary>When it happened.</summary>
    [JsonPropertyName("timestamp")]
    public DateTimeOffset Timestamp { get; set; }

    /// <summary>What it happened to.</summary>
    [JsonPropertyName("data")]
    public WebhookData Data { get; set; } = new();
}

/// <summary>What an event happened to.</summary>
public sealed class WebhookData
{
    /// <summary>The event, as <see cref="EventsClient"/> lists it.</summary>
    [JsonPropertyName("eventId")]
    public Guid? EventId { get; set; }

    /// <summary>What kind of thing, such as <c>repayment</c>.</summary>
    [JsonPropertyName("kind")]
    public string Kind { get; set; } = "";

    /// <summary>The thing.</summary>
    [JsonPropertyName("id")]
    public Guid Id { get; set; }

    /// <summary>The case it happened in.</summary>
    [JsonPropertyName("caseId")]
    public Guid? CaseId { get; set; }

    /// <summary>The account it happened to.</summary>
    [JsonPropertyName("accountId")]
    public Guid? AccountId { get; set; }
}

[JsonSerializable(typeof(WebhookMessage))]
internal sealed partial class WebhookJson : JsonSerializerContext;
