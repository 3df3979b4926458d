namespace Agency.Sdk;

/// <summary>What one call has beyond its operation.</summary>
public sealed class CallOptions
{
    /// <summary>
    /// The key under which the call acts once, however often it is sent: at most 255 characters, kept for 7 days. Each call that may be retried has one of
    /// its own when absent; give one where the process may end before the answer came.
    /// </summary>
    public string? IdempotencyKey { get; set; }

    /// <summary>More headers, such as <c>Accept-Language</c> or <c>If-None-Match</c>.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>A call under this idempotency key, or under one of its own where it is absent.</summary>
    public static CallOptions WithKey(string? idempotencyKey) => new() { IdempotencyKey = idempotencyKey };
}
