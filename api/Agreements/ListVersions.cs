using System.Buffers.Binary;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Agreements;

/// <summary>What an agreement said from one change to the next.</summary>
/// <param name="Version">1 at first, one more with each change.</param>
/// <param name="Title">What both sides called it.</param>
/// <param name="ValidFrom">First day on which it held.</param>
/// <param name="ValidTo">Last day on which it held; open-ended when absent.</param>
/// <param name="Terms">What was agreed on.</param>
/// <param name="CreatedAt">When the version was made.</param>
public sealed record AgreementVersion(int Version, string Title, DateOnly ValidFrom, DateOnly? ValidTo, AgreementTerms Terms, DateTimeOffset CreatedAt);

/// <summary>Either side lists the versions of an agreement: what assignments of any age run under.</summary>
internal static class ListVersions
{
    private static readonly SidedSql Page = new("""
        SELECT TOP (@take) v.version, v.title, v.valid_from, v.valid_to, v.terms, v.created_at
        FROM agreement_version AS v
        WHERE v.{side} = @tenant AND v.agreement_id = @id AND v.version > @after
        ORDER BY v.version
        """);

    public static void Map(RouteGroupBuilder agreements) => agreements.MapGet("/{id}/versions", HandleAsync)
        .Describe("Agreements_ListVersions", Scopes.AgreementsRead, "List an agreement's versions", "Every version of the agreement, the first one first.")
        .Returns<Page<AgreementVersion>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, AgreementProblems.NotFound);

    private static async Task<Answer<Page<AgreementVersion>>> HandleAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        _ = await Get.FindAsync(work, id, cancellation) ?? throw AgreementProblems.NotFound.Refuse();
        var after = cursors.AfterKey(http, work, page) is { } key ? BinaryPrimitives.ReadInt32BigEndian(key) : 0;
        var rows = await work.Db.ListAsync<Row>(work.Side(Page), new { tenant = work.Tenant, id, after, take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => KeyOf(row.Version), row => row.View()));
    }

    private static byte[] KeyOf(int version)
    {
        var key = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(key, version);
        return key;
    }

    private sealed record Row(int Version, string Title, DateOnly ValidFrom, DateOnly? ValidTo, string Terms, DateTimeOffset CreatedAt)
    {
        public AgreementVersion View() => new(Version, Title, ValidFrom, ValidTo, AgreementTerms.Read(Terms), CreatedAt);
    }
}
