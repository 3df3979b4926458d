using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.AuditLog;

/// <summary>A tenant reads its own audit log.</summary>
internal static class List
{
    private static readonly Sql Page = new($"""
        SELECT TOP (@take) {AuditLogRow.Columns}
        FROM audit_entry AS e
        LEFT JOIN audit_seal AS s ON s.tenant_id = e.tenant_id AND s.entry_id = e.id
        WHERE e.tenant_id = @tenant AND e.id > @after AND e.id < @end AND {AuditLogFilter.Condition}
        ORDER BY e.id
        """);

    private static readonly Sql PageOfSubject = new($"""
        SELECT TOP (@take) {AuditLogRow.Columns}
        FROM audit_entry AS e
        LEFT JOIN audit_seal AS s ON s.tenant_id = e.tenant_id AND s.entry_id = e.id
        WHERE e.tenant_id = @tenant AND e.subject_id = @subject AND e.id > @after AND e.id < @end AND {AuditLogFilter.Condition}
        ORDER BY e.id
        """);

    public static void Map(RouteGroupBuilder log) => log.MapGet("/", HandleAsync)
        .Describe("AuditEntries_List", Scopes.AuditLogRead, "List the audit log", "What the caller's people and clients did, and what the system did for them, oldest first; writes that were refused too.")
        .Returns<Page<AuditLogEntry>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static async Task<Answer<Page<AuditLogEntry>>> HandleAsync(
        [AsParameters] PageQuery page, [AsParameters] AuditLogFilter filter, Work work, Cursors cursors, AuditWriter audit, HttpContext http, CancellationToken cancellation)
    {
        var after = cursors.After(http, work, page);
        var sql = filter.SubjectId is null ? Page : PageOfSubject;
        var rows = await work.Db.ListAsync<AuditLogRow>(sql, filter.With(work.Tenant, page.Take, after > filter.FirstId ? after : filter.FirstId), cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(audit)));
    }
}
