using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.AuditLog;

/// <summary>A tenant takes its audit log along as CSV. What is sealed does not change, so the file is the same however often it is read.</summary>
internal static class GetCsv
{
    private const string ContentType = Statements.GetCsv.ContentType;
    private const int PageSize = 500;
    private const string Header = "seal_number,id,occurred_at,action,subject_id,detail,person_id,client_id,address,trace_id,changes";

    private static readonly Sql FindLast = new("SELECT COALESCE(MAX(number), 0) FROM audit_seal WHERE tenant_id = @tenant");

    private static readonly Sql Page = new($"""
        SELECT TOP (@take) {AuditLogRow.Columns}
        FROM audit_seal AS s
        INNER JOIN audit_entry AS e ON e.tenant_id = s.tenant_id AND e.id = s.entry_id
        WHERE s.tenant_id = @tenant AND s.number > @afterNumber AND s.number <= @last AND {AuditLogFilter.Condition} AND (@subject IS NULL OR e.subject_id = @subject)
        ORDER BY s.number
        """);

    public static void Map(RouteGroupBuilder log) => log.MapGet("/export", HandleAsync)
        .Describe("AuditEntries_GetCsv", Scopes.AuditLogRead, "Read the audit log as CSV", "The sealed entries in the order of their seals, then a trailer with their count. UTF-8 with a byte order mark; text that a spreadsheet would take for a formula has an apostrophe before it. What was done in the last second comes with the next export.")
        .ReturnsFile(ContentType, "The file, sent while it is read.");

    private static async Task<Answer> HandleAsync([AsParameters] AuditLogFilter filter, Work work, AuditWriter audit, CancellationToken cancellation)
    {
        var last = await work.Db.FindAsync<long>(FindLast, new { tenant = work.Tenant }, cancellation);
        var name = string.Create(CultureInfo.InvariantCulture, $"audit-log-{work.Caller.Tenant.Code}-{last}.csv");
        var tenant = work.Tenant;
        return new FileAnswer($"{ContentType}; charset=utf-8", name, (reader, stream, stop) => WriteAsync(EntriesAsync(reader, filter, tenant, last, stop), audit, stream, stop));
    }

    private static async Task WriteAsync(IAsyncEnumerable<AuditLogRow> rows, AuditWriter audit, Stream stream, CancellationToken cancellation)
    {
        await using var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true) { NewLine = "\r\n" };
        await text.WriteLineAsync(Header.AsMemory(), cancellation);
        var count = 0L;
        await foreach (var row in rows.WithCancellation(cancellation))
        {
            count++;
            var entry = row.View(audit);
            await text.WriteLineAsync(string.Join(
                ',', Number(entry.SealNumber!.Value), entry.Id, entry.OccurredAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), Statements.GetCsv.Cell(entry.Action),
                entry.SubjectId?.ToString(), Statements.GetCsv.Cell(entry.Detail), entry.PersonId?.ToString(), Statements.GetCsv.Cell(entry.ClientId), Statements.GetCsv.Cell(entry.Address), Statements.GetCsv.Cell(entry.TraceId), Statements.GetCsv.Cell(row.Changes)));
        }

        await text.WriteLineAsync($"trailer,{Number(count)},,,,,,,,,".AsMemory(), cancellation);
    }

    private static async IAsyncEnumerable<AuditLogRow> EntriesAsync(
        FileReader reader, AuditLogFilter filter, int tenant, long last, [EnumeratorCancellation] CancellationToken cancellation)
    {
        IReadOnlyList<AuditLogRow> page;
        var after = 0L;
        do
        {
            var parameters = filter.With(tenant, PageSize, afterNumber: after, last: last);
            page = await reader.ReadAsync(db => db.ListAsync<AuditLogRow>(Page, parameters, cancellation), cancellation);
            foreach (var row in page)
            {
                after = row.SealNumber!.Value;
                yield return row;
            }
        }
        while (page.Count == PageSize);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
