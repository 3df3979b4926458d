using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Agency.Api.Imports;

/// <summary>A file on its way in: encrypted in the spool, and removed again unless its import is written.</summary>
internal sealed class ReceivedFile(Spool spool, int tenant, Id id, ImportFormat format, bool compressed) : IDisposable
{
    private bool kept;

    public Id Id => id;

    public ImportFormat Format => format;

    public bool Compressed => compressed;

    public long Bytes { get; set; }

    public byte[] Sha256 { get; set; } = [];

    public SpoolWriter Open() => spool.Create(tenant, id);

    /// <summary>From here on the file belongs to its import. Should the commit still fail, the sweep removes it.</summary>
    public void Keep() => kept = true;

    public void Dispose()
    {
        if (!kept)
        {
            spool.Delete(id);
        }
    }
}

/// <summary>
/// Receives a file before the transaction opens, so that a slow sender holds no lock. What can be refused is refused before
/// the body is read.
/// </summary>
internal static class Upload
{
    private const int ChunkBytes = 64 * 1024;

    private static readonly Dictionary<string, ImportFormat> Formats = new(StringComparer.OrdinalIgnoreCase)
    {
        ["text/csv"] = ImportFormat.Csv,
        ["application/x-ndjson"] = ImportFormat.Ndjson,
    };

    public static string[] ContentTypes => [.. Formats.Keys];

    public static async Task ReceiveAsync(HttpContext http, Caller caller)
    {
        var services = http.RequestServices;
        await CheckAsync(http, caller, services.GetRequiredService<Database>(), services.GetRequiredService<TimeProvider>());
        var max = services.GetRequiredService<ImportSettings>().MaxBytes;
        if (http.Request.ContentLength > max)
        {
            throw TooLarge(max);
        }

        var file = new ReceivedFile(services.GetRequiredService<Spool>(), caller.Tenant.Number, services.GetRequiredService<Ids>().New(), FormatOf(http), IsCompressed(http));
        http.Response.RegisterForDispose(file);
        await StoreAsync(http, file, max);
        http.Features.Set(file);
        http.Features.Set(new RequestDigest(DigestOf(http, file)));
    }

    private static async Task CheckAsync(HttpContext http, Caller caller, Database database, TimeProvider clock)
    {
        if (!caller.IsBank)
        {
            throw HttpProblems.WrongTenantKind.Refuse();
        }

        _ = Id.TryParse(http.GetRouteValue("id") as string, null, out var portfolio);
        await using (var session = await database.OpenAsync(caller.Context, write: false, http.RequestAborted))
        {
            await Create.FindPortfolioAsync(session, caller.Tenant.Number, portfolio, http.RequestAborted);
        }

        CheckAsOf(http.Request.Query["as_of"], clock);
        _ = ModeOf(http.Request.Query["mode"]);
        _ = FormatOf(http);
        _ = IsCompressed(http);
    }

    // A bank east of Greenwich is a day ahead of UTC for part of it.
    private static void CheckAsOf(string? text, TimeProvider clock)
    {
        if (text is null)
        {
            return;
        }

        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var asOf))
        {
            throw HttpProblems.Invalid.Refuse(new FieldError("?as_of", Fault.DateInvalid, "Write the date as 2005-09-30."));
        }

        if (asOf > DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(1))
        {
            throw HttpProblems.Invalid.Refuse(new FieldError("?as_of", Fault.DateInFuture, "The date is in the future."));
        }
    }

    /// <summary>What a file may do, by the query's word for it.</summary>
    public static ImportMode ModeOf(string? word) => word switch
    {
        null or "new" => ImportMode.New,
        "refresh" => ImportMode.Refresh,
        "both" => ImportMode.Both,
        _ => throw HttpProblems.Invalid.Refuse(new FieldError("?mode", "mode.unknown", "The mode is new, refresh or both.")),
    };

    private static ImportFormat FormatOf(HttpContext http) =>
        MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type)
        && Formats.TryGetValue(type.MediaType.ToString(), out var format)
        && type.Charset.ToString().Trim('"').ToUpperInvariant() is "" or "UTF-8" or "UTF8" or "US-ASCII"
            ? format
            : throw HttpProblems.UnsupportedMediaType.Refuse($"Send {string.Join(" or ", Formats.Keys)} in UTF-8.");

    private static bool IsCompressed(HttpContext http) => http.Request.Headers.ContentEncoding.ToString().Trim().ToUpperInvariant() switch
    {
        "" or "IDENTITY" => false,
        "GZIP" => true,
        _ => throw HttpProblems.UnsupportedMediaType.Refuse("Content-Encoding must be gzip or absent."),
    };

    private static async Task StoreAsync(HttpContext http, ReceivedFile file, long max)
    {
        // The server's own limit is meant for JSON; ours is counted below.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            await using var writer = file.Open();
            int read;
            while ((read = await http.Request.Body.ReadAsync(chunk, http.RequestAborted)) > 0)
            {
                file.Bytes += read;
                if (file.Bytes > max)
                {
                    throw TooLarge(max);
                }

                sha256.AppendData(chunk, 0, read);
                await writer.WriteAsync(chunk.AsMemory(0, read), http.RequestAborted);
            }

            await writer.CompleteAsync(http.RequestAborted);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk, clearArray: true);
        }

        if (file.Bytes == 0)
        {
            throw HttpProblems.Malformed.Refuse("The file is empty.");
        }

        file.Sha256 = sha256.GetHashAndReset();
    }

    // The same file read otherwise is another request.
    private static byte[] DigestOf(HttpContext http, ReceivedFile file) => SHA256.HashData(
        [.. file.Sha256, .. Encoding.UTF8.GetBytes($"{file.Format}|{file.Compressed}|{http.Request.Query["as_of"]}|{http.Request.Query["mode"]}|{http.Request.Query["start"]}")]);

    private static ProblemException TooLarge(long max) =>
        HttpProblems.TooLarge.Refuse(string.Create(CultureInfo.InvariantCulture, $"A file may have at most {max} bytes."));
}
