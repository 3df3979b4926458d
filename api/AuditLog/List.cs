using System.ComponentModel;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.AuditLog;

/// <summary>A tenant reads its own audit log, and of the other side's what concerns its cases.</summary>
internal static class List
{
    private const string Own = "own";
    private const string Other = "other";

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

    // Which of them the caller sees the database says: an agency those of its open cases, a bank all of its cases.
    private static readonly Sql PageOfOther = new($"""
        SELECT TOP (@take) e.id, e.occurred_at, e.person_id, e.action, e.subject_id, e.changes, e.case_id
        FROM audit_entry AS e
        WHERE e.shared_with = @tenant AND e.id > @after AND e.id < @end AND {AuditLogFilter.Condition} AND (@subject IS NULL OR e.subject_id = @subject)
        ORDER BY e.id
        """);

    public static void Map(RouteGroupBuilder log) => log.MapGet("/", HandleAsync)
        .Describe("AuditEntries_List", Scopes.AuditLogRead, "List the audit log", "What the caller's people and clients did, and what the system did for them, oldest first; what was refused too. With side=other what the other side did in the caller's cases: a bank reads it for good, an agency while the case is open; without addresses, clients and what is internal to that side.")
        .Returns<Page<AuditLogEntry>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid);

    private static async Task<Answer<Page<AuditLogEntry>>> HandleAsync(
        [AsParameters] PageQuery page,
        [AsParameters] AuditLogFilter filter,
        [FromQuery(Name = "side"), Description("Whose deeds: own (when absent), or other for what the agencies or banks across did in the caller's cases.")] string? side,
        Work work,
        Cursors cursors,
        AuditWriter audit,
        HttpContext http,
        CancellationToken cancellation)
    {
        var after = cursors.After(http, work, page);
        if (IsOther(side, filter))
        {
            var others = await work.Db.ListAsync<OtherSidesRow>(PageOfOther, filter.With(work.Tenant, page.Take, after > filter.FirstId ? after : filter.FirstId), cancellation);
            return Answer.Ok(cursors.Cut(http, work, page, others, row => row.Id, row => row.View()));
        }

        var sql = filter.SubjectId is null ? Page : PageOfSubject;
        var rows = await work.Db.ListAsync<AuditLogRow>(sql, filter.With(work.Tenant, page.Take, after > filter.FirstId ? after : filter.FirstId), cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(audit)));
    }

    private static bool IsOther(string? side, AuditLogFilter filter)
    {
        if (side is not (null or Own or Other))
        {
            throw HttpProblems.Malformed.Refuse(new FieldError("?side", "unknown", $"One of {Own}, {Other}."));
        }

        // Through which client the other side acted is its own to know, and not to be found out by asking.
        return side != Other || filter.ClientId is null
            ? side == Other
            : throw HttpProblems.Malformed.Refuse(new FieldError("?client_id", "own_alone", "The other side's clients are not told."));
    }
}
