using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.EvidenceFiles;

/// <summary>Whoever may read evidence gets an address to fetch it from, for a quarter of an hour.</summary>
internal static class MakeLink
{
    public static void Map(RouteGroupBuilder files) => files.MapPost("/{id}/download-links", HandleAsync)
        .Describe("EvidenceFiles_CreateLink", Scopes.EvidenceFilesRead, "Get a link to an evidence file", "An address that needs no token, good for 15 minutes and for as long as whoever asked sees the file. Each link, and each fetch by it, is logged.")
        .Returns<EvidenceLink>(StatusCodes.Status201Created)
        .Refuses(EvidenceFileProblems.IsErased)
        .On(Get.ReadAsync, EvidenceFileProblems.NotFound);

    private static async Task<Answer<EvidenceLink>> HandleAsync(Id id, Work work, EvidenceLinks links, HttpContext http, CancellationToken cancellation)
    {
        var file = await Get.FindAsync(work, id, cancellation) ?? throw EvidenceFileProblems.NotFound.Refuse();
        if (file.IsErased)
        {
            throw EvidenceFileProblems.IsErased.Refuse();
        }

        var expires = DateTimeOffset.FromUnixTimeSeconds((work.Now + EvidenceLinks.GoodFor).ToUnixTimeSeconds());
        await work.AuditAsync("evidence_file.link_made", id);
        var path = $"/evidence-downloads/{links.Write(new(id, work.Caller.Context, expires))}";
        return Answer.Created(path, new EvidenceLink($"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}{path}", expires));
    }
}
