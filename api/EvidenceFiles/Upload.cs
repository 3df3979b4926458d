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
internal sealed class ReceivedEvidence(IEvidenceStore store, Id id, int bank, string mediaType, long bytes, byte[] sha256) : IAsyncDisposable
{
    private bool kept;

    public Id Id => id;

    public int Bank => bank;

    public string MediaType => mediaType;

    public long Bytes => bytes;

    public byte[] Sha256 => sha256;

    /// <summary>From here on the file belongs to its row. Should the commit still fail, the sweep removes it.</summary>
    public void Keep() => kept = true;

    public async ValueTask DisposeAsync()
    {
        if (!kept)
        {
            await store.DeleteAsync(id, CancellationToken.None);
        }
    }
}

/// <summary>
/// Receives evidence before the transaction opens, so that a slow sender or store holds no lock. It is small enough to be held while it is
/// looked at; what can be refused without it is refused first.
/// </summary>
internal static class Upload
{
    private static readonly Sql FindBank = new("SELECT bank_id FROM settlement_proposal WHERE agency_id = @tenant AND id = @id");

    public static async Task ReceiveAsync(HttpContext http, Caller caller)
    {
        var services = http.RequestServices;
        var bank = await FindBankAsync(http, caller, services.GetRequiredService<Database>());
        CheckKind(http.Request.Query["kind"]);
        var mediaType = TypeOf(http);
        var content = await ReadAsync(http, services.GetRequiredService<EvidenceSettings>().MaxBytes);
        if (!EvidenceContent.Is(mediaType, content))
        {
            throw EvidenceFileProblems.NotWhatItSays.Refuse();
        }

        var (store, id, sha256) = (services.GetRequiredService<IEvidenceStore>(), services.GetRequiredService<Ids>().New(), SHA256.HashData(content));
        var received = new ReceivedEvidence(store, id, bank, mediaType, content.Length, sha256);
        http.Response.RegisterForDisposeAsync(received);
        await store.PutAsync(id, services.GetRequiredService<PrivateFields>().Encrypt(bank, "evidence_file", "content", id, content), http.RequestAborted);
        CryptographicOperations.ZeroMemory(content);
        http.Features.Set(received);
        http.Features.Set(new RequestDigest(SHA256.HashData([.. sha256, .. Encoding.UTF8.GetBytes($"{mediaType}|{http.Request.Query["kind"]}|{http.Request.Query["name"]}")])));
    }

    private static async Task<int> FindBankAsync(HttpContext http, Caller caller, Database database)
    {
        if (caller.Tenant.Kind != TenantKind.Agency)
        {
            throw HttpProblems.WrongTenantKind.Refuse();
        }

        _ = Id.TryParse(http.GetRouteValue("id") as string, null, out var proposal);
        await using var session = await database.OpenAsync(caller.Context, write: false, http.RequestAborted);
        return await session.FindAsync<int?>(FindBank, new { tenant = caller.Tenant.Number, id = proposal }, http.RequestAborted) ?? throw SettlementProposalProblems.NotFound.Refuse();
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
