using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Agency.Api.Data;
using Agency.Api.Tenancy;

namespace Agency.Api.Http;

/// <summary>The digest of what was sent, by which a second request under one key is told to be the same.</summary>
public sealed record RequestDigest(byte[] Sha256);

/// <summary>
/// A request under an Idempotency-Key acts once. Its record is the first row of its own transaction: whoever comes second
/// waits on that row, then finds the finished answer and gets it byte for byte. A refused request leaves no record.
/// </summary>
internal static class Idempotency
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotency-Replayed";
    private const int MaxKeyLength = 255;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private static readonly Sql InsertRecord = new("""
        INSERT INTO idempotency_record (tenant_id, key_hash, request_hash, created_at)
        VALUES (@tenant, @keyHash, @requestHash, @now)
        """);

    private static readonly Sql FindRecord = new("""
        SELECT request_hash, status, location, body_cipher, created_at
        FROM idempotency_record
        WHERE tenant_id = @tenant AND key_hash = @keyHash
        """);

    private static readonly Sql CompleteRecord = new("""
        UPDATE idempotency_record
        SET status = @status, location = @location, body_cipher = @body
        WHERE tenant_id = @tenant AND key_hash = @keyHash
        """);

    private static readonly Sql DeleteExpired = new("""
        DELETE FROM idempotency_record
        WHERE tenant_id = @tenant AND created_at < @before
        """);

    /// <summary>Hashes a JSON body before the handler reads it, for requests that carry a key.</summary>
    public static async Task DigestBodyAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Headers.ContainsKey(Header) && http.Request.HasJsonContentType())
        {
            // In memory up to the largest body allowed: past that it would lie in a temporary file, in clear.
            http.Request.EnableBuffering(bufferThreshold: (int)JsonBody.MaxBytesOf(http));
            var digest = await SHA256.HashDataAsync(http.Request.Body, http.RequestAborted);
            http.Request.Body.Position = 0;
            http.Features.Set(new RequestDigest(digest));
        }

        await next(http);
    }

    /// <summary>The key of the request, scoped to who sends it and where; null when it has none.</summary>
    public static byte[]? KeyOf(HttpContext http, Caller caller)
    {
        if (HttpMethods.IsGet(http.Request.Method)
            || http.GetEndpoint()?.Metadata.GetMetadata<NeverReplayed>() is not null
            || !http.Request.Headers.TryGetValue(Header, out var values))
        {
            return null;
        }

        var key = values.ToString();
        if (key.Length is 0 or > MaxKeyLength)
        {
            throw HttpProblems.KeyTooLong.Refuse();
        }

        var scope = string.Join('\n', caller.Client, caller.Person?.ToString() ?? "", http.Request.Method, http.Request.Path.Value?.ToLowerInvariant(), key);
        return SHA256.HashData(Encoding.UTF8.GetBytes(scope));
    }

    /// <summary>Claims the key in the open transaction.</summary>
    /// <returns>False when another request has it; this transaction is then of no more use.</returns>
    public static async Task<bool> TryClaimAsync(Work work, Engine engine, byte[] keyHash, byte[] requestHash, CancellationToken cancellation)
    {
        try
        {
            await work.Db.ExecuteAsync(InsertRecord, new { tenant = work.Tenant, keyHash, requestHash, now = work.Now }, cancellation);
            return true;
        }
        catch (DbException exception) when (engine.IsDuplicate(exception))
        {
            return false;
        }
    }

    /// <summary>The finished answer under the key; null when its week is over (and it is forgotten now).</summary>
    public static async Task<StoredAnswer?> FindAsync(Work work, byte[] keyHash, byte[] requestHash, CancellationToken cancellation)
    {
        var record = await work.Db.FindAsync<Record>(FindRecord, new { tenant = work.Tenant, keyHash }, cancellation);
        if (record is null || record.CreatedAt < work.Now - Kept)
        {
            return null;
        }

        if (!CryptographicOperations.FixedTimeEquals(record.RequestHash, requestHash))
        {
            throw HttpProblems.KeyReused.Refuse();
        }

        var body = record.BodyCipher is null ? [] : work.PrivateFields.DecryptBytes(work.Tenant, "idempotency_record", "body_cipher", Place(keyHash), record.BodyCipher);
        return new StoredAnswer(record.Status ?? StatusCodes.Status200OK, record.Location, body) { GivenAt = record.CreatedAt };
    }

    public static Task CompleteAsync(Work work, byte[] keyHash, StoredAnswer answer, CancellationToken cancellation) => work.Db.ExecuteAsync(CompleteRecord, new
    {
        tenant = work.Tenant,
        keyHash,
        status = answer.Status,
        location = answer.Location,
        body = work.PrivateFields.Encrypt(work.Tenant, "idempotency_record", "body_cipher", Place(keyHash), answer.Body),
    }, cancellation);

    /// <summary>Forgets the tenant's records that are over a week old.</summary>
    public static Task ForgetExpiredAsync(Session db, int tenant, DateTimeOffset now, CancellationToken cancellation) =>
        db.ExecuteAsync(DeleteExpired, new { tenant, before = now - Kept }, cancellation);

    private static Id Place(byte[] keyHash) => Id.FromBytes(keyHash.AsSpan(0, 16));

    private sealed record Record(byte[] RequestHash, int? Status, string? Location, byte[]? BodyCipher, DateTimeOffset CreatedAt);
}

/// <summary>An answer as bytes: what is sent now, and again on a replay.</summary>
internal sealed record StoredAnswer(int Status, string? Location, byte[] Body)
{
    /// <summary>When it was given first; null for one that is new.</summary>
    public DateTimeOffset? GivenAt { get; init; }
}
