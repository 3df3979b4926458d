using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Microsoft.Net.Http.Headers;

namespace Agency.Api.EvidenceFiles;

/// <summary>Follows a link to an evidence file, as whoever asked for it: by then they may not see it any more.</summary>
internal static class Download
{
    private static readonly SidedSql Find = new($"SELECT {EvidenceFileRow.Columns} FROM {EvidenceFileRow.Tables} WHERE e.{{side}} = @tenant AND e.id = @id");

    public static void MapEvidenceDownloads(this WebApplication app) => app.MapGet("/evidence-downloads/{token}", HandleAsync).ExcludeFromDescription();

    private static async Task HandleAsync(
        string token, HttpContext http, EvidenceLinks links, Database database, PrivateFields fields, IEvidenceStore store, TenantStore tenants, AuditWriter audit, Ids ids, TimeProvider clock)
    {
        var cancellation = http.RequestAborted;
        var now = clock.GetUtcNow();
        var file = links.Read(token) is { } grant && grant.ExpiresAt > now
            ? await OpenAsync(grant, database, audit, new AuditEntry(grant.As.Tenant, ids.New(), now, "evidence_file.downloaded", grant.File, Person: grant.As.Person, From: http.Connection.RemoteIpAddress), cancellation)
            : null;
        if (file is null || await FindAsync(file, store, tenants, cancellation) is not { } kept)
        {
            await ProblemWriter.WriteAsync(http, EvidenceFileProblems.LinkExpired);
            return;
        }

        // Opened whole before the first byte is sent: what was altered is not sent at all.
        var content = fields.DecryptBytes(file.BankId, "evidence_file", "content", file.Id, kept);
        var response = http.Response;
        response.ContentType = file.MediaType;
        response.ContentLength = content.Length;
        response.GetTypedHeaders().ContentDisposition = NameOf(file.NameOf(fields));
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        await response.Body.WriteAsync(content, cancellation);
    }

    private static async Task<byte[]?> FindAsync(EvidenceFileRow file, IEvidenceStore store, TenantStore tenants, CancellationToken cancellation)
    {
        var bank = await tenants.FindAsync(file.BankId, cancellation) ?? throw new InvalidOperationException("The file's bank is not there.");
        return await store.FindAsync(new(bank.Id, file.Id), cancellation);
    }

    private static async Task<EvidenceFileRow?> OpenAsync(EvidenceGrant grant, Database database, AuditWriter audit, AuditEntry done, CancellationToken cancellation)
    {
        await using var session = await database.OpenAsync(grant.As, write: true, cancellation);
        var side = grant.As.Kind == TenantKind.Bank ? Find.Bank : Find.Agency;
        if (await session.FindAsync<EvidenceFileRow>(side, new { tenant = grant.As.Tenant, id = grant.File }, cancellation) is not { IsErased: false } file)
        {
            return null;
        }

        await audit.WriteAsync(session, done);
        await session.CommitAsync(cancellation);
        return file;
    }

    private static ContentDispositionHeaderValue NameOf(string name)
    {
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(name);
        return disposition;
    }
}
