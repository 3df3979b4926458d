using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.SettlementProposals;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Agency.Api.EvidenceFiles;

/// <summary>Evidence on its way in: kept encrypted in the store, and removed again unless its row is written.</summary>
internal sealed partial class ReceivedEvidence(IEvidenceStore store, EvidenceName name, string mediaType, long bytes, byte[] sha256, ILogger<ReceivedEvidence> log) : IAsyncDisposable
{
    private bool kept;

    public Id Id => name.File;

    public string MediaType => mediaType;

    public long Bytes => bytes;

    public byte[] Sha256 => sha256;

    /// <summary>From here on the file belongs to its row. Should the commit still fail, the sweep removes it.</summary>
    public void Keep() => kept = true;

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!kept)
            {
                await store.DeleteAsync(name, CancellationToken.None);
            }
        }
        catch (EvidenceStoreException exception)
        {
            // The request has its answer.
            LogLeft(exception, name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name} has no row and was not removed; the sweep does it")]
    private partial void LogLeft(Exception exception, EvidenceName name);
}

/// <summary>
/// Receives evidence before the transaction opens, so that a slow sender or store holds no lock. It is small enough to be held while it is
/// looked at; what can be refused without it is refused first.
/// </summary>
internal static class Upload
{
    /// <summary>What the file is called, in the header that no log of ours or of a proxy writes down: a name may say whose it is.</summary>
    public const string NameHeader = "File-Name";

    private static readonly Sql FindBank = new("SELECT bank_id FROM settlement_proposal WHERE agency_id = @tenant AND id = @id");

    public static string NameIn(string? header) => Uri.UnescapeDataString(header ?? "");

    public static async Task ReceiveAsync(HttpContext http, Caller caller)
    {
        var services = http.RequestServices;
        var bank = await FindBankAsync(http, caller);
        CheckKind(http.Request.Query["kind"]);
        var mediaType = TypeOf(http);
        var content = await ReadAsync(http, services.GetRequiredService<EvidenceSettings>().MaxBytes);
        if (!EvidenceContent.Is(mediaType, content))
        {
            throw EvidenceFileProblems.NotWhatItSays.Refuse();
        }

        var sha256 = SHA256.HashData(content);
        await KeepAsync(http, bank, mediaType, content, sha256);
        http.Features.Set(new RequestDigest(SHA256.HashData([.. sha256, .. Encoding.UTF8.GetBytes($"{mediaType}|{http.Request.Query["kind"]}|{NameIn(http.Request.Headers[NameHeader])}")])));
    }

    // What a store that failed may have kept nevertheless is left to the sweep: it would only fail again, and the caller waits.
    private static async Task KeepAsync(HttpContext http, TenantInfo bank, string mediaType, byte[] content, byte[] sha256)
    {
        var services = http.RequestServices;
        var store = services.GetRequiredService<IEvidenceStore>();
        var name = new EvidenceName(bank.Id, services.GetRequiredService<Ids>().New());
        var sealed_ = services.GetRequiredService<PrivateFields>().Encrypt(bank.Number, "evidence_file", "content", name.File, content);
        CryptographicOperations.ZeroMemory(content);
        await store.PutAsync(name, sealed_, http.RequestAborted);
        var received = new ReceivedEvidence(store, name, mediaType, content.Length, sha256, services.GetRequiredService<ILogger<ReceivedEvidence>>());
        http.Response.RegisterForDisposeAsync(received);
        http.Features.Set(received);
    }

    private static async Task<TenantInfo> FindBankAsync(HttpContext http, Caller caller)
    {
        if (caller.Tenant.Kind != TenantKind.Agency)
        {
            throw HttpProblems.WrongTenantKind.Refuse();
        }

        var (services, cancellation) = (http.RequestServices, http.RequestAborted);
        _ = Id.TryParse(http.GetRouteValue("id") as string, null, out var proposal);
        int? bank;
        await using (var session = await services.GetRequiredService<Database>().OpenAsync(caller.Context, write: false, cancellation))
        {
            bank = await session.FindAsync<int?>(FindBank, new { tenant = caller.Tenant.Number, id = proposal }, cancellation);
        }

        return await services.GetRequiredService<TenantStore>().FindAsync(bank ?? throw SettlementProposalProblems.NotFound.Refuse(), cancellation)
            ?? throw new InvalidOperationException("The proposal's bank is not there.");
    }

    private static void CheckKind(string? word)
    {
        var words = Enum.GetValues<EvidenceKind>().Select(Words.Of).ToList();
        if (!words.Contains(word ?? "", StringComparer.Ordinal))
        {
            throw HttpProblems.Invalid.Refuse(new FieldError("?kind", "kind.unknown", $"The kind is one of {string.Join(", ", words)}."));
        }
    }

    private static string TypeOf(HttpContext http) =>
        MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) && Array.Find(EvidenceContent.MediaTypes, known => type.MediaType.Equals(known, StringComparison.OrdinalIgnoreCase)) is { } found
            ? found
            : throw HttpProblems.UnsupportedMediaType.Refuse($"Send {string.Join(" or ", EvidenceContent.MediaTypes)}.");

    private static async Task<byte[]> ReadAsync(HttpContext http, long max)
    {
        // The server's own limit is meant for JSON; ours is counted here.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        using var content = new MemoryStream();
        var chunk = new byte[64 * 1024];
        int read;
        while ((read = http.Request.ContentLength > max ? chunk.Length : await http.Request.Body.ReadAsync(chunk, http.RequestAborted)) > 0)
        {
            if (http.Request.ContentLength > max || content.Length + read > max)
            {
                throw HttpProblems.TooLarge.Refuse(string.Create(CultureInfo.InvariantCulture, $"An evidence file may have at most {max} bytes."));
            }

            content.Write(chunk, 0, read);
        }

        return content.Length > 0 ? content.ToArray() : throw HttpProblems.Malformed.Refuse("The file is empty.");
    }
}
